"""Whatever stands in the query of an address, a page answers: with itself, or with a page that says what is wrong."""

import inspect
import re
import sys
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from settings import Settings
from store.database import Database
from tests.browser.house import furnish
from tests.web.conftest import Clock, signed_in
from web.app import create_app
from web.paths import number_in
from web.words import words

pytestmark = pytest.mark.anyio

JUNK = ("zzz\x00", "9" * 30, "0001-01-01T00:00:00+23:59")
READ_BY_HAND = re.compile(r'(?:asked|query_params|fields)(?:\.get\(|\[)"(\w+)"')
ENDLESS = {"/inbox/news"}


@pytest.fixture
def app(settings: Settings, database: Database, clock: Clock) -> FastAPI:
    return create_app(settings, database, clock.now)


def queries_of(app: FastAPI) -> Iterator[tuple[str, dict[str, object], set[str]]]:
    """Each address that answers a browser, what its query may have by declaration, with the types, and what its room reads by hand."""
    for route in iter_route_contexts(app.routes):
        room = str(getattr(route.endpoint, "__module__", ""))
        if "GET" in (route.methods or ()) and room.startswith("web."):
            dependant = getattr(route, "dependant", None)
            fields = dependant.query_params if isinstance(dependant, Dependant) else []
            declared: dict[str, object] = {field.alias: field.field_info.annotation for field in fields}
            yield str(route.path), declared, {*READ_BY_HAND.findall(inspect.getsource(sys.modules[room]))}


async def test_no_junk_in_a_query_is_answered_with_a_bare_error(app: FastAPI, settings: Settings, database: Database, clock: Clock) -> None:
    house = await furnish(database, clock)
    address = house.public(app, settings, clock) | house.of_the_team()
    headers = await signed_in(database, clock)
    queries = [one for one in queries_of(app) if one[0] not in ENDLESS]
    names = {"below", "stages", "from", "to"}.union(*({*declared, *by_hand} for _, declared, by_hand in queries))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    wrong = []

    async with httpx.AsyncClient(transport=transport, base_url="https://letters.example.com", headers=headers) as browser:
        for path, _, _ in queries:
            page = address[path].partition("?")[0] if path in address else re.sub(r"\{\w+\}", str(house.lead), path)
            for junk in JUNK:
                answer = await browser.get(page, params=dict.fromkeys(names, junk))
                if answer.status_code >= 500 or (answer.is_error and "json" in answer.headers["content-type"]):
                    wrong.append((path, junk, answer.status_code))

    assert wrong == []
    assert {"days", "edition", "lead", "find"} <= names


def test_a_page_takes_every_text_for_what_its_query_declares(app: FastAPI) -> None:
    declared = {(path, name): kind for path, names, _ in queries_of(app) for name, kind in names.items()}

    assert {place: kind for place, kind in declared.items() if kind not in (str, int)} == {}
    assert number_in("zzz") == number_in("-1") == number_in("9" * 30) == number_in("²") == 0
    assert number_in("90") == 90


async def test_an_address_that_cannot_be_read_leads_to_a_page_that_says_so(operator: httpx.AsyncClient) -> None:
    answers = [await operator.get(path) for path in ("/inbox/accounts/zzz", "/campaigns/zzz%00", "/leads/zzz")]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert all(words("en")["no_page"] in answer.text for answer in answers)
