"""The frame of the team's pages: where else one can go, by one's rights, and who one is."""

from collections.abc import Mapping
from typing import Final

from fastapi import Request
from starlette.responses import HTMLResponse

from web.entrance import Person
from web.rights import Right
from web.show import page
from web.visitors import language_of

_PLACES: Final[Mapping[str, tuple[str, Right]]] = {
    "inbox": ("/inbox", Right.WORK_TASKS),
    "ranks": ("/inbox/leads", Right.SEE_LEADS),
    "leads": ("/leads", Right.SEE_LEADS),
    "campaigns": ("/campaigns", Right.SEE_CAMPAIGNS),
    "figures": ("/figures", Right.SEE_FIGURES),
    "team": ("/people", Right.MANAGE_PEOPLE),
    "audit": ("/audit", Right.SEE_AUDIT),
    "tokens": ("/tokens", Right.MANAGE_PEOPLE),
    "receivers": ("/webhooks", Right.MANAGE_PEOPLE),
}
"""Where one can go from every page: the word for it, the path, and the right that it needs."""


def home_of(who: Person) -> str:
    """Where somebody begins: the first place that they have a right to."""
    return _places(who)[0][1]


def desk(
    name: str, request: Request, who: Person, *, status: int = 200, headers: dict[str, str] | None = None, **facts: object
) -> HTMLResponse:
    """Render ``web/pages/desk/<name>.html`` for this person. The template knows ``who``, ``places`` and ``here`` beside its facts."""
    places = _places(who)
    here = max((path for _, path in places if request.url.path.startswith(path)), key=len, default="")
    facts |= {"who": who, "places": places, "here": here}
    return page(f"desk/{name}", language_of(request), status=status, headers=headers, **facts)


def _places(who: Person) -> list[tuple[str, str]]:
    return [(word, path) for word, (path, right) in _PLACES.items() if right in who.rights]
