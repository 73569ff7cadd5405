"""What sends are killed on: letters that are due, doubles that hold them at one boundary, and workers that are made to be killed."""

import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import asyncpg
from temporalio.client import Client

from benchmarks.doubles import LEADS, Boundary, Shore, Strait, post_office, provider, strait
from benchmarks.mortal import Mortal, mortal
from local.defaults import local_settings
from nurture.kinds import Outcome
from nurture.plan.campaign import Campaign
from store.campaigns import campaigns
from store.consent import consents
from store.consent.consents import Basis
from store.database import Database
from store.desk import tasks
from store.desk.tasks import Answer
from store.journeys import enrollments
from store.leads import leads
from store.leads.persons import Person

PLAN: Final = Campaign.model_validate(
    {
        "campaign": "welcome",
        "topic": "insights",
        "start": "educate",
        "window": {"always": True},
        "cap": {"touches": 0},
        "tracks": {"educate": {"steps": [{"email": "hello"}]}},
    }
)
_LOCK: Final = 20270301
_HOLD_BOOKING: Final = f"""
    CREATE FUNCTION hold_booking() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_advisory_xact_lock_shared({_LOCK}); RETURN NEW; END $$;
    CREATE TRIGGER hold_booking BEFORE UPDATE OF sent_at ON touches
    FOR EACH ROW WHEN (NEW.sent_at IS NOT NULL) EXECUTE FUNCTION hold_booking()
"""
_WAITING: Final = """
    SELECT pid FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (locktype = 'advisory' AND objid = $1 OR locktype = 'relation' AND relation = 'touches'::regclass)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Where workers are killed, what letters go by (``smtp`` or ``resend``), and what becomes of a letter in doubt."""

    boundary: Boundary
    by: str = "smtp"
    policy: str = "resend"

    @property
    def may_double(self) -> bool:
        """Nobody can know then whether the letter went, and it is sent again all the same."""
        return self.boundary is Boundary.AFTER_YES and self.by == "smtp" and self.policy == "resend"


class Stand:
    """Everything that a case needs: letters that are due, doubles, the way to Temporal, and workers to be killed."""

    def __init__(self, case: Case, shore: Shore, way: Strait, database: Database, own: asyncpg.Connection, people: list[UUID]) -> None:
        self.case, self.shore, self.way, self.database, self.own, self.people = case, shore, way, database, own, people
        self.environment: dict[str, str] = {}
        self.asked = 0

    def worker(self, at_a_time: int) -> AbstractAsyncContextManager[Mortal]:
        return mortal(at_a_time, self.environment)

    async def at_the_boundary(self) -> int:
        """How many sends stand where workers are killed."""
        if self.case.boundary in (Boundary.BEFORE_ROW, Boundary.AFTER_YES):
            return len(await self.own.fetch(_WAITING, _LOCK))
        return self.shore.standing

    async def booked(self) -> int:
        """How many letters the ledger knows as sent."""
        return int(await self.own.fetchval("SELECT count(*) FROM touches WHERE sent_at IS NOT NULL") or 0)

    async def answer(self) -> None:
        """A human looks into the server's log for each letter in doubt, and says what is written there."""
        async with self.database.transaction() as session:
            for task in await tasks.open_tasks(session):
                outcome = Outcome.SENT if task.email in self.shore.arrived else Outcome.SEND
                await tasks.complete(session, task.id, "operator", Answer(outcome=outcome), datetime.now(UTC))
                self.asked += 1

    async def kill(self, worker: Mortal) -> None:
        await worker.kill()
        self.shore.may_go(on=False)
        for row in await self.own.fetch(_WAITING, _LOCK):
            await self.own.execute("SELECT pg_terminate_backend($1, 5000)", row["pid"])
        self.way.flows.set()


@asynccontextmanager
async def letters_due(case: Case, letters: int, url: str, client: Client) -> AsyncIterator[Stand]:
    """So many leads in this database, to whom a letter is due."""
    async with AsyncExitStack() as stack:
        shore, database = Shore(), Database(url)
        stack.push_async_callback(database.close)
        mail_url = await stack.enter_async_context((post_office if case.by == "smtp" else provider)(shore))
        way = await stack.enter_async_context(strait(client.service_client.config.target_host))
        now = datetime.now(UTC)
        async with database.transaction() as session:
            await campaigns.keep(session, PLAN, "", now)
            people = [Person(email=f"lead{number}@{LEADS}", language="en") for number in range(letters)]
            ids = [lead for lead, _ in await leads.register_all(session, people, now)]
            for person in people:
                await consents.give(session, person.email, PLAN.topic, Basis.OPT_IN, {"text": "Yes."}, now)
            await enrollments.enroll_all(session, ids, PLAN, now)
        own = await asyncpg.connect(url)
        stack.push_async_callback(own.close)
        stand = Stand(case, shore, way, database, own, ids)
        settings = local_settings(
            database_url=url, smtp_url=mail_url, base_url="http://sodate.example.com", temporal_address=way.address, environment={}
        )
        quiet = dict.fromkeys((name for name in settings if name.startswith("NOTIFY_")), "")
        stand.environment = {**os.environ, **settings, **quiet, "MAIL_IN_DOUBT": case.policy, "TEMPORAL_NAMESPACE": client.namespace}
        yield stand


@asynccontextmanager
async def holding(stand: Stand) -> AsyncIterator[None]:
    """Every send stops at the boundary while the block lasts."""
    match stand.case.boundary:
        case Boundary.BEFORE_ROW:
            async with stand.own.transaction():
                await stand.own.execute("LOCK TABLE touches IN SHARE MODE")
                yield
        case Boundary.AFTER_YES:
            await stand.own.execute(_HOLD_BOOKING)
            await stand.own.execute("SELECT pg_advisory_lock($1)", _LOCK)
            yield
            await stand.own.execute("DROP TRIGGER hold_booking ON touches")
            await stand.own.execute("SELECT pg_advisory_unlock($1)", _LOCK)
        case boundary:
            stand.shore.stops_at = boundary
            yield
            stand.shore.stops_at = None
