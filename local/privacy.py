"""Reads what Temporal keeps as bytes, and finds what is personal in it."""

from uuid import UUID

from sqlalchemy import select
from temporalio.client import Client, WorkflowHistory

from store import tables
from store.database import Database
from workflows.runs import as_bytes, runs_of


class Personal(AssertionError):
    """Temporal keeps something of a lead that belongs into the database alone."""


async def read_all_histories(client: Client, database: Database) -> dict[UUID, list[WorkflowHistory]]:
    """Every lead's runs, the latest first. Raises Personal for a name, an address, a company or free text in any of them."""
    async with database.transaction() as session:
        leads = list(await session.scalars(select(tables.Lead)))
        accounts = set(await session.scalars(select(tables.Account.name)))
        free_text = set(await session.scalars(select(tables.Task.notes)))
    runs = {lead.id: await runs_of(client, lead.id) for lead in leads}
    for lead in leads:
        personal = {lead.email, lead.given_name, lead.family_name, lead.title, lead.phone, *accounts, *free_text} - {""}
        for written in map(as_bytes, runs[lead.id]):
            found = [word for word in personal if word.encode() in written or word.encode("ascii", "backslashreplace") in written]
            if found:
                raise Personal(f"in a history of {lead.id}: {found}")
    return runs
