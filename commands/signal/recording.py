"""Records by hand what happened to a lead: what goes with it, and the engagement, in one transaction; twice the same is once."""

import hashlib
import json as plain_json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

import typer
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from commands.console import WrongInput, run, say, say_json
from commands.front import clock_of, database, system_user
from commands.looking import found
from commands.moments import read_moment, today_there
from nurture.engagements import Engagement
from store import tables
from store.bulk import lock_leads
from store.desk.happenings import Happenings, WrongEngagement, check_moment
from store.leads import engagements, leads
from store.team import audit
from store.team.audit import Deed, On

LEAD: Final = "sodate.lead"
"""Where ``lead signal`` keeps the lead that it is about."""

SOURCE: Final = "starter"

_OPTION_OF: Final = {"at": "--at", "content": "CONTENT", "topic": "TOPIC", "until": "DAY", "issue": "ISSUE"}
"""Where a command is given what is wrong; a fact that was learned is named as it is."""

At = Annotated[
    str | None,
    typer.Option(
        "--at", metavar="MOMENT", help="When it happened, like 2027-03-01T09:30+09:00; just now when left out.", show_default=False
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a command knows: the lead, when it happened (UTC), and the moment and the date that it is at the lead's place."""

    session: AsyncSession
    lead: tables.Lead
    at: datetime
    now: datetime
    today: date

    async def tell(self, engagement: Engagement, details: Mapping[str, Any] | None = None) -> int | None:
        """Record it once, and give its number; None when just the same was recorded before. ``details`` stay in the store.

        Raises WrongEngagement.
        """
        happenings = Happenings(self.session, self.now, SOURCE)
        checked = await happenings.checked(self.lead, engagement)
        return await happenings.store(self.lead, checked, key=self.key_of(checked), details=details)

    def key_of(self, engagement: Engagement) -> str:
        """What makes the same, told twice, known."""
        return _key(self.lead.id, engagement)


Act = Callable[[Scene], Awaitable[int | None]]
"""Writes down what happened and all that goes with it, and gives the engagement's number; None takes everything back. Raises WrongInput."""


class _AsBefore(Exception):
    """It is known already, just like this; what was written on the way is taken back."""


def record(
    context: typer.Context, act: Act, at: str | None, json: bool, *, also: str = "", more: Mapping[str, object] | None = None
) -> None:
    """Carry out one ``lead signal`` command: record it, and say its number.

    ``also`` is the address of another lead that is written, and ``more`` is said with the result.
    """
    kind, more = str(context.info_name), more or {}
    lead_id, seq = run(recorded(context.meta[LEAD], act, at, clock_of(context)(), also))
    if json:
        say_json({"lead": lead_id, "kind": kind, "seq": seq, "recorded": seq is not None, **more})
    elif seq is None:
        say(f"Nothing changed: '{kind}' is known already, just like this.", "green")
    else:
        say(f"'{kind}' is recorded as number {seq} of this lead; the workers carry it to its workflow.", "green")
        for name, value in more.items():
            say(f"{name}: {value}")


async def recorded(
    name: str, act: Act, at: str | None, now: datetime, also: str = "", *, is_noted: bool = False
) -> tuple[UUID, int | None]:
    """Carry out what a command wants of the lead of this id or address. Gives its id and the engagement's number.

    ``is_noted`` where the act writes into the audit log by itself.
    """
    happened_at = read_moment("--at", at, now).astimezone(UTC) if at else now
    async with database() as db:
        lead_id = await found(db, name)
        try:
            async with db.transaction() as session:
                # Whoever writes about a lead locks it first, so that two cannot block each other.
                others = list(await session.scalars(select(tables.Lead.id).where(tables.Lead.email == also))) if also else []
                await lock_leads(session, [lead_id, *others])
                lead = await session.get_one(tables.Lead, lead_id)
                check_moment(happened_at, lead, now)
                today = today_there(now, leads.profile_of(lead).zone)
                seq = await act(Scene(session=session, lead=lead, at=happened_at, now=now, today=today))
                if seq is None:
                    raise _AsBefore
                if not is_noted:
                    kind = await session.scalar(
                        select(tables.Engagement.kind).where(tables.Engagement.lead_id == lead_id, tables.Engagement.seq == seq)
                    )
                    after = {"kind": kind, "number": seq}
                    await audit.note(session, system_user(), Deed.ENGAGEMENT_RECORDED, On.LEAD, lead_id, now, after=after)
        except _AsBefore:
            return lead_id, None
        except WrongEngagement as wrong:
            raise WrongInput(*(f"{_OPTION_OF.get(place[0], place[-1])}: {reason}" for place, reason in wrong.problems)) from None
    return lead_id, seq


def _key(lead_id: UUID, engagement: Engagement) -> str:
    said = plain_json.dumps([str(lead_id), engagements.facts_of(engagement)], sort_keys=True)
    return f"starter:{hashlib.sha256(said.encode()).hexdigest()}"
