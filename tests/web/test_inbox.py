"""Reps find what is open, answer it once, and are told when somebody was faster or something is missing."""

import asyncio
import html
import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx
import pytest

from nurture.leadside import Downloaded
from nurture.standing import Note, Record, Standing
from settings import Settings
from store.database import Database
from store.desk import tasks
from store.journeys import enrollments, notes, standings
from store.leads import engagements, leads, relaying
from store.team import people
from store.team.people import Role
from tests.web.conftest import cookie, signed_in
from web.app import create_app
from web.desk.stagerange import range_name
from web.words import LANGUAGES, words

pytestmark = pytest.mark.anyio


MIKA, JON = cookie("Mika"), cookie("Jon")


@pytest.fixture(autouse=True)
async def team(database: Database, clock: Any) -> None:
    for rep in ("Mika", "Jon", "Ann", "佐藤"):
        await signed_in(database, clock, rep, roles={Role.REP})


@pytest.fixture
async def task_id(database: Database, clock: Any, campaign: Any) -> UUID:
    """A task about a Japanese lead whose family name is a script, due in two days."""
    async with database.transaction() as session:
        person = leads.Person(
            email="sato@example.co.jp",
            family_name="<script>alert(1)</script>",
            given_name="Ken",
            company="Sato & Sons",
            language="ja",
            country="JP",
            zone="Asia/Tokyo",
        )
        lead_id, _ = await leads.register(session, person, clock.now())
        await enrollments.enroll(session, lead_id, campaign, clock.now())
    return await open_task(database, clock, lead_id, "replied", timedelta(days=2))


async def open_task(database: Database, clock: Any, lead_id: UUID, reason: str, due: timedelta) -> UUID:
    id = uuid4()
    async with database.transaction() as session:
        await tasks.open_task(
            session,
            id=id,
            lead_id=lead_id,
            enrollment=1,
            campaign="welcome",
            reason=reason,
            why="The lead replied to a letter.",
            say="Call back today.",
            at=clock.now(),
            deadline_at=clock.now() + due,
        )
    return id


async def seal_of(visitor: httpx.AsyncClient, task_id: UUID, rep: dict[str, str] = MIKA) -> str:
    page = await visitor.get(f"/inbox/{task_id}", headers=rep)
    return str(re.findall(r'name="seal" value="([^"]+)"', page.text)[0])


async def post(visitor: httpx.AsyncClient, task_id: UUID, fields: dict[str, str], rep: dict[str, str] = MIKA) -> httpx.Response:
    seal = await seal_of(visitor, task_id, rep)
    return await visitor.post(f"/inbox/{task_id}/outcome", data={"seal": seal} | fields, headers=rep)


async def kept_task(database: Database, id: UUID) -> tasks.TaskRow:
    async with database.transaction() as session:
        row = await tasks.get(session, id)
    assert row is not None
    return row


async def test_nobody_comes_in_who_is_not_signed_in(visitor: httpx.AsyncClient, task_id: UUID) -> None:
    wrong = ["", "x", "%C3%B6", "x" * 5000]
    junk = [{"Cookie": f"__Host-session={value}"} for value in wrong] + [{"Cookie": MIKA["Cookie"].removeprefix("__Host-")}]
    nobodys: list[dict[str, str]] = [{}, {"Authorization": "Basic TWlrYTpvcGVuLXNlc2FtZQ=="}, *junk]
    for headers in nobodys:
        for path in ("/inbox", f"/inbox/{task_id}"):
            answer = await visitor.get(path, headers=headers)
            assert (answer.status_code, answer.headers["location"]) == (303, f"/login?to={quote(path, safe='')}")
            assert "Sato" not in answer.text
        assert (await visitor.post(f"/inbox/{task_id}/claim", headers=headers)).headers["location"] == "/login"


async def test_a_name_in_japanese_signs_in(visitor: httpx.AsyncClient, task_id: UUID) -> None:
    page = await visitor.get("/inbox", headers=cookie("佐藤") | {"Accept-Language": "ja"})

    assert "佐藤 さん" in page.text


async def test_open_tasks_are_listed_by_deadline_and_overdue_ones_are_marked(
    visitor: httpx.AsyncClient, database: Database, clock: Any, task_id: UUID
) -> None:
    async with database.transaction() as session:
        other, _ = await leads.register(session, leads.Person(email="bob@example.com", family_name="Jones", given_name="Bob"), clock.now())
    await open_task(database, clock, other, "renewal-call", timedelta(days=5))
    clock.at += timedelta(days=3)

    page = (await visitor.get("/inbox", headers=MIKA)).text

    assert page.index("Replied") < page.index("Renewal call")
    assert "2 open, 1 overdue" in page
    assert page.count('class="card late"') == 1
    assert "Wed 5 Mar 2025, 10:00" in page, "the deadline is in the lead's time"
    assert "Sato &amp; Sons" in page
    assert "The lead replied to a letter." in page
    assert "Call back today." in page


async def test_a_script_in_a_name_is_shown_as_text(visitor: httpx.AsyncClient, task_id: UUID) -> None:
    for path in ("/inbox", f"/inbox/{task_id}"):
        page = (await visitor.get(path, headers=MIKA)).text
        assert "<script>" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


async def test_the_task_page_tells_the_leads_story(visitor: httpx.AsyncClient, task_id: UUID) -> None:
    page = (await visitor.get(f"/inbox/{task_id}", headers=MIKA)).text

    assert "enrolled in welcome" in page
    assert page.index("asked sales: replied") < page.index("enrolled in welcome"), "the latest comes first"


async def test_why_you_tells_what_brought_the_lead_there(visitor: httpx.AsyncClient, database: Database, clock: Any, task_id: UUID) -> None:
    row = await kept_task(database, task_id)
    moves = [("welcome: hello → conversation", "rule 'wrote_back': replied"), ("other: a → b", "rule 'elsewhere': visited")]
    async with database.transaction() as session:
        told = [Note(no=no, at=clock.now(), what=what, why=why) for no, (what, why) in enumerate(moves, 1)]
        await notes.write(
            session, row.lead_id, [*told, Note(no=3, at=clock.now() + timedelta(hours=1), what=moves[0][0], why="afterwards")]
        )

    for path in ("/inbox", f"/inbox/{task_id}"):
        page = html.unescape((await visitor.get(path, headers=MIKA)).text)
        assert "welcome: hello → conversation: rule 'wrote_back': replied" in page.split("What happened so far")[0]
        assert not {"elsewhere", "afterwards"} & set(re.findall(r"\w+", page.split("What happened so far")[0]))


async def test_the_leads_address_opens_a_mail_program(visitor: httpx.AsyncClient, task_id: UUID) -> None:
    assert 'href="mailto:sato@example.co.jp"' in (await visitor.get(f"/inbox/{task_id}", headers=MIKA)).text


async def test_a_rep_sees_the_stages_that_are_theirs(visitor: httpx.AsyncClient, database: Database, clock: Any, task_id: UUID) -> None:
    row = await kept_task(database, task_id)
    standing = Standing(stage="interest", next_at=clock.now(), why="a task")
    async with database.transaction() as session:
        await standings.write(session, row.lead_id, Record(no=1, standing=standing))

    for path in ("/inbox", "/inbox/leads"):
        for query, shown in [
            ("", True),
            ("?stages=interest..consideration", True),
            ("?from=aware&to=interest", True),
            ("?stages=aware", False),
        ]:
            page = (await visitor.get(f"{path}{query}", headers=MIKA)).text
            assert ("Sato &amp; Sons" in page) is shown, f"{path}{query}"
    wrong = await visitor.get("/inbox?stages=intrest", headers=MIKA)
    assert (wrong.status_code, "no such range" in wrong.text, "Sato &amp; Sons" in wrong.text) == (200, True, True)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_stages_that_a_rep_looks_after_are_shown_first_and_others_when_asked_for(
    visitor: httpx.AsyncClient, database: Database, clock: Any, task_id: UUID, language: str
) -> None:
    row = await kept_task(database, task_id)
    async with database.transaction() as session:
        await standings.write(session, row.lead_id, Record(no=1, standing=Standing(stage="aware", next_at=clock.now(), why="a task")))
        await people.give_stages(session, "Mika", "interest..consideration")
    theirs, w = range_name("interest..consideration", language), words(language)

    for path in ("/inbox", "/inbox/leads"):
        for query, shown in [
            ("", False),
            ("?stages=all", True),
            ("?from=&to=", True),
            ("?stages=aware", True),
            ("?stages=purchase", False),
        ]:
            page = html.unescape((await visitor.get(f"{path}{query}", headers=MIKA | {"Accept-Language": language})).text)
            assert ("Sato & Sons" in page) is shown, f"{path}{query}"
            told = [w[word].format(range=theirs) in page for word in ("stages_yours", "stages_see_yours")]
            assert told == [not query, bool(query)], f"{path}{query}"
        assert "Sato &amp; Sons" in (await visitor.get(path, headers=JON)).text, "nobody else has these stages"
    assert 'href="/inbox?stages=all"' in (await visitor.get("/inbox/leads?from=&to=", headers=MIKA)).text, "all stays while they work"
    assert 'data-open="0"' in (await visitor.get("/inbox", headers=MIKA)).text
    async with database.transaction() as session:
        await tasks.claim(session, task_id, "Mika", clock.now())
    assert 'data-open="1"' in (await visitor.get("/inbox", headers=MIKA)).text, "what is theirs is always shown"


async def test_the_range_of_stages_stays_while_a_rep_works(visitor: httpx.AsyncClient, task_id: UUID) -> None:
    seal = await seal_of(visitor, task_id)

    page = await visitor.get(f"/inbox/{task_id}?stages=interest..", headers=MIKA)
    done = await visitor.post(f"/inbox/{task_id}/outcome?stages=interest..", data={"seal": seal, "outcome": "lost"}, headers=MIKA)

    assert 'href="/inbox?stages=interest.."' in page.text
    assert f'action="/inbox/{task_id}/outcome?stages=interest.."' in page.text
    assert done.headers["location"] == "/inbox?done=answered&stages=interest.."


async def test_leads_are_ranked_with_their_points(visitor: httpx.AsyncClient, database: Database, clock: Any) -> None:
    for name, recent in (("cold", 1), ("hot", 12)):
        async with database.transaction() as session:
            lead, _ = await leads.register(session, leads.Person(email=f"{name}@example.com"), clock.now())
            standing = Standing(stage="interest", next_at=clock.now() + timedelta(days=3), why="'hello' goes")
            await standings.write(session, lead, Record(no=1, standing=standing))
            for n in range(14):
                at = clock.now() - timedelta(days=1 if n < recent else 90)
                await engagements.record(session, lead, Downloaded(at=at, content=f"guide_{n}"))

    page = (await visitor.get("/inbox/leads", headers=MIKA)).text

    assert page.index("hot@example.com") < page.index("cold@example.com")
    assert "2 of 2" in page
    assert re.search(r'max="12" value="12"></meter> 12</td><td class="number">14</td>', page)
    assert (await visitor.get("/inbox/leads")).headers["location"].startswith("/login")


async def test_the_second_of_two_reps_is_told_who_has_the_task(visitor: httpx.AsyncClient, database: Database, task_id: UUID) -> None:
    async def claim(rep: dict[str, str]) -> httpx.Response:
        seal = await seal_of(visitor, task_id, rep)
        return await visitor.post(f"/inbox/{task_id}/claim", data={"seal": seal}, headers=rep)

    first, second = await claim(MIKA), await claim(JON)

    assert (first.status_code, first.headers["location"]) == (303, f"/inbox/{task_id}?done=claimed")
    assert second.status_code == 409
    assert "Mika took this task before you" in second.text
    assert (await claim(MIKA)).status_code == 303
    assert (await kept_task(database, task_id)).claimed_by == "Mika"


async def test_of_two_reps_who_claim_at_once_one_has_it(visitor: httpx.AsyncClient, task_id: UUID) -> None:
    seals = {rep: await seal_of(visitor, task_id, cookie(rep)) for rep in ("Mika", "Jon", "Ann")}
    answers = await asyncio.gather(
        *(visitor.post(f"/inbox/{task_id}/claim", data={"seal": seal}, headers=cookie(rep)) for rep, seal in seals.items())
    )

    assert sorted(answer.status_code for answer in answers) == [303, 409, 409]


async def test_of_two_answers_at_once_the_first_counts_and_the_second_rep_is_told(
    visitor: httpx.AsyncClient, database: Database, kept: Any, task_id: UUID
) -> None:
    outcomes = {"Mika": "lost", "Jon": "nurture"}
    said = {
        rep: {"outcome": outcome, "notes": f"by {rep}", "seal": await seal_of(visitor, task_id, cookie(rep))}
        for rep, outcome in outcomes.items()
    }
    at_once = (visitor.post(f"/inbox/{task_id}/outcome", data=said[rep], headers=cookie(rep)) for rep in outcomes)
    answers = dict(zip(outcomes, await asyncio.gather(*at_once), strict=True))

    row = await kept_task(database, task_id)
    loser = next(rep for rep in outcomes if rep != row.completed_by)
    assert (answers[row.completed_by].status_code, answers[loser].status_code) == (303, 409)
    assert f"by {row.completed_by}, on Mon 3 Mar 2025, 10:00 (Asia/Tokyo). Your answer was not recorded." in answers[loser].text
    assert f"by {loser}" in answers[loser].text, "what the second rep typed is still there to copy"
    assert f'action="/inbox/{task_id}/' not in answers[loser].text, "there is nothing left to answer"
    assert row.outcome == outcomes[row.completed_by]
    assert await kept.kinds() == ["enrolled", "task_completed"]


@pytest.mark.parametrize(
    ("fields", "facts"),
    [
        ({"outcome": "won", "ends_on": "2026-03-31", "auto_renews": "yes"}, {"contract": {"ends_on": "2026-03-31", "auto_renews": True}}),
        ({"outcome": "won", "ends_on": "2025-03-03"}, {"contract": {"ends_on": "2025-03-03"}}),
        ({"outcome": "won", "open_ended": "yes", "auto_renews": "yes"}, {"contract": {"ends_on": None}}),
        ({"outcome": "not_now", "until": "2025-09-01"}, {"until": "2025-09-01"}),
        ({"outcome": "nurture", "until": "junk", "email": "junk"}, {}),
        ({"outcome": "lost"}, {}),
        ({"outcome": "bad_fit"}, {}),
    ],
    ids=["won", "won-until-today", "won-open-ended", "not_now", "nurture", "lost", "bad_fit"],
)
async def test_an_answer_steers_the_lead(
    visitor: httpx.AsyncClient, kept: Any, task_id: UUID, fields: dict[str, str], facts: dict[str, Any]
) -> None:
    answer = await post(visitor, task_id, fields)

    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox?done=answered")
    assert "Your answer is recorded" in (await visitor.get("/inbox?done=answered", headers=MIKA)).text
    completed = (await kept.engagements())[-1]
    assert (completed.kind, completed.facts["outcome"]) == ("task_completed", fields["outcome"])
    contract = completed.facts.get("contract")
    expected = {k: v for k, v in facts.items() if k != "contract"}
    assert {k: v for k, v in completed.facts.items() if k in ("until", "other_lead")} == expected
    assert (contract is None) is ("contract" not in facts)
    if contract is not None:
        assert contract.get("ends_on") == facts["contract"]["ends_on"]
        assert contract.get("auto_renews", False) is facts["contract"].get("auto_renews", False)


async def test_another_contact_becomes_a_lead_of_the_same_company(visitor: httpx.AsyncClient, kept: Any, task_id: UUID) -> None:
    contact = {"outcome": "other_contact", "email": "tanaka@example.co.jp", "family_name": "田中", "title": "部長", "notes": "a\r\nb"}
    assert (await post(visitor, task_id, contact)).status_code == 303

    sato, tanaka = await kept.leads()
    assert (tanaka.email, tanaka.family_name, tanaka.zone, tanaka.language) == ("tanaka@example.co.jp", "田中", "Asia/Tokyo", "ja")
    assert tanaka.account_id == sato.account_id
    assert (await kept.engagements())[-1].facts["other_lead"] == str(tanaka.id)


@pytest.mark.parametrize(
    ("fields", "field", "text"),
    [
        ({}, "outcome", "Please choose what came of it."),
        ({"outcome": "maybe"}, "outcome", "Please choose what came of it."),
        ({"outcome": "won"}, "ends_on", "When does the contract end?"),
        ({"outcome": "won", "ends_on": "2026-03-31", "open_ended": "yes"}, "ends_on", "When does the contract end?"),
        ({"outcome": "won", "ends_on": "31.3."}, "ends_on", "Please give a date"),
        ({"outcome": "won", "ends_on": "2025-03-02"}, "ends_on", "over already"),
        ({"outcome": "not_now"}, "until", "Please give a date"),
        ({"outcome": "not_now", "until": "2025-03-03"}, "until", "This day has passed"),
        ({"outcome": "not_now", "until": "2099-01-01"}, "until", "at most five years"),
        ({"outcome": "other_contact"}, "email", "Please fill this in."),
        ({"outcome": "other_contact", "email": "tanaka"}, "email", "not an email address"),
        ({"outcome": "other_contact", "email": "SATO@example.co.jp"}, "email", "own address"),
        ({"outcome": "lost", "notes": "x" * 4001}, "notes", "too long"),
        ({"outcome": "lost", "notes": "a\x1bb"}, "notes", "cannot be printed"),
    ],
)
async def test_a_wrong_answer_is_shown_beside_its_field_with_what_was_typed(
    visitor: httpx.AsyncClient, database: Database, task_id: UUID, fields: dict[str, str], field: str, text: str
) -> None:
    answer = await post(visitor, task_id, {"notes": "Spoke with <b>Ken</b>"} | fields)

    assert answer.status_code == 422
    beside = re.findall(rf'<p class="wrong" id="{field}-wrong">([^<]*)</p>', answer.text)
    assert len(beside) == 1
    assert text in html.unescape(beside[0])
    assert f'aria-describedby="{field}-wrong"' in answer.text
    if "notes" not in fields:
        assert "Spoke with &lt;b&gt;Ken&lt;/b&gt;" in answer.text
    if fields.get("outcome", "maybe") != "maybe":
        assert f'value="{fields["outcome"]}" required checked' in answer.text
    assert (await kept_task(database, task_id)).is_open


async def test_a_form_of_another_site_is_refused(visitor: httpx.AsyncClient, database: Database, clock: Any, task_id: UUID) -> None:
    of_jon = await seal_of(visitor, task_id, JON)
    until, _, signature = (await seal_of(visitor, task_id)).partition(".")
    for seal in ("", "x", of_jon, f"{int(until) + 1}.{signature}", f"{until}.ä", f"²{until}.{signature}"):
        for path in ("claim", "outcome"):
            answer = await visitor.post(f"/inbox/{task_id}/{path}", data={"seal": seal, "outcome": "lost"}, headers=MIKA)
            assert answer.status_code == 403
            assert "You are signed in as Mika" in answer.text
            assert "open for a long time" not in answer.text
    assert (await kept_task(database, task_id)).is_open
    assert (await kept_task(database, task_id)).claimed_by == ""


async def test_a_page_that_was_open_all_day_keeps_what_was_typed(visitor: httpx.AsyncClient, clock: Any, task_id: UUID) -> None:
    seal = await seal_of(visitor, task_id)
    clock.at += timedelta(hours=13)

    late = await visitor.post(f"/inbox/{task_id}/outcome", data={"seal": seal, "outcome": "lost", "notes": "long talk"}, headers=MIKA)

    assert late.status_code == 403
    assert "open for a long time" in late.text
    assert "long talk" in late.text
    fresh = re.findall(r'name="seal" value="([^"]+)"', late.text)[0]
    again = await visitor.post(f"/inbox/{task_id}/outcome", data={"seal": fresh, "outcome": "lost"}, headers=MIKA)
    assert again.status_code == 303


async def test_a_task_that_is_not_there_is_not_found(visitor: httpx.AsyncClient) -> None:
    for id in (uuid4(), "junk", "%00"):
        assert (await visitor.get(f"/inbox/{id}", headers=MIKA)).status_code == 404


async def test_an_answered_task_can_be_read_and_not_answered_again(visitor: httpx.AsyncClient, task_id: UUID) -> None:
    await post(visitor, task_id, {"outcome": "lost"})

    page = await visitor.get(f"/inbox/{task_id}", headers=JON)

    assert "already answered: Lost, by Mika" in page.text
    assert f'action="/inbox/{task_id}/' not in page.text
    assert "Nobody has taken this yet" not in page.text
    head = page.text.split("<dt>Deadline</dt>")[1].split("</dd>")[0]
    assert head.startswith('<dd><span class="soft">'), "how far away its deadline is means nothing any more"


async def test_a_task_that_was_replaced_is_said_to_be_withdrawn(
    visitor: httpx.AsyncClient, database: Database, clock: Any, task_id: UUID
) -> None:
    seal = await seal_of(visitor, task_id)
    row = await kept_task(database, task_id)
    await open_task(database, clock, row.lead_id, "demo", timedelta(days=1))

    answer = await visitor.post(f"/inbox/{task_id}/outcome", data={"seal": seal, "outcome": "lost"}, headers=MIKA)

    assert answer.status_code == 409
    assert "no longer needed" in answer.text


async def test_a_contact_that_the_store_refuses_is_shown_beside_its_field(visitor: httpx.AsyncClient, task_id: UUID, kept: Any) -> None:
    answer = await post(visitor, task_id, {"outcome": "other_contact", "email": "tanaka@example.co.jp", "phone": "0" * 41})

    assert answer.status_code == 422
    assert 'id="phone-wrong"' in answer.text
    assert len(await kept.leads()) == 1


async def test_an_empty_inbox_says_so(visitor: httpx.AsyncClient) -> None:
    assert "Nothing for you now." in (await visitor.get("/inbox", headers=MIKA)).text


async def test_a_rep_answers_in_time_that_stands_still(
    settings: Settings, database: Database, clock: Any, kept: Any, task_id: UUID
) -> None:
    transport = httpx.ASGITransport(create_app(settings, database, clock.now))
    async with httpx.AsyncClient(transport=transport, base_url="https://letters.example.com") as client:
        await post(client, task_id, {"outcome": "lost"})

    assert (await kept.engagements())[-1].at == clock.now()
    async with database.transaction() as session:
        assert len(await relaying.waiting(session, 10)) == 1
