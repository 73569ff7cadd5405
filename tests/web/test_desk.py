"""A rep's desk in the browser's words: put off, handed over, away, the brief beside a task, letters by hand, and the link of a notice."""

import asyncio
import html
import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select, text

from mail.tasklinks import GOOD_FOR, task_url
from nurture.kinds import Frequency
from nurture.leadside import DemoRequested, Downloaded
from nurture.ourside import LetterWritten
from nurture.plan.campaign import Campaign
from nurture.standing import Position, Record, Standing
from settings import Settings
from store import tables
from store.campaigns import campaigns
from store.consent import consents
from store.consent.consents import EVERYTHING, Basis
from store.database import Database
from store.desk import tasks
from store.journeys import enrollments, standings
from store.leads import engagements, leads
from store.team import people, reps
from store.team.people import Role
from tests.web.conftest import address_of, signed_in
from web.app import create_app
from web.server import serve

pytestmark = pytest.mark.anyio

PLAN = {
    "campaign": "plan",
    "topic": "maintenance",
    "start": "talk",
    "cap": {"touches": 1, "per": "7 days"},
    "tracks": {"talk": {"steps": [{"task": {"reason": "demo"}}, {"email": "after_talk"}, {"wait": "10 days"}, {"end": "over"}]}},
}


@pytest.fixture
async def mika(settings: Settings, database: Database, clock: Any) -> AsyncIterator[httpx.AsyncClient]:
    """Mika's browser; Jon and Ann work there, too."""
    for name in ("Jon", "Ann"):
        await signed_in(database, clock, name, roles={Role.REP})
    headers = await signed_in(database, clock, "Mika", roles={Role.REP})
    transport = httpx.ASGITransport(create_app(settings, database, clock.now))
    async with httpx.AsyncClient(transport=transport, base_url="https://letters.example.com", headers=headers) as client:
        yield client


@pytest.fixture
async def task(database: Database, clock: Any) -> UUID:
    """A task about Ken Sato of Sato & Sons, who downloaded a guide twice and asked for a demo, due in two days."""
    plan, id = Campaign.model_validate(PLAN), uuid4()
    async with database.transaction() as session:
        await campaigns.keep(session, plan, "", clock.now())
        ken = leads.Person(
            email="sato@example.co.jp",
            family_name="Sato",
            given_name="Ken",
            company="Sato & Sons",
            language="en",
            zone="Asia/Tokyo",
            source="spring_fair",
        )
        lead, _ = await leads.register(session, ken, clock.now())
        other, _ = await leads.register(
            session, leads.Person(email="mori@example.co.jp", given_name="Aya", company="Sato & Sons", title="CFO"), clock.now()
        )
        card = {"file": "cards.csv"}
        await consents.give(session, "sato@example.co.jp", "maintenance", Basis.BUSINESS_CARD, card, clock.now())
        await enrollments.enroll(session, lead, plan, clock.now())
        for _ in range(2):
            await engagements.record(session, lead, Downloaded(at=clock.now(), content="sensor-guide"))
        await engagements.record(session, lead, DemoRequested(at=clock.now() + timedelta(minutes=1)))
        await engagements.record(session, other, Downloaded(at=clock.now(), content="checklist"))
        waits = Standing(stage="interest", next_at=clock.now() + timedelta(days=4), why="'planning_basics' goes on Fri")
        await standings.write(session, lead, Record(no=1, standing=waits))
        row: dict[str, Any] = {"id": id, "lead_id": lead, "enrollment": 1, "campaign": "plan", "reason": "out_of_nowhere"}
        await tasks.open_task(
            session, **row, why="asked for a demo", channel="linkedin", at=clock.now(), deadline_at=clock.now() + timedelta(days=2)
        )
        here = Standing(
            stage="consideration", next_at=None, why="a rep has this lead", positions=(Position(enrollment=1, track="talk", step="demo"),)
        )
        await standings.write(session, lead, Record(no=2, standing=here))
    return id


async def seal_of(mika: httpx.AsyncClient, path: str) -> str:
    return str(re.findall(r'name="seal" value="([^"]+)"', (await mika.get(path)).text)[0])


async def send(mika: httpx.AsyncClient, path: str, fields: dict[str, str], page: str = "") -> httpx.Response:
    return await mika.post(path, data={"seal": await seal_of(mika, page or path.rpartition("/")[0])} | fields)


async def row_of(database: Database, id: UUID) -> tasks.TaskRow:
    async with database.transaction() as session:
        row = await tasks.get(session, id)
    assert row is not None
    return row


async def test_the_brief_says_it_all_at_a_glance(mika: httpx.AsyncClient, task: UUID) -> None:
    page = html.unescape((await mika.get(f"/inbox/{task}")).text)

    told = page.split('id="brief"')[1].split('id="story"')[0]
    for said in (
        "asked for a demo",  # why now
        "Downloaded “Sensor guide”, 2 times",
        "'planning_basics' goes on Fri",  # what the machine was about to do
        "the letter “After talk” → a pause: 10 days → the end of this campaign",
        "You asked for a demo",  # what to say
        "They compare.",
        "Choosing: ask who decides",
        "Gave us a business card (Spring fair)",
        "Aya",
        "Downloaded “Checklist”",
    ):
        assert said in told, said
    assert "https://www.linkedin.com/search/results/people/?keywords=Ken+Sato+Sato+%26+Sons" in page


async def test_what_we_did_with_a_colleague_is_said_without_what_it_was(
    mika: httpx.AsyncClient, database: Database, clock: Any, task: UUID
) -> None:
    letter = uuid4()
    async with database.transaction() as session:
        aya = await session.scalar(select(tables.Lead.id).where(tables.Lead.email == "mori@example.co.jp"))
        assert aya is not None
        await engagements.record(session, aya, LetterWritten(at=clock.now(), letter=letter, edition="plan@1"), source="inbox")

    page = (await mika.get(f"/inbox/{task}")).text

    assert "A rep wrote them a letter" in page
    assert str(letter) not in page


async def test_a_leader_may_hand_over_what_somebody_else_has(mika: httpx.AsyncClient, database: Database, clock: Any, task: UUID) -> None:
    headers = await signed_in(database, clock, "Lea", roles={Role.LEADER})
    async with database.transaction() as session:
        await tasks.claim(session, task, "Jon", clock.now())

    assert "Hand over" in (await mika.get(f"/inbox/{task}", headers=headers)).text


async def test_a_task_that_is_put_off_comes_back_at_its_moment(mika: httpx.AsyncClient, database: Database, clock: Any, task: UUID) -> None:
    deadline_at = (await row_of(database, task)).deadline_at

    done = await send(mika, f"/inbox/{task}/later", {"span": "tomorrow"})

    assert done.headers["location"] == "/inbox?done=put_off"
    row = await row_of(database, task)
    assert (row.claimed_by, row.deadline_at) == ("Mika", deadline_at)
    assert row.snoozed_until is not None
    assert row.snoozed_until.isoformat() == "2025-03-04T00:00:00+00:00", "nine o'clock in Tokyo"
    assert "Sato" not in (await mika.get("/inbox")).text
    assert "Sato" in (await mika.get("/inbox?view=later")).text
    assert "Sato" in (await mika.get("/inbox?view=all")).text
    again = await send(mika, f"/inbox/{task}/now", {})
    assert again.headers["location"] == f"/inbox/{task}?done=taken_back"
    assert "Sato" in (await mika.get("/inbox")).text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Please give a date"),
        ({"day": "soon"}, "Please give a date"),
        ({"day": "2025-03-03"}, "This day has passed"),
        ({"day": "0001-01-01"}, "This day has passed"),
        ({"day": "2025-09-03"}, "at most 90 days"),
    ],
)
async def test_a_task_is_put_off_to_a_day_that_comes_soon(
    mika: httpx.AsyncClient, database: Database, task: UUID, fields: dict[str, str], said: str
) -> None:
    answer = await send(mika, f"/inbox/{task}/later", fields)

    assert answer.status_code == 422
    assert said in html.unescape(answer.text)
    assert (await row_of(database, task)).snoozed_until is None


async def test_a_task_is_handed_over_with_a_word_and_the_change_is_written_down(
    mika: httpx.AsyncClient, database: Database, task: UUID
) -> None:
    for wrong in ({"taker": ""}, {"taker": "Nobody"}, {"taker": "Mika"}):
        assert (await send(mika, f"/inbox/{task}/hand-over", wrong)).status_code == 422

    done = await send(mika, f"/inbox/{task}/hand-over", {"taker": "Jon", "word": "He speaks German."})

    assert done.headers["location"] == "/inbox?done=handed_over"
    assert (await row_of(database, task)).owner == "Jon"
    page = (await mika.get(f"/inbox/{task}")).text
    assert "Mika handed this to Jon" in page
    assert "He speaks German." in page
    async with database.transaction() as session:
        audited = (await session.scalars(select(tables.Audit).order_by(tables.Audit.id.desc()))).first()
        assert audited is not None
        assert (audited.who, audited.what, audited.after) == ("Mika", "task_handed_over", {"taker": "Jon"})
        told = await session.scalar(select(tables.Engagement.facts).where(tables.Engagement.kind == "handed_over"))
    assert told is not None
    assert "German" not in str(told), "what is said stays in the database"


async def test_what_somebody_else_has_is_neither_put_off_nor_handed_over(
    mika: httpx.AsyncClient, database: Database, clock: Any, task: UUID
) -> None:
    async with database.transaction() as session:
        await tasks.claim(session, task, "Jon", clock.now())

    for path, fields in (("later", {"span": "week"}), ("hand-over", {"taker": "Ann"})):
        answer = await send(mika, f"/inbox/{task}/{path}", fields)
        assert answer.status_code == 409
        assert "Somebody else has this task" in answer.text
        assert "Hand over" not in answer.text
    assert (await row_of(database, task)).claimed_by == "Jon"


async def test_a_form_of_another_site_passes_nothing_on(mika: httpx.AsyncClient, database: Database, task: UUID) -> None:
    for path, fields in (
        (f"/inbox/{task}/later", {"span": "week"}),
        (f"/inbox/{task}/hand-over", {"taker": "Jon"}),
        (f"/inbox/{task}/letter", {"letter": str(uuid4()), "subject": "a", "text": "b"}),
        ("/inbox/away", {"until": "2025-03-10"}),
    ):
        assert (await mika.post(path, data=fields | {"seal": "1.x"})).status_code == 403
    async with database.transaction() as session:
        assert await reps.absences(session) == {}
        assert list(await session.scalars(select(tables.PersonalLetter))) == []
    assert (await row_of(database, task)).claimed_by == ""


async def test_a_rep_says_that_they_are_away_and_back(mika: httpx.AsyncClient, database: Database, clock: Any, task: UUID) -> None:
    async with database.transaction() as session:
        await tasks.claim(session, task, "Mika", clock.now())
    for wrong in ("", "soon", "2025-03-03", "2026-12-01"):
        assert (await send(mika, "/inbox/away", {"until": wrong})).status_code == 422

    assert (await send(mika, "/inbox/away", {"until": "2025-03-10"})).headers["location"] == "/inbox?done=away"

    assert "You are away until Mon 10 Mar 2025." in (await mika.get("/inbox")).text
    assert (await row_of(database, task)).claimed_by == ""
    await send(mika, "/inbox/back", {}, page="/inbox")
    assert "You are away until" not in (await mika.get("/inbox")).text


async def test_a_letter_begins_with_a_draft_and_is_kept_once(mika: httpx.AsyncClient, database: Database, task: UUID, kept: Any) -> None:
    page = html.unescape((await mika.get(f"/inbox/{task}/letter?draft=first_word&language=ja")).text)
    assert "Sato & Sons Sato 様" in page
    assert "Mika" in page.split("<textarea")[1]
    assert address_of("Mika") in page
    letter = re.findall(r'name="letter" value="([^"]+)"', page)[0]
    fields = {"letter": letter, "language": "ja", "subject": "お問い合わせ", "text": "佐藤様\n\n火曜日はいかがですか。"}

    assert (await send(mika, f"/inbox/{task}/letter", fields)).headers["location"] == f"/inbox/{task}?done=written"

    for key in (letter, str(uuid4())):  # pressed twice; sent again from a page that Back has fetched anew
        again = await send(mika, f"/inbox/{task}/letter", fields | {"letter": key})
        assert again.status_code == 409
        assert "This letter has been sent already (On its way). It has not gone a second time." in again.text
    async with database.transaction() as session:
        row = (await session.scalars(select(tables.PersonalLetter))).one()
    assert (row.writer, row.address, row.language, row.subject) == ("Mika", address_of("Mika"), "ja", "お問い合わせ")
    assert "Mika: お問い合わせ" in (shown := html.unescape((await mika.get(f"/inbox/{task}")).text))
    assert "On its way" in shown
    assert (await kept.kinds()).count("letter_written") == 1


async def test_other_words_from_a_page_that_was_used_go_once_they_are_sent_again(
    mika: httpx.AsyncClient, database: Database, task: UUID, kept: Any
) -> None:
    fields = {"letter": str(uuid4()), "language": "en", "subject": "Tuesday?", "text": "Would Tuesday do?"}
    other = fields | {"text": "Would Wednesday do?"}
    await send(mika, f"/inbox/{task}/letter", fields)

    told = await send(mika, f"/inbox/{task}/letter", other)
    [fresh] = re.findall(r'name="letter" value="([^"]+)"', told.text)
    sent = await send(mika, f"/inbox/{task}/letter", other | {"letter": fresh})

    assert (told.status_code, "“Tuesday?” (On its way). What stands below has not gone." in told.text) == (409, True)
    assert "Would Wednesday do?" in told.text
    assert (sent.status_code, (await kept.kinds()).count("letter_written")) == (303, 2)


async def test_beginning_with_another_draft_throws_no_words_away(mika: httpx.AsyncClient, database: Database, task: UUID) -> None:
    at, page = f"/inbox/{task}/letter", html.unescape((await mika.get(f"/inbox/{task}/letter?draft=first_word&language=en")).text)
    subject = re.findall(r'name="subject".*? value="([^"]*)"', page)[0]
    given = page.split("<textarea")[1].partition(">\n")[2].partition("</textarea>")[0]
    other = {"letter": str(uuid4()), "begin": "yes", "other_draft": "material", "language": "en", "draft": "first_word"}
    untouched = {"other_language": "ja", "subject": subject, "text": given.replace("\n", "\r\n")}

    for fields in (untouched, {"other_language": "ja", "subject": "", "text": ""}):
        assert (await send(mika, at, other | fields, page=at)).headers["location"] == f"{at}?draft=material&language=ja"

    for fields in (
        {"subject": subject, "text": f"{given} Call me."},
        {"subject": "My own", "text": given},
        {"subject": "", "text": "Hello Ken"},
    ):
        answer = await send(mika, at, other | {"other_language": "ja"} | fields, page=at)
        told = html.unescape(answer.text)
        assert answer.status_code == 200
        assert "Your words are kept" in told
        assert fields["text"] in told
        assert f'value="{fields["subject"]}"' in told
        assert 'name="language" value="ja"' in told
    async with database.transaction() as session:
        assert list(await session.scalars(select(tables.PersonalLetter))) == []


async def test_what_is_missing_is_said_beside_its_field_with_all_that_was_typed(mika: httpx.AsyncClient, task: UUID, kept: Any) -> None:
    answer = await send(mika, f"/inbox/{task}/letter", {"letter": str(uuid4()), "subject": "", "text": "Long & thought through"})

    assert answer.status_code == 422
    assert 'id="subject-wrong"' in answer.text
    assert "Long &amp; thought through" in answer.text
    assert "letter_written" not in await kept.kinds()


async def test_a_letter_that_may_not_go_is_refused_with_the_reason(
    mika: httpx.AsyncClient, database: Database, clock: Any, task: UUID, kept: Any
) -> None:
    async with database.transaction() as session:
        lead = (await row_of(database, task)).lead_id
        sent = tables.Touch(key=uuid4(), lead_id=lead, enrollment=1, campaign="plan@x", letter="a", topic="maintenance", why="")
        sent.claimed_at = sent.sent_at = clock.now() - timedelta(days=1)
        session.add(sent)
    typed = {"letter": str(uuid4()), "subject": "a", "text": "b"}
    seal = await seal_of(mika, f"/inbox/{task}")

    full = await mika.post(f"/inbox/{task}/letter", data=typed | {"seal": seal})
    async with database.transaction() as session:
        session.add(tables.Preference(lead_id=lead, frequency=Frequency.MONTHLY, chosen_at=clock.now()))
    wished = await mika.get(f"/inbox/{task}/letter")
    async with database.transaction() as session:
        await consents.suppress(session, "sato@example.co.jp", EVERYTHING, "unsubscribed", clock.now())
    refused = await mika.post(f"/inbox/{task}/letter", data=typed | {"seal": seal})

    assert (full.status_code, refused.status_code) == (422, 422)
    assert "this campaign allows at most 1 letter in 7 days" in full.text
    assert "You may write again from Sun 9 Mar 2025, 10:00 on, on their clock." in full.text
    assert "this person has asked us to write less often. You may write again from Tue 1 Apr 2025" in wished.text
    assert "this person has refused our letters" in refused.text
    assert "letter_written" not in await kept.kinds()


async def test_the_link_of_a_notice_shows_the_task_for_some_hours_and_then_asks_to_sign_in(
    mika: httpx.AsyncClient, visitor: httpx.AsyncClient, settings: Settings, clock: Any, task: UUID
) -> None:
    link = task_url(settings.base, settings.link_secret, task, clock.now())

    seen = await visitor.get(link)
    assert (seen.status_code, "Ken Sato" in seen.text, "<form" in seen.text, "sato@example" in seen.text) == (200, True, False, False)
    assert seen.headers["referrer-policy"] == "no-referrer"
    assert (await mika.get(link)).headers["location"] == f"/inbox/{task}", "who is signed in lands on the task"
    assert (await visitor.get(link[:-2])).status_code == 404

    clock.at += GOOD_FOR
    late = await visitor.get(link)
    assert (late.status_code, late.headers["location"]) == (303, f"/inbox/{task}")
    assert (await visitor.get(late.headers["location"])).headers["location"] == f"/login?to=%2Finbox%2F{task}"


async def test_open_pages_hear_of_new_tasks_over_one_connection_to_the_database(
    settings: Settings, database: Database, clock: Any, task: UUID
) -> None:
    headers = await signed_in(database, clock, "Mika", roles={Role.REP})
    listening = text("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()")

    async def heard(lines: AsyncIterator[str]) -> None:
        async for line in lines:
            if line == "event: tasks":
                return

    async with (
        serve(create_app(settings, database, clock.now)) as url,
        httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as client,
    ):
        async with client.stream("GET", "/inbox/news") as one, client.stream("GET", "/inbox/news") as two:
            assert one.headers["content-type"].startswith("text/event-stream")
            pages = [one.aiter_lines(), two.aiter_lines()]
            async with asyncio.timeout(60):
                await asyncio.gather(*(heard(page) for page in pages))
                for _ in range(3):  # the first two may be heard of because a page begins to hear
                    async with database.transaction() as session:
                        await tasks.claim(session, task, "Mika", clock.now())
                    await asyncio.gather(*(heard(page) for page in pages))
                page = (await client.get(f"/inbox/{task}")).text
                async with client.stream("GET", html.unescape(re.findall(r'data-news="([^"]+)"', page)[0])) as of_task:
                    told, lines = list[str](), of_task.aiter_lines()
                    for change in ({"claimed_by": "Jon"}, {"withdrawn_at": clock.now()}):
                        async with database.transaction() as session:
                            await tasks.change(session, tables.Task.id == task, **change)
                        told.append(await next_data(lines))
                    assert told == ["Jon has this task now.", "This task is no longer needed and was taken back."]
                async with database.transaction() as session:
                    assert await session.scalar(listening) == 1
        async with asyncio.timeout(60):
            while True:
                async with database.transaction() as session:
                    if await session.scalar(listening) == 0:
                        break
                await asyncio.sleep(0.05)
        assert (await client.get("/inbox/news", headers={"Cookie": ""})).status_code in (303, 401)


async def next_data(lines: AsyncIterator[str]) -> str:
    """What the next event tells."""
    async for line in lines:
        if line.startswith("data: "):
            return str(json.loads(line.removeprefix("data: ")))
    raise AssertionError("there is no other event")


async def test_somebody_without_an_address_writes_no_letter(mika: httpx.AsyncClient, database: Database, clock: Any, task: UUID) -> None:
    async with database.transaction() as session:
        person = await people.find(session, "Mika")
        assert person is not None
        person.address = ""

    assert "No address is known that you write by" in (await mika.get(f"/inbox/{task}/letter")).text
