"""Before a version is deployed: the leads that would break on it, or be led another way, are named with the place."""

import asyncio
import base64
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from local.catcher import catcher
from local.defaults import local_settings
from local.temporal import DevServer, dev_server
from nurture.plan.campaign import Campaign
from nurture.state import LeadState
from settings import read_settings
from store.campaigns import campaigns
from store.database import Database
from store.journeys import enrollments, standings
from store.leads import leads
from store.leads.persons import Person
from worker import working
from workflows.connection import library_of
from workflows.options import LEAD, TASK_QUEUE, lead_workflow_id
from workflows.visibility import running
from workflows.wire import data_converter

pytestmark = pytest.mark.anyio

Starter = Callable[..., Awaitable[Any]]

HISTORIES = Path(__file__).parents[1] / "workflows" / "histories"
ONE = "a_demo_request_out_of_nowhere_suspends_every_letter_at_once-ada.1"
BUSY = "production"
WELCOME = Campaign.model_validate(
    {"campaign": "welcome", "topic": "insights", "start": "hello", "tracks": {"hello": {"steps": [{"wait": "30 days"}]}}}
)


@workflow.defn(name=LEAD)
class Other:
    """A version of the code that did something else at first."""

    @workflow.run
    async def run(self, state: LeadState) -> None:
        await workflow.sleep(timedelta(days=30))


@dataclass(frozen=True)
class Production:
    client: Client
    database: Database
    sleeping: list[UUID]

    async def are_listed(self, leads: set[UUID]) -> None:
        while set(await running(self.client)) != leads:
            await asyncio.sleep(0.1)


@pytest.fixture(scope="module")
async def server(anyio_backend: str) -> AsyncIterator[DevServer]:
    async with dev_server(arguments=["--namespace", BUSY]) as server:
        yield server


@pytest.fixture
def environment(environment: dict[str, str | None], server: DevServer) -> dict[str, str | None]:
    return {**environment, "TEMPORAL_ADDRESS": server.address}


@pytest.fixture
async def production(server: DevServer, database: Database) -> AsyncIterator[Production]:
    """Three leads that this version has put to sleep."""
    now = datetime.now(UTC)
    async with catcher() as post:
        library = library_of(database)
        settings = read_settings(
            local_settings(database_url=database.url, smtp_url=post.url, base_url="http://sodate.example.com", environment={})
        )
        client = await Client.connect(server.address, namespace=BUSY, data_converter=data_converter(library))
        async with database.transaction() as session:
            await campaigns.keep(session, WELCOME, "", now)
            some = [(await leads.register(session, Person(email=f"lead{number}@example.com"), now))[0] for number in range(3)]
            for lead in some:
                await enrollments.enroll(session, lead, WELCOME, now)
        async with working(settings, client, database, library, lambda: datetime.now(UTC)):
            async with asyncio.timeout(60):
                while True:
                    async with database.transaction() as session:
                        if len(await standings.known_to_be_open(session)) == 3:
                            break
                    await asyncio.sleep(0.1)
        here = Production(client, database, some)
        async with asyncio.timeout(60):
            await here.are_listed(set(some))
        yield here


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """A folder with one recorded history."""
    folder = tmp_path / "histories"
    folder.mkdir()
    for file in [*HISTORIES.glob("*.campaign.json"), HISTORIES / f"{ONE}.json"]:
        shutil.copy(file, folder)
    return folder


def changed(folder: Path, name: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Record the one history again under another name, as another version of the code would have made it."""
    history = json.loads((folder / f"{ONE}.json").read_text(encoding="utf-8"))
    errand = next(event for event in history["events"] if "activityTaskScheduledEventAttributes" in event)
    change(errand["activityTaskScheduledEventAttributes"])
    (folder / f"{name}.json").write_text(json.dumps(history), encoding="utf-8")


def do_something_else(errand: dict[str, Any]) -> None:
    errand["activityType"]["name"] = "send_fax"


def hand_off_for_another_reason(errand: dict[str, Any]) -> None:
    payload = errand["input"]["payloads"][0]
    facts = json.loads(base64.b64decode(payload["data"]))
    payload["data"] = base64.b64encode(json.dumps(facts | {"reason": "call"}).encode()).decode()


async def test_leads_under_way_and_recorded_histories_are_replayed_on_this_version(
    starter: Starter, production: Production, recorded: Path
) -> None:

    async def check(*options: object) -> Any:
        return await starter("release", "check", "--recorded", recorded, *options, TEMPORAL_NAMESPACE=BUSY)

    well, few = await check(), await check("--sample", 2, "--json")
    assert (well.code, well.err) == (0, "")
    assert well.out == "1 recorded history and 3 leads under way go on with this version as they did.\n"
    assert (few.json["ok"], few.json["recorded"], few.json["live"], few.json["running"]) == (True, 1, 2, 3)

    async with production.database.transaction() as session:
        turned = production.sleeping[0]
        values = {"lead": turned}
        await session.execute(text("UPDATE standings SET next_at = next_at - interval '1 day' WHERE lead_id = :lead"), values)
    async with Worker(production.client, task_queue=TASK_QUEUE, workflows=[Other], workflow_runner=UnsandboxedWorkflowRunner()):
        async with production.database.transaction() as session:
            broken, _ = await leads.register(session, Person(email="ada@example.com"), datetime.now(UTC))
            await enrollments.enroll(session, broken, WELCOME, datetime.now(UTC))
        handle = await production.client.start_workflow(
            Other.run, LeadState(lead=broken), id=lead_workflow_id(broken), task_queue=TASK_QUEUE
        )
        async with asyncio.timeout(60):
            while not any(event.HasField("timer_started_event_attributes") for event in (await handle.fetch_history()).events):
                await asyncio.sleep(0.1)
            await production.are_listed({*production.sleeping, broken})

    ill, one = await check(), await check("--lead", turned, "--json")
    elsewhere = await check("--lead", UUID(int=1))

    assert ill.code == 1
    said = " ".join(ill.out.split())
    assert "2 of 1 recorded history and 4 leads under way do not go on as they did" in said
    assert f"{broken} breaks event " in said
    assert f"{turned} takes another way standing 1" in said
    assert "Do not deploy this version" in said
    [finding] = one.json["findings"]
    assert (one.code, finding["lead_id"], finding["way"]) == (1, str(turned), "turns")
    assert finding["why"].startswith("next_at: ")
    assert elsewhere.code == 1
    assert elsewhere.err.startswith("--lead: 1 lead of these had no workflow to replay")


async def test_a_recorded_history_that_this_version_would_not_follow_is_named_with_the_place(
    process: Callable[..., Any], recorded: Path
) -> None:
    changed(recorded, "by-fax", do_something_else)
    changed(recorded, "for-another-reason", hand_off_for_another_reason)
    with process("release", "check", "--recorded", recorded, "--json") as checking:
        out, err = await asyncio.to_thread(checking.communicate)

    assert (checking.returncode, err) == (1, "")
    found = {row["history"]: (row["way"], row["place"], row["why"]) for row in json.loads(out)["findings"]}
    assert set(found) == {"by-fax", "for-another-reason"}
    way, place, why = found["by-fax"]
    assert (way, place.partition(", ")[2]) == ("breaks", "send_fax")
    assert "Nondeterminism error" in why
    assert found["for-another-reason"] == ("turns", place.replace("send_fax", "hand_off"), "reason: call → demo")


async def test_an_image_without_recorded_histories_says_so(starter: Starter, tmp_path: Path) -> None:
    done = await starter("release", "check", "--recorded", tmp_path / "nothing")

    assert done.code == 0
    assert done.out == "0 recorded histories and 0 leads under way go on with this version as they did.\n"
    assert done.err.startswith("There are no recorded histories here")


@pytest.mark.parametrize(
    ("options", "changes", "code", "said"),
    [
        ([], {"TEMPORAL_ADDRESS": "127.0.0.1:1"}, 3, "Temporal cannot be reached ("),
        ([], {"DATABASE_URL": "postgresql://127.0.0.1:1/x"}, 3, "the database cannot be reached ("),
        ([], {"DATABASE_URL": None}, 1, "DATABASE_URL is missing"),
        (["--lead", "ada"], {}, 1, "--lead: 'ada' is not the id of a lead"),
    ],
    ids=["temporal", "database", "setting", "lead"],
)
async def test_what_is_away_or_wrong_is_one_line(
    starter: Starter, options: list[str], changes: dict[str, str | None], code: int, said: str
) -> None:
    done = await starter("release", "check", *options, **changes)

    assert (done.code, done.out, len(done.err.splitlines())) == (code, "", 1)
    assert done.err.startswith(said)
