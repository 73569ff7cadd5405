"""The web app: its rooms behind one guard."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles

from settings import Settings
from store.database import Database
from web import (
    clicks,
    confirmation,
    examples,
    files,
    forms,
    inbound,
    login,
    loginprovider,
    preferences,
    sites,
    unsubscribe,
    visits,
    webhooks,
)
from web.api.app import create_api
from web.api.problems import HOME
from web.desk import (
    accounts,
    audit,
    campaignletters,
    campaigns,
    campaignstarts,
    campaignversions,
    deciding,
    figures,
    glance,
    inbox,
    leads,
    people,
    previews,
    reasons,
    receivers,
    tokens,
)
from web.desk.live import TaskNews
from web.entrance import TurnedAway
from web.formbook import FormBook
from web.front import Front
from web.guard import Guard
from web.limiter import Limiter
from web.oidc import Provider
from web.popups import popups_of
from web.show import STATIC, message
from web.sites import Sites
from web.visitors import language_of, wants_json

_ROOMS: Final = (
    examples,
    login,
    loginprovider,
    forms,
    files,
    sites,
    visits,
    confirmation,
    preferences,
    unsubscribe,
    clicks,
    inbox,
    glance,
    leads,
    reasons,
    deciding,
    accounts,
    figures,
    tokens,
    receivers,
    people,
    audit,
    campaigns,
    campaignstarts,
    campaignversions,
    campaignletters,
    previews,
    webhooks,
    inbound,
)
_GUESSES_PER_MINUTE: Final = 20
_VISITS_PER_MINUTE: Final = 120
_TESTS_PER_MINUTE: Final = 6


def create_app(settings: Settings, database: Database, now: Callable[[], datetime]) -> FastAPI:
    """Build the app on a database that the caller opened and will close. ``now`` is the clock of the business, aware and in UTC.

    Raises CampaignError where the file of popups is wrong, and OSError where it or the folder of files is not there.
    """
    files.look_into(settings.downloads_dir)
    # Routes as the rooms have them: to include their routers would make each anew for every app, and slow every request down.
    app = FastAPI(title="Sodate", docs_url=None, redoc_url=None, routes=[route for room in _ROOMS for route in room.router.routes])
    app.state.front = Front(
        settings=settings,
        database=database,
        now=now,
        forms=FormBook(database, now),
        posts=Limiter(settings.form_posts_per_minute),
        guesses=Limiter(_GUESSES_PER_MINUTE),
        visits=Limiter(_VISITS_PER_MINUTE),
        tests=Limiter(_TESTS_PER_MINUTE),
        popups=popups_of(settings.popups_file),
        provider=Provider(settings) if settings.oidc_issuer else None,
    )
    app.state.readers = webhooks.readers()
    app.state.intakes = webhooks.intakes(database, now)
    app.state.task_news = TaskNews(database)
    app.mount(HOME, create_api(app.state.front))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(Guard, https=settings.base_url.scheme == "https")
    app.add_middleware(Sites, origins=settings.origins)
    app.add_exception_handler(HTTPException, _nothing_here)
    app.add_exception_handler(RequestValidationError, _no_such_place)
    app.add_exception_handler(TurnedAway, _turned_away)
    return app


async def _nothing_here(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    if wants_json(request):
        body = {"type": "about:blank", "title": problem.detail, "status": problem.status_code}
        return JSONResponse(body, problem.status_code, problem.headers, media_type="application/problem+json")
    code = "no_page" if problem.status_code == 404 else "not_so"
    return message(language_of(request), code, status=problem.status_code, headers=dict(problem.headers or {}))


async def _no_such_place(request: Request, problem: Exception) -> Response:
    """An address that cannot be read, such as one with something else where an id belongs, leads nowhere."""
    return await _nothing_here(request, HTTPException(404))


async def _turned_away(request: Request, turned_away: Exception) -> Response:
    assert isinstance(turned_away, TurnedAway)
    return turned_away.answer
