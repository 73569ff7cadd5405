"""Lists, page by page: a cursor says behind which row the next page begins, so that rows that come in meanwhile shift nothing."""

from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from mail.links import opened, sealed
from web.api.answers import Answer
from web.api.given import Given
from web.api.problems import Kind, Problem
from web.api.views import View
from web.front import Front

MOST: Final = 200
_USUAL: Final = 100
_LONGEST: Final = 400

Item = TypeVar("Item", bound=BaseModel)


class Asked(Given):
    """What every list can be asked for."""

    limit: int = Field(default=_USUAL, ge=1, le=MOST, description="Rows of a page.")
    cursor: str = Field(default="", max_length=_LONGEST, description="`next` of the page before, as it came, with the same filters.")


class Page(View, Generic[Item]):
    """Rows, and where the next page begins."""

    items: list[Item]
    next: str | None = Field(description="The cursor of the next page; null on the last. The header `Link` has the whole address.")


def behind(request: Request, front: Front, asked: Asked) -> str | None:
    """The position behind which the page begins; None for the first. Raises Problem for a cursor that was not made here for this list."""
    if not asked.cursor:
        return None
    says = opened(front.settings.link_secret, _purpose(request), asked.cursor, _LONGEST)
    if says is None:
        raise Problem(Kind.WRONG_CURSOR)
    return says.decode()


def page(request: Request, front: Front, asked: Asked, found: Sequence[Item], position: Callable[[Item], object]) -> Response:
    """A page of what was found, which is one row more than asked for where there is a next page."""
    items = list(found[: asked.limit])
    if len(found) <= asked.limit:
        return Answer(body=Page(items=items, next=None)).response()
    cursor = sealed(front.settings.link_secret, _purpose(request), str(position(items[-1])).encode())
    query = urlencode({**request.query_params, "cursor": cursor})
    return Answer(body=Page(items=items, next=cursor), headers={"Link": f'<{request.url.path}?{query}>; rel="next"'}).response()


def _purpose(request: Request) -> bytes:
    """A cursor is for one list with its filters."""
    filters = sorted((name, value) for name, value in request.query_params.items() if name not in ("cursor", "limit"))
    return f"cursor:{request.url.path}?{urlencode(filters)}\0".encode()
