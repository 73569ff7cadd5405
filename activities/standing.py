"""Writes down how a lead stands."""

from typing import Final
from uuid import UUID

from pydantic import TypeAdapter
from temporalio import activity

from nurture.standing import Record
from nurture.state import LeadState
from store import engagements, standings, states
from store.database import Database

_STATE: Final = TypeAdapter(LeadState)


class StandingActivities:
    """Small writes that a workflow makes locally; each may run twice."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn(name="write_down")
    async def write_down(self, lead: UUID, record: Record) -> None:
        """Keep a lead's standing and its newest notes."""
        async with self._database.transaction() as session:
            await standings.write(session, lead, record)

    @activity.defn(name="recall")
    async def recall(self, lead: UUID, seen: int) -> None:
        """Have everything after ``seen`` relayed to a lead again; it folds each once."""
        async with self._database.transaction() as session:
            await engagements.relay_again(session, lead, seen)

    @activity.defn(name="close")
    async def close(self, state: LeadState, record: Record) -> None:
        """Keep what a lead's workflow leaves behind, for the day when the lead comes back."""
        async with self._database.transaction() as session:
            await standings.write(session, state.lead, record)
            await states.leave(session, state.lead, _STATE.dump_python(state, mode="json", exclude_defaults=True))
