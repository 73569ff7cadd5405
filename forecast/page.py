"""The page of a forecast: everything on it is in it, so that it can be opened, printed and sent on."""

from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from forecast import pictures
from forecast.findings import Forecast
from forecast.numbers import REACTIONS
from forecast.verdicts import verdicts

_TEMPLATE: Final = "page.html.jinja"


def page(f: Forecast, campaigns: list[str], assumed: str) -> str:
    """The page as HTML. ``campaigns`` are their names; ``assumed`` is the name of the file of assumptions, empty for the usual ones."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["words"] = lambda slug: str(slug).replace("_", " ")
    environment.filters["day"] = lambda at: f"{at:%d %b %Y}"
    environment.filters["n"] = lambda number: f"{number:,}"
    environment.filters["percent"] = lambda part: f"{part:.1%}"
    drawn = {"mails": pictures.mails(f), "work": pictures.work(f), "stages": pictures.stages(f), "handoffs": pictures.handoffs(f)}
    sending = [mails for mails in f.mails if mails]
    working = [day for day in range(f.days) if f.desk.capacity[day]]
    return environment.get_template(_TEMPLATE).render(
        f=f,
        campaigns=campaigns,
        assumed=assumed,
        verdicts=verdicts(f),
        pictures={name: Markup(svg) for name, svg in drawn.items()},
        reactions=REACTIONS,
        mails_a_day=round(sum(sending) / max(len(sending), 1)),
        tasks_a_rep=sum(f.desk.opened) / max(len(working), 1) / max(f.reps, 1),
        able=max(f.desk.capacity) / max(f.reps, 1),
    )
