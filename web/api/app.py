"""The API as an app of its own, which the web app takes in under its version."""

from typing import Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.api import campaigns, contracts, engagements, leads, reference, tasks
from web.api.problems import Kind, Problem, answer_problem
from web.bodies import UnreadableBody, read_body
from web.front import Front
from web.guard import apology, write_down
from web.limiter import Limiter

LARGEST: Final = 1024 * 1024
"""Bytes of a body."""

_KINDS: Final = {408: Kind.TOO_SLOW, 413: Kind.TOO_LARGE}


def create_api(front: Front) -> FastAPI:
    """Build the API on what the web app stands on."""
    api = FastAPI(openapi_url=None, redirect_slashes=False, generate_unique_id_function=_name_of)
    api.state.front = front
    api.state.rate = Limiter(front.settings.api_requests_per_minute)
    for room in (leads, engagements, contracts, tasks, campaigns, reference):
        api.include_router(room.router)
    api.add_middleware(_Door)
    for problem in (Problem, RequestValidationError, HTTPException):
        api.add_exception_handler(problem, answer_problem)
    return api


def _name_of(route: APIRoute) -> str:
    """The name of an operation is that of its function."""
    return route.name


class _Door:
    """Takes a body in before anything else, adds to every answer what is said of the token, and answers what fails.

    An app within another one would answer that by itself, before the guard of the outer one hears of it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        begun = False

        async def stamped(what: Message) -> None:
            nonlocal begun
            if what["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=what)
                headers["Cache-Control"] = "no-store"
                for name, value in state.get("stamps", {}).items():
                    headers[name] = value
            await send(what)

        request = Request(scope, receive)
        try:
            body = await read_body(request, LARGEST)
        except UnreadableBody as unreadable:
            answer = await answer_problem(request, Problem(_KINDS[unreadable.status]))
            await answer(scope, receive, stamped)
            return

        async def again() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        try:
            await self._app(scope, again, stamped)
        except Exception as failure:
            if begun:
                raise
            write_down(failure)
            await apology(request, failure)(scope, receive, stamped)
