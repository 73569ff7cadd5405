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
}
"""Where one can go from every page: the word for it, the path, and the right that it needs."""


def desk(
    name: str, request: Request, who: Person, *, status: int = 200, headers: dict[str, str] | None = None, **facts: object
) -> HTMLResponse:
    """Render ``web/pages/desk/<name>.html`` for this person. The template knows ``who``, ``places`` and ``here`` beside its facts."""
    places = [(word, path) for word, (path, right) in _PLACES.items() if right in who.rights]
    here = max((path for _, path in places if request.url.path.startswith(path)), key=len, default="")
    facts |= {"who": who, "places": places, "here": here}
    return page(f"desk/{name}", language_of(request), status=status, headers=headers, **facts)
