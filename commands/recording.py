"""Records by hand what happened to a lead: what goes with it, and the engagement, in one transaction; twice the same is once."""

import hashlib
import json as plain_json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from commands.console import run, say, say_json
from commands.front import clock_of, database
from commands.looking import found
from commands.moments import read_moment, today_there
from nurture.engagements import Engagement
from store import engagements, leads, tables

LEAD: Final = "sodate.lead"
"""Where ``lead signal`` keeps the lead that it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What an engagement is made from: the lead, when it happened (UTC), and the date that it is at the lead's place."""

    session: AsyncSession
    lead: tables.Lead
    at: datetime
    today: date


Make = Callable[[Scene], Awaitable[Engagement]]
"""Makes the engagement, and writes down what goes with it. Raises WrongInput, and AsBefore when there is nothing to record."""


class AsBefore(Exception):
    """It is known already, just like this; what was written on the way is taken back."""


def record(context: typer.Context, make: Make, at: str | None, json: bool) -> None:
    """Carry out one ``lead signal`` command: record it, and say its number."""
    kind = str(context.info_name)
    lead_id, seq = run(_recorded(context.meta[LEAD], make, at, clock_of(context)()))
    if json:
        say_json({"lead": lead_id, "kind": kind, "seq": seq, "recorded": seq is not None})
    elif seq is None:
        say(f"Nothing changed: '{kind}' is known already, just like this.", "green")
    else:
        say(f"'{kind}' is recorded as number {seq} of this lead; the workers carry it to its workflow.", "green")


async def _recorded(name: str, make: Make, at: str | None, now: datetime) -> tuple[UUID, int | None]:
    happened_at = read_moment("--at", at, now).astimezone(UTC) if at else now
    async with database() as db:
        lead_id = await found(db, name)
        try:
            async with db.transaction() as session:
                lead = await session.get_one(tables.Lead, lead_id)
                today = today_there(now, leads.profile_of(lead).zone)
                engagement = await make(Scene(session=session, lead=lead, at=happened_at, today=today))
                seq = await engagements.record(session, lead_id, engagement, source="starter", key=_key(lead_id, engagement))
                if seq is None:
                    raise AsBefore
        except AsBefore:
            return lead_id, None
    return lead_id, seq


def _key(lead_id: UUID, engagement: Any) -> str:
    said = plain_json.dumps([str(lead_id), engagements.facts_of(engagement)], sort_keys=True)
    return f"starter:{hashlib.sha256(said.encode()).hexdigest()}"
