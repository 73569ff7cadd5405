"""Other sites: which of them may post our forms and read what we answer to their pages, and the one script that they load from us."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from nurture.plan.snippet import SCRIPT, integrity_of
from settings import Settings
from web.show import STATIC

router = APIRouter(include_in_schema=False)

_SHARED: Final = ("/forms/", "/visits")
_BYTES: Final = (STATIC / Path(SCRIPT).name).read_bytes()
INTEGRITY: Final = integrity_of(_BYTES)
"""What proves to a browser that the script is the one that its page was made with."""


class Sites:
    """Answers the pages of other sites so that their scripts may read it (CORS): those of ``origins``, and nothing but forms and visits."""

    def __init__(self, app: ASGIApp, *, origins: Sequence[str]) -> None:
        self._app = app
        self._shared = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=["POST"],
            allow_headers=["Content-Type"],
            expose_headers=["Retry-After"],
            max_age=86_400,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_shared = scope["type"] == "http" and scope["path"].startswith(_SHARED)
        await (self._shared if is_shared else self._app)(scope, receive, send)


@router.api_route(SCRIPT, methods=["GET", "HEAD"])
async def script() -> Response:
    """The script for other sites. It is the same for everybody."""
    headers = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "public, max-age=3600"}
    return Response(_BYTES, headers=headers, media_type="text/javascript")


def origin_of(request: Request) -> str:
    """The site whose page sent this, as the browser says; empty where it does not."""
    origin = request.headers.get("origin", "")
    return origin if origin != "null" and len(origin) <= 200 else ""


def may_post(request: Request, settings: Settings) -> bool:
    """Whether a form may come from the page that sent it. While no sites are named, it may come from everywhere.

    A page that keeps to itself where it is says ``null``, or nothing at all. It may: whoever would lie about it needs no browser.
    """
    origin = origin_of(request)
    return not origin or not settings.origins or _is_known(request, settings, origin)


def is_from_a_site_of_ours(request: Request, settings: Settings) -> bool:
    """Whether a page of ours sent it, or of a site that is named, as far as the browser says."""
    origin = request.headers.get("origin")
    if origin is None:
        return request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
    return _is_known(request, settings, origin)


def _is_known(request: Request, settings: Settings, origin: str) -> bool:
    host = urlsplit(origin).netloc
    return origin in settings.origins or host in (request.headers.get("host"), urlsplit(settings.base).netloc)
