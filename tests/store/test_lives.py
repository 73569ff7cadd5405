"""How a lead's life went, as its rows tell it: stages with their reasons, points day by day, marks, and its story page by page."""

from datetime import UTC, datetime, timedelta

import pytest

from nurture.leadside import DemoRequested, Downloaded, Visited
from store.database import Database
from store.leads import scores
from store.looks import dossier, lives, timeline
from store.looks.lives import Mark
from tests.web.leadlife import ADA, enrolled, happens

pytestmark = pytest.mark.anyio

MONDAY = datetime(2027, 3, 1, 9, tzinfo=UTC)


async def test_a_life_has_the_same_points_as_the_list_on_every_day(database: Database) -> None:
    ada, _ = await enrolled(database, ADA, MONDAY)
    for day, content in ((1, "guide"), (1, "pricing"), (20, "guide"), (25, "news")):
        at = MONDAY + timedelta(days=day)
        await happens(database, ada, Downloaded(at=at, content=content), at)
    await happens(database, ada, DemoRequested(at=MONDAY + timedelta(days=26)), MONDAY + timedelta(days=26))

    async with database.transaction() as session:
        for day in (0, 1, 20, 26, 30, 31, 56, 90):
            now = MONDAY + timedelta(days=day)
            life = await lives.of_lead(session, ada, MONDAY, now)
            listed = (await scores.scores(session, [ada], now))[ada]
            assert (life.points, life.recent_points(now)) == (listed.points, listed.recent), f"on day {day}"
        earned = [(one.day.day, one.points) for one in life.earned]

    assert earned == [(2, 2), (26, 1), (27, 10)], "a content earns once"


async def test_a_life_has_its_stages_with_their_reasons_and_marks_in_their_order(database: Database) -> None:
    ada, _ = await enrolled(database, ADA, MONDAY)
    later = MONDAY + timedelta(days=3)
    await happens(database, ada, Visited(at=later, content="pricing"), later)
    await happens(database, ada, DemoRequested(at=later), later)

    async with database.transaction() as session:
        life = await lives.of_lead(session, ada, MONDAY, later)

    assert [one.stage for one in life.stages] == ["unknown", "aware", "consideration"]
    assert life.stages[-1].why == "demo requested while in stage aware"
    assert {Mark(at=later, of="engagement", what="visited"), Mark(at=later, of="engagement", what="demo_requested")} == {*life.marks}


async def test_a_life_that_has_just_begun_has_nothing_in_it_but_its_beginning(database: Database) -> None:
    ada, _ = await enrolled(database, ADA, MONDAY)
    async with database.transaction() as session:
        seen = await dossier.of_lead(session, ada, MONDAY)
        entries, earlier = await timeline.page(session, ada, 10)

    assert seen is not None
    assert (seen.life.stages, seen.life.earned, seen.life.window) == ((), (), timedelta(days=30))
    assert seen.letters == ["nurture/check_in", "nurture/hello", "nurture/yearly_review"]
    assert ([entry.what for entry in entries], earlier) == (["enrolled in nurture"], None)
