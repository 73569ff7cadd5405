"""The cookies of the team: what a browser keeps of a session, and of a sign-in that has begun."""

from datetime import timedelta
from typing import Final

from fastapi import Request
from starlette.responses import Response

from settings import Settings
from store.team.sessions import LASTS

SESSION: Final = "session"
COOKIE: Final = "cookie"
"""What a request leaves for the headers of its answer, whichever that will be."""


def cookie_name(settings: Settings, name: str) -> str:
    """What a cookie is called. On https no other host and no subdomain can set one of this name (RFC 6265bis)."""
    return f"__Host-{name}" if _is_https(settings) else name


def set_cookie(answer: Response, settings: Settings, name: str, value: str, lasts: timedelta) -> None:
    """Have the browser keep something, which no script reads and which no other site's form sends along."""
    answer.set_cookie(
        cookie_name(settings, name),
        value,
        max_age=int(lasts.total_seconds()),
        path="/",
        secure=_is_https(settings),
        httponly=True,
        samesite="lax",
    )


def drop_cookie(answer: Response, settings: Settings, name: str) -> None:
    """Have the browser forget it."""
    answer.delete_cookie(cookie_name(settings, name), path="/", secure=_is_https(settings), httponly=True, samesite="lax")


def token_of(request: Request, settings: Settings) -> str:
    """The token of the session that a browser sends; empty where it has none."""
    return request.cookies.get(cookie_name(settings, SESSION), "")


def keep_token(request: Request, settings: Settings, token: str) -> None:
    """Whatever the answer to this request will be, the browser gets this token with it: ``web.guard`` adds ``COOKIE``."""
    answer = Response()
    set_cookie(answer, settings, SESSION, token, LASTS)
    request.scope["state"][COOKIE] = answer.headers["set-cookie"]


def _is_https(settings: Settings) -> bool:
    return settings.base_url.scheme == "https"
