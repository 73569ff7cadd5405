"""Stands before every room: adds the headers that protect a visitor, and keeps personal data out of logs when something fails."""

import logging
import traceback

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.cookies import COOKIE
from web.show import message
from web.visitors import language_of, wants_json

log = logging.getLogger(__name__)

POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; "
    "form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY.format(forms="'self'"),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
AWAY = (OperationalError, InterfaceError, PoolTimeout, OSError)
"""What is raised when the database cannot be reached."""


class Guard:
    """The outermost part of the app. With ``https``, browsers are told to come by nothing else."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._headers = _HEADERS | ({"Strict-Transport-Security": "max-age=31536000"} if https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope = _without_nul(scope)
        begun, left = False, scope.setdefault("state", {})

        async def guarded(what: Message) -> None:
            nonlocal begun
            if what["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=what)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if COOKIE in left:
                    headers.append("Set-Cookie", left[COOKIE])
            await send(what)

        try:
            await self._app(scope, receive, guarded)
        except Exception as failure:
            write_down(failure)
            if begun:
                raise ConnectionAbortedError("the answer broke off") from None
            await apology(Request(scope), failure)(scope, receive, guarded)


def _without_nul(scope: Scope) -> Scope:
    """The address with a sign for what cannot be read in place of NUL, which no text in the database can have."""
    path, query = scope["path"].replace("\x00", "\ufffd"), scope["query_string"].replace(b"%00", b"%EF%BF%BD")
    if (path, query) == (scope["path"], scope["query_string"]):
        return scope
    return {**scope, "path": path, "query_string": query}


def write_down(failure: Exception) -> None:
    """The kind of failure and where it was, without its message: that may quote an address or a name."""
    log.error("%s\n%s", type(failure).__name__, "".join(traceback.format_tb(failure.__traceback__)))


def apology(request: Request, failure: Exception) -> Response:
    """What whoever asked is told of a failure: 503 where the database is away, else 500."""
    status, code = (503, "away") if isinstance(failure, AWAY) else (500, "broken")
    headers = {"Retry-After": "30"} if status == 503 else {}
    if wants_json(request):
        return JSONResponse(
            {"type": "about:blank", "title": "Service unavailable" if status == 503 else "Internal error", "status": status},
            status,
            headers,
            media_type="application/problem+json",
        )
    return message(language_of(request), code, status=status, headers=headers)
