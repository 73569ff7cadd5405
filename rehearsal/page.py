"""A rehearsal as a page: everything is in it, so that it can be passed round and printed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from rehearsal.comparing import Side, side_by_side
from rehearsal.diary import Entry, Rehearsal, Sort, Story
from rehearsal.paper import MARKS, because, ending, local, moment, months, sentence

_BODY: Final = re.compile(r"<body(?P<attributes>[^>]*)>(?P<inside>.*)</body>", re.DOTALL | re.IGNORECASE)
_STYLE: Final = re.compile(r"style=\"([^\"]*)\"|style='([^']*)'", re.IGNORECASE)
_ACTIVE: Final = re.compile(r"<(script|link|meta|base|iframe|object|embed)\b[^>]*>(.*?</\1>)?", re.DOTALL | re.IGNORECASE)


def write(path: Path, rehearsals: Sequence[Rehearsal]) -> None:
    """Write the page of one rehearsal, or of two side by side. Raises OSError."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    page = environment.get_template("page.html.jinja").render(
        rehearsals=rehearsals,
        sides=side_by_side(*rehearsals) if len(rehearsals) == 2 else None,
        marks=MARKS,
        Side=Side,
        Sort=Sort,
        because=because,
        sentence=sentence,
        ending=ending,
        months=months,
        moment=moment,
        local=local,
        date_of=date_of,
        body=body,
        by_day=by_day,
        year=_year,
        letters=Letters(rehearsals[-1]),
    )
    path.write_text(page, encoding="utf-8")


def body(html: str) -> Markup:
    """A letter as it can stand inside the page: what it shows and how, and nothing that runs or loads."""
    found = _BODY.search(html)
    inside, attributes = (found["inside"], found["attributes"]) if found else (html, "")
    style = _STYLE.search(attributes)
    kept = Markup.escape((style[1] or style[2]) if style else "")
    return Markup('<div style="{}">{}</div>').format(Markup(kept), Markup(_ACTIVE.sub("", inside)))


def date_of(at: datetime, story: Story) -> str:
    return f"{local(at, story):%a %d %b %Y}"


def by_day(entries: Sequence[Entry], story: Story) -> list[tuple[str, list[Entry]]]:
    """The entries of a month by day."""
    return [(day, list(several)) for day, several in groupby(entries, key=lambda entry: f"{local(entry.at, story):%a %d}")]


def _year(story: Story, rehearsal: Rehearsal) -> list[dict[str, Any]]:
    """Every month of the rehearsal with how many letters and tasks it has: the story at a glance."""
    first, last = local(rehearsal.since, story), local(rehearsal.until, story)
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    found = []
    for place in range(min(count, 122)):
        year, month = divmod(first.year * 12 + first.month - 1 + place, 12)
        here = [e for e in story.entries if (local(e.at, story).year, local(e.at, story).month) == (year, month + 1)]
        letters = sum(e.sort is Sort.LETTER for e in here)
        tasks = sum(e.sort in (Sort.TASK, Sort.MESSAGE) for e in here)
        signs = sum(e.sort is Sort.LEAD for e in here)
        label = datetime(year, month + 1, 1).strftime("%b")  # noqa: DTZ001 - a name of a month, and no moment
        found.append({"label": label[:1], "name": f"{label} {year}", "year": year, "letters": letters, "tasks": tasks, "signs": signs})
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A letter that is shown in full, once for every language: as the first lead got it, and when each persona did."""

    entry: Entry
    sent: list[tuple[str, list[str]]]


class Letters:
    """The letters of a rehearsal, in the order in which they first came."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self._found: dict[tuple[str, str, str], Shown] = {}
        for story in rehearsal.stories:
            for entry in story.of(Sort.LETTER):
                shown = self._found.setdefault(_letter(entry), Shown(entry=entry, sent=[]))
                if not shown.sent or shown.sent[-1][0] != story.persona:
                    shown.sent.append((story.persona, []))
                shown.sent[-1][1].append(f"{local(entry.at, story):%d %b %Y}")

    @property
    def all(self) -> list[Shown]:
        return list(self._found.values())

    def number_of(self, entry: Entry) -> int:
        """The letter's number on the page, from 1; 0 for what is no letter."""
        return list(self._found).index(_letter(entry)) + 1 if entry.sort is Sort.LETTER else 0


def _letter(entry: Entry) -> tuple[str, str, str]:
    return entry.campaign, entry.name, entry.language
