"""Shows what a demonstration has brought about: tables in the terminal, and a page that can be opened, printed and sent on."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rich import box
from rich.console import Console
from rich.table import Table

from demo.facts import Facts, Month, OpenLead

_LANGUAGES: Final = {"ja": "Japanese", "en": "English"}


def show(console: Console, facts: Facts) -> None:
    """The tables, as wide as the terminal."""
    coming = _table(f"What comes next: {len(facts.open_leads)} open leads", "When", "Who", "Stage", "What")
    for column in coming.columns:
        column.no_wrap, column.overflow = True, "ellipsis"
    for lead in facts.open_leads:
        coming.add_row(_when(lead), lead.company or lead.name, lead.stage, f"{lead.owner}: {lead.why}" if lead.owner else lead.why)
    console.print(coming)
    letters = _table("Letters by template", "Campaign", "Letter", *_LANGUAGES.values(), "All")
    for row in facts.letters:
        letters.add_row(row.campaign, row.letter, *(str(row.by_language.get(code, 0)) for code in _LANGUAGES), str(row.sent))
    letters.add_row("", "all", *(str(_letters_in(code, facts)) for code in _LANGUAGES), str(facts.totals.sent))
    console.print(letters)
    handoffs = _table("Handoffs by reason", "Reason", "Opened", "Past the deadline", "Answered", "Waiting")
    for task in facts.handoffs:
        answers = ", ".join(f"{n} {answer.replace('_', ' ')}" for answer, n in sorted(task.answers.items(), key=lambda one: -one[1]))
        handoffs.add_row(task.reason, str(task.opened), str(task.escalated), answers, str(task.waiting))
    console.print(handoffs)
    r = facts.renewals
    console.print(
        f"[bold]Renewals[/] {r.opened} opened: {r.renewed} renewed, {r.lost} lost, {r.settled} extended before, {r.deciding} being decided"
    )
    stages = _table("Leads by stage", *facts.stages)
    stages.add_row(*map(str, facts.stages.values()))
    console.print(stages)
    console.print(verdict(facts), style="green" if not facts.orphans else "bold red")
    for orphan in facts.orphans:
        console.print(f"  {orphan.lead_id}: {orphan.why}", soft_wrap=True)


def write(path: Path, facts: Facts, seconds: float) -> Path:
    """Write the page. All that it needs is in it; only the letters that it points at are beside it."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["words"] = lambda slug: str(slug).replace("_", " ")
    environment.filters["day"] = lambda at: f"{at:%d %b %Y}" if at else "–"
    environment.filters["moment"] = lambda at: f"{at:%d %b %Y %H:%M}" if at else "–"
    page = environment.get_template("report.html.jinja").render(
        facts=facts,
        seconds=seconds,
        verdict=verdict(facts),
        languages=_LANGUAGES,
        letters_in=lambda language: _letters_in(language, facts),
        charts=[
            ("Letters", bars([month.letters for month in facts.months])),
            ("Handoffs to a person", bars([month.handoffs for month in facts.months])),
            ("Renewals opened", bars([month.renewals for month in facts.months])),
        ],
        month_labels=_labels(facts.months),
        link=lambda letter: f"letters/{letter.stem}.html" if letter else "",
    )
    path.write_text(page, encoding="utf-8")
    return path


def verdict(facts: Facts) -> str:
    """What the doctor says, and whether any letter went twice."""
    lost = len(facts.orphans)
    forgotten = f"{lost} leads would be forgotten" if lost else "Every open lead has a next wake-up or an owner with a deadline"
    return f"{forgotten}; {facts.doubled or 'no'} letter{'s' if facts.doubled > 1 else ''} went twice."


def bars(values: Sequence[int]) -> list[tuple[float, int]]:
    """Each value with its height as a share of the greatest."""
    most = max([1, *values])
    return [(value / most, value) for value in values]


def _letters_in(language: str, facts: Facts) -> int:
    return sum(row.by_language.get(language, 0) for row in facts.letters)


def _labels(months: Sequence[Month]) -> list[str]:
    """The first month and every January with its year, the others by their letter."""
    return [f"{m.first:%b}" + (f" {m.first:%Y}" if place == 0 or m.first.month == 1 else "") for place, m in enumerate(months)]


def _when(lead: OpenLead) -> str:
    at: datetime | None = min((moment for moment in (lead.next_at, lead.deadline_at) if moment), default=None)
    return f"{at:%d %b %Y %H:%M}" if at else "–"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold", pad_edge=False)
    for column in columns:
        numeric = column in (*_LANGUAGES.values(), "All", "Opened", "Past the deadline", "Waiting")
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    return table
