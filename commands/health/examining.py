"""One look of the doctor: examined, repaired where that is wanted, and kept."""

from collections import Counter
from dataclasses import dataclass, field

from rich.progress import Progress

from commands.console import AWAY, FORGOTTEN, Away
from commands.front import Clock, temporal
from store.database import Database
from store.looks import looks
from workflows.connection import library_of
from workflows.examining import Examination, examine
from workflows.findings import REPAIRABLE, Finding
from workflows.repairing import Repair, repair
from workflows.watch import keep, without_temporal


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was found, and what was done about it."""

    examination: Examination
    repairs: list[Repair] = field(default_factory=list)

    @property
    def left(self) -> list[Finding]:
        """What was found and is not put right."""
        done = {(one.lead_id, one.kind) for one in self.repairs if one.done}
        return [finding for finding in self.examination.findings if (finding.lead_id, finding.kind) not in done]

    @property
    def code(self) -> int:
        """What the process is to exit with."""
        return FORGOTTEN if self.left else AWAY if self.examination.away else 0


async def look(database: Database, now: Clock, bar: Progress, *, deep: bool, repairs: bool) -> Seen:
    """Look at all leads, and keep what was seen. Where Temporal does not answer, what the database tells is seen all the same."""

    def show(done: int, of: int) -> None:
        bar.update(bar.task_ids[0], completed=done, total=of)

    library = library_of(database)
    try:
        async with temporal(library) as client:
            seen = Seen(examination=await examine(database, client, now(), deep=deep, show=show))
            wanted = [finding for finding in seen.examination.findings if finding.kind in REPAIRABLE] if repairs else []
            if wanted:
                bar.add_task("Repaired", total=len(wanted))
                done = await repair(database, client, library, wanted, now(), lambda count: bar.update(bar.task_ids[1], completed=count))
                seen = Seen(examination=seen.examination, repairs=done)
    except Away as error:
        seen = Seen(examination=await without_temporal(database, now(), str(error)))
    async with database.transaction() as session:
        await keep(session, seen.examination, looks.COMMAND, Counter(one.kind for one in seen.repairs if one.done))
    return seen
