"""The audit log: who changed what, found again by person, thing and day, page by page."""

import html
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from store.database import Database
from store.team import audit
from store.team.audit import PAGE, Deed, On
from web.words import LANGUAGES, words

pytestmark = pytest.mark.anyio

LEAD = "0195d7a0-0000-7000-8000-000000000001"


@pytest.fixture
async def changes(database: Database, clock: Any) -> None:
    """A day with two changes, and one with another."""
    async with database.transaction() as session:
        await audit.note(session, "Mika", Deed.TASK_CLAIMED, On.TASK, LEAD, clock.now())
        await audit.note(session, "Jon", Deed.LEAD_HELD, On.LEAD, LEAD, clock.now(), after={"until": "2025-04-01"})
        later = clock.now() + timedelta(days=1)
        await audit.note(session, "Jon", Deed.PACE_SET, On.SENDING, "*", later, before={"per_hour": 10}, after={"per_hour": 20})


def shown(page: httpx.Response) -> list[str]:
    """Who and what of each line."""
    cells = re.findall(r'<tr><td class="when">[^<]*</td><td>([^<]*)</td><td>([^<]*)</td>', page.text)
    return [html.unescape(f"{who} {what}") for who, what in cells]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["Jon set a pace", "Jon put a lead on hold", "Mika took a task"]),
        ({"who": "Mika"}, ["Mika took a task"]),
        ({"on": "lead"}, ["Jon put a lead on hold"]),
        ({"subject": LEAD}, ["Jon put a lead on hold", "Mika took a task"]),
        ({"on": "task", "subject": LEAD}, ["Mika took a task"]),
        ({"since": "2025-03-04"}, ["Jon set a pace"]),
        ({"until": "2025-03-03"}, ["Jon put a lead on hold", "Mika took a task"]),
        ({"since": "2025-03-03", "until": "9999-12-31", "who": "Jon"}, ["Jon set a pace", "Jon put a lead on hold"]),
        ({"who": "Nobody"}, []),
        ({"below": "junk"}, ["Jon set a pace", "Jon put a lead on hold", "Mika took a task"]),
        ({"below": "99999999999999999999"}, ["Jon set a pace", "Jon put a lead on hold", "Mika took a task"]),
    ],
)
async def test_changes_are_found_again(operator: httpx.AsyncClient, changes: None, query: dict[str, str], found: list[str]) -> None:
    assert shown(await operator.get("/audit", params=query)) == found


async def test_what_is_no_day_is_said_so(operator: httpx.AsyncClient, changes: None) -> None:
    answer = await operator.get("/audit", params={"since": "soon"})

    assert (answer.status_code, "2027-03-01" in answer.text) == (422, True)


async def test_a_line_shows_before_and_after_and_leads_to_its_thing(operator: httpx.AsyncClient, changes: None) -> None:
    page = (await operator.get("/audit")).text

    assert "Per hour: <del>10</del> → 20" in page
    assert f'href="/leads/{LEAD}"' in page


async def test_pages_follow_one_another_without_a_gap_though_lines_are_added_meanwhile(
    operator: httpx.AsyncClient, database: Database, clock: Any
) -> None:
    async def add(numbers: range) -> None:
        async with database.transaction() as session:
            for number in numbers:
                await audit.note(session, f"Rep {number}", Deed.TASK_CLAIMED, On.TASK, number, clock.now())

    await add(range(PAGE + 2))
    first = await operator.get("/audit?on=task")
    await add(range(1000, 1003))
    [older] = re.findall(r'href="([^"]+)" rel="next"', first.text)
    second = await operator.get(html.unescape(older))

    assert [line.split()[1] for line in shown(first) + shown(second)] == [str(number) for number in reversed(range(PAGE + 2))]
    assert 'rel="next"' not in second.text


async def test_what_is_typed_into_the_filter_is_shown_as_text(operator: httpx.AsyncClient) -> None:
    page = await operator.get("/audit", params={"who": '"><script>alert(1)</script>', "on": "<b>"})

    assert "<script>alert" not in page.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_deed_and_every_thing_has_a_word(language: str) -> None:
    assert {f"did_{deed}" for deed in Deed} | {f"on_{kind}" for kind in On} <= set(words(language))
