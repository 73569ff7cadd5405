"""Takes the leads of a file in: good rows in batches, each of them all or nothing, and every bad row named."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from commands.rows import Entry, entries
from commands.sheet import Refusal, Refuse, Sheet
from store import consents, leads, selections
from store.database import Database

BATCH: Final = 2_000
"""Rows a transaction: a kill in the middle costs at most these, and the next import takes them in."""


@dataclass(slots=True, kw_only=True)
class Imported:
    """What came of an import, in leads. ``filled`` were known and gained something, ``unchanged`` were known and gained nothing."""

    file: str
    encoding: str
    rows: int = 0
    new: int = 0
    filled: int = 0
    unchanged: int = 0
    refused: int = 0
    of_other_campaigns: int = 0
    consents: int = 0
    suppressed: int = 0

    @property
    def changed_nothing(self) -> bool:
        return not (self.new or self.filled or self.consents)


async def import_leads(
    database: Database,
    sheet: Sheet,
    now: datetime,
    *,
    campaign: str | None = None,
    refuse: Refuse = lambda refusal: None,
    advance: Callable[[int], None] = lambda bytes_read: None,
) -> Imported:
    """Take the rows of a file in, all or only those of one ``campaign``. Taken in again, they change nothing.

    What is known of a lead is never overwritten, and no consent is kept for an address that is suppressed.
    """
    done = Imported(file=str(sheet.path), encoding=sheet.encoding)
    good = _good(entries(iter(sheet), sheet.path.name, now), done, refuse, campaign)
    while batch := list(islice(good, BATCH)):
        await _take_in(database, batch, done, now)
        advance(sheet.bytes_read)
    return done


def _good(read: Iterable[Entry | Refusal], done: Imported, refuse: Refuse, campaign: str | None) -> Iterator[Entry]:
    for row in read:
        done.rows += 1
        if isinstance(row, Refusal):
            done.refused += 1
            refuse(row)
        elif campaign is not None and row.campaign != campaign:
            done.of_other_campaigns += 1
        else:
            yield row


async def _take_in(database: Database, batch: list[Entry], done: Imported, now: datetime) -> None:
    async with database.transaction() as session:
        registered = await leads.register_all(session, [entry.person for entry in batch], now)
        ids = {lead_id for lead_id, _ in registered}
        new = sum(is_new for _, is_new in registered)
        filled = await selections.changed_here(session, list(ids)) - new
        kept = await consents.give_all(session, [entry.grant for entry in batch if entry.grant], now)
        topics = [(entry.person.email, entry.grant.topic if entry.grant else consents.EVERYTHING) for entry in batch]
        suppressed = await selections.suppressed(session, topics)
    done.new += new
    done.filled += filled
    done.unchanged += len(ids) - new - filled
    done.consents += kept
    done.suppressed += len(suppressed)
