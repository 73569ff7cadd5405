"""Writes down how a lead stands."""

from uuid import UUID

from temporalio import activity

from nurture.recollection import Recollection
from nurture.standing import Record
from nurture.state import LeadState
from store.database import Database
from store.journeys import notes, standings, states
from store.leads import relaying


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
    async def recall(self, lead: UUID, seen: int) -> Recollection:
        """Say what is kept of a lead, and have everything after that, or after ``seen``, relayed to it again; it folds each once."""
        async with self._database.transaction() as session:
            kept = (await states.left(session, [lead])).get(lead, {})
            left = await states.read(session, kept) if kept.get("seen", 0) > seen else None
            await relaying.relay_again(session, lead, left.seen if left else seen)
            return Recollection(records=await standings.last_number(session, lead), noted=await notes.last_number(session, lead), left=left)

    @activity.defn(name="close")
    async def close(self, state: LeadState, record: Record) -> None:
        """Keep what a lead's workflow leaves behind, for the day when the lead comes back."""
        async with self._database.transaction() as session:
            await standings.write(session, state.lead, record)
            await states.leave(session, state)
