"""The numbers of a forecast as CSV files, for spreadsheets. The same forecast gives the same bytes."""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from forecast.findings import Forecast
from nurture.kinds import Outcome

REACTIONS = ("click", "reply", "download", "refuse", "bounce", "absence")


def write_numbers(folder: Path, foretold: Forecast) -> list[Path]:
    """Write one file a table into a folder, which is made where there is none. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, rows in _tables(foretold):
        path = folder / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
        written.append(path)
    return written


def _tables(f: Forecast) -> Iterator[tuple[str, Iterable[Iterable[object]]]]:
    days, desk = range(f.days), f.desk
    limits = ("" if limit is None else limit for limit in f.limits)
    yield (
        "mails",
        [("day", "new_leads", "mails", "limit", "held_back"), *zip(f.dates, f.arrivals, f.mails, limits, f.held_back, strict=True)],
    )
    yield (
        "tasks",
        [
            ("day", "opened", "capacity", "done", "waiting", "deadlines_missed"),
            *zip(f.dates, desk.opened, desk.capacity, desk.done, desk.waiting, desk.missed, strict=True),
        ],
    )
    yield "stages", [("day", *f.stages), *((f.dates[day], *(leads[day] for leads in f.stages.values())) for day in days)]
    yield (
        "letters",
        [
            ("campaign", "letter", "sent", *REACTIONS),
            *((row.campaign, row.letter, row.sent, *(row.reactions.get(kind, 0) for kind in REACTIONS)) for row in f.letters),
        ],
    )
    yield "tracks", [("campaign", "track", "entered"), *((row.campaign, row.track, row.entered) for row in f.tracks)]
    yield (
        "handoffs",
        [
            ("campaign", "reason", "opened", "answered_late", *Outcome),
            *(
                (row.campaign, row.reason, row.opened, row.late, *(row.answers.get(outcome, 0) for outcome in Outcome))
                for row in f.handoffs
            ),
        ],
    )
