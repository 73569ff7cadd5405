"""Takes the leads of a file in: good rows in batches, each of them all or nothing, and every bad row named."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final

from commands.console import WrongInput
from commands.files.rows import Entry, entries
from commands.files.sheet import Refusal, Refuse, Sheet
from commands.front import system_user
from nurture.plan.problems import did_you_mean
from store.consent import consents
from store.database import Database
from store.journeys import selections
from store.leads import corrections, keyed, leads
from store.team import audit
from store.team.audit import Deed, On

BATCH: Final = 2_000
"""Rows a transaction: a kill in the middle costs at most these, and the next import takes them in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A row that says something else than is known, in these fields. What is known was kept."""

    line: int
    fields: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Imported:
    """What came of an import, in leads. ``filled`` were known and gained something, ``unchanged`` were known and gained nothing.

    Of leads ``without_zone`` nobody knows where they live, or only a country that has several zones: their days go by UTC.
    """

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
    without_zone: int = 0
    differing_rows: list[Difference] = field(default_factory=list)

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

    What is known of a lead is never overwritten, and no consent is kept for an address that is suppressed. Raises WrongInput when there are
    rows, and none of them is of this campaign.
    """
    done = Imported(file=str(sheet.path), encoding=sheet.encoding)
    others: set[str] = set()
    good = _good(entries(iter(sheet), sheet.path.name, now), done, refuse, campaign, others)
    while batch := list(islice(good, BATCH)):
        await _take_in(database, batch, done, now, refuse)
        advance(sheet.bytes_read)
    if campaign and done.of_other_campaigns and done.of_other_campaigns == done.rows - done.refused:
        fix = did_you_mean(campaign, sorted(others - {""}), "it has rows of") or "it names no campaign in any row"
        raise WrongInput(f"{sheet.path}: no row has '{campaign}' in its column 'campaign', so nothing was taken in; {fix}")
    return done


def _good(read: Iterable[Entry | Refusal], done: Imported, refuse: Refuse, campaign: str | None, others: set[str]) -> Iterator[Entry]:
    """The rows to take. The names of other campaigns are added to ``others``."""
    for row in read:
        done.rows += 1
        if isinstance(row, Refusal):
            done.refused += 1
            refuse(row)
        elif campaign is not None and row.campaign != campaign:
            done.of_other_campaigns += 1
            others.add(row.campaign)
        else:
            yield row


async def _take_in(database: Database, batch: list[Entry], done: Imported, now: datetime, refuse: Refuse) -> None:
    async with database.transaction() as session:
        gone = await keyed.erased(session, [entry.person.email for entry in batch])
        for entry in batch:
            if entry.person.email in gone:
                done.refused += 1
                refuse(Refusal(line=entry.line, reason=str(keyed.Erased()), cells=entry.cells))
        batch = [entry for entry in batch if entry.person.email not in gone]
        registered = await leads.register_all(session, [entry.person for entry in batch], now)
        ids = {lead_id for lead_id, _ in registered}
        new = sum(is_new for _, is_new in registered)
        filled = await selections.changed_here(session, list(ids)) - new
        kept = await consents.give_all(session, [entry.grant for entry in batch if entry.grant], now)
        topics = [(entry.person.email, entry.grant.topic if entry.grant else consents.EVERYTHING) for entry in batch]
        suppressed = await selections.suppressed(session, topics)
        without_zone = await selections.without_zone(session, list(ids))
        differing = await corrections.differing(session, [entry.person for entry in batch])
        after = {"new": new, "filled": filled, "consents": kept}
        await audit.note(session, system_user(), Deed.LEADS_IMPORTED, On.LEAD, "*", now, after=after)
    done.new += new
    done.filled += filled
    done.unchanged += len(ids) - new - filled
    done.consents += kept
    done.suppressed += len(suppressed)
    done.without_zone += without_zone
    for entry, fields in zip(batch, differing, strict=True):
        if said := tuple(name for name in fields if entry.says(name)):
            done.differing_rows.append(Difference(line=entry.line, fields=said))
