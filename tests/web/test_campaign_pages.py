"""Campaigns on their pages: the plan with its leads, how leads moved, letters with honest shares, versions, and what is started there."""

import html
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import httpx
import pytest
from sqlalchemy import func, select, update

from local.catcher import Catcher, catcher
from local.processes import free_port
from nurture.leadside import OptedOut
from nurture.plan.campaign import Campaign
from nurture.reading.language import read_campaign
from nurture.standing import Note, Position, Record, Standing
from settings import Settings
from store import tables
from store.campaigns import campaigns
from store.campaigns.files import read_campaign_file
from store.consent import consents
from store.consent.consents import Basis
from store.database import Database
from store.journeys import enrollments, standings
from store.leads import engagements, leads
from store.mail import stops, touches
from store.team.people import Role
from tests.conftest import OWN
from tests.web.conftest import Clock, address_of, signed_in
from web.app import create_app
from web.sites import INTEGRITY

pytestmark = pytest.mark.anyio

CAMPAIGNS = Path(__file__).parents[2] / "campaigns"
WELCOME = (CAMPAIGNS / "welcome.yaml").read_text(encoding="utf-8")
JAPANESE = {"Accept-Language": "ja"}

Enrolled = Callable[..., Awaitable[UUID]]


@pytest.fixture
async def post() -> AsyncIterator[Catcher]:
    async with catcher() as post:
        yield post


@cache
def sample(name: str) -> tuple[Campaign, str]:
    return read_campaign_file(CAMPAIGNS / f"{name}.yaml")


@pytest.fixture
async def app(database: Database, clock: Clock, post: Catcher) -> Any:
    """The web app, with the sample campaigns welcome and customer started."""
    async with database.transaction() as session:
        for name in ("customer", "welcome"):
            await campaigns.keep(session, *sample(name), clock.now() - timedelta(days=100))
    return app_of(database, clock, post.url)


def app_of(database: Database, clock: Clock, mail_url: str) -> Any:
    own = {"database_url": database.url, "mail_url": mail_url, "smtp_starttls": False, "form_posts_per_minute": 1000}
    return create_app(Settings.model_validate(OWN | own), database, clock.now)


def browser(app: Any, headers: dict[str, str]) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://letters.example.com", headers=headers)


@pytest.fixture
async def marketer(app: Any, database: Database, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app, await signed_in(database, clock, "Mika", roles=[Role.MARKETING])) as client:
        yield client


@pytest.fixture
async def rep(app: Any, database: Database, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app, await signed_in(database, clock, "Jon", roles=[Role.REP])) as client:
        yield client


@pytest.fixture
def enrolled(database: Database, clock: Clock) -> Enrolled:
    """Takes a lead into welcome some days ago; its workflow said that it is there, and how it came there."""

    async def enroll(
        name: str, track: str = "educate", step: str = "hello", *, days: int = 40, stage: str = "interest", **person: Any
    ) -> UUID:
        at = clock.now() - timedelta(days=days)
        async with database.transaction() as session:
            campaign = await campaigns.current(session, "welcome")
            assert campaign is not None
            lead_id, _ = await leads.register(session, leads.Person(email=f"{name}@example.com", **person), at)
            await enrollments.enroll(session, lead_id, campaign, at)
            notes = (
                Note(no=1, at=at, what="stage aware", why="visited while in stage unknown"),
                Note(no=2, at=clock.now() - timedelta(days=3), what=f"stage {stage}", why="downloaded while in stage aware"),
                Note(
                    no=3,
                    at=clock.now() - timedelta(days=2),
                    what=f"welcome: educate → {track}",
                    why="rule",
                    by=f"rule {track}",
                    ref=campaign.ref,
                ),
            )
            position = Position(enrollment=1, track=track, step=step)
            standing = Standing(stage=stage, next_at=clock.now() + timedelta(days=1), why="it waits", positions=(position,))
            await standings.write(session, lead_id, Record(no=1, standing=standing, notes=notes[: 3 if track != "educate" else 2]))
        return lead_id

    return enroll


def seal_in(page: httpx.Response) -> str:
    found = re.search(r'name="seal" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def words_of(page: httpx.Response) -> str:
    """What a page says, in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page.text)).split())


def hidden_in(page: httpx.Response) -> dict[str, str]:
    """The hidden fields of the form that confirms."""
    form = page.text.partition('<form method="post" action="/campaigns/start"')[2].partition("</form>")[0]
    return {
        name: html.unescape(value) for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form, re.DOTALL)
    }


async def count(database: Database, table: type[tables.Table]) -> int:
    async with database.transaction() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def audited(database: Database) -> list[tuple[str, str, str]]:
    async with database.transaction() as session:
        return [(line.who, line.what, line.subject) for line in await session.scalars(select(tables.Audit).order_by(tables.Audit.id))]


async def test_the_plan_shows_where_leads_are_and_which_ways_they_took(marketer: httpx.AsyncClient, enrolled: Enrolled) -> None:
    await enrolled("ada")
    await enrolled("bea", "warm", "warm")
    await enrolled("cleo", "warm", "wait-2")

    page = await marketer.get("/campaigns/welcome")

    assert page.status_code == 200
    told = words_of(page)
    assert "Under way 3" in told
    box = re.search(r'<text class="box-name"[^>]*>warm</text>\s*<text class="leads"[^>]*>([^<]*)</text>', page.text)
    assert box
    assert box[1] == "2 leads"
    assert 'warm: recent_score >= 8 comes true, if fit != "poor" from educate, long_hold 0 2' in told


async def test_the_lines_that_a_site_pastes_stand_on_the_page_of_the_current_version(marketer: httpx.AsyncClient) -> None:
    page = html.unescape((await marketer.get("/campaigns/welcome")).text)

    forms = sample("welcome")[0].forms
    assert forms
    assert all(f'action="https://letters.example.com/forms/{name}"' in page for name in forms)
    assert f'src="https://letters.example.com/static/sodate-site.js" integrity="{INTEGRITY}"' in page


async def test_whoever_reads_japanese_gets_the_plan_in_japanese(marketer: httpx.AsyncClient, enrolled: Enrolled) -> None:
    await enrolled("ada")

    page = await marketer.get("/campaigns/welcome", headers=JAPANESE)

    assert '<html lang="ja">' in page.text
    assert "4日待つ" in page.text
    assert "興味・情報収集" in page.text
    assert "1人" in page.text


async def test_leads_under_way_in_an_older_version_are_counted_there(
    marketer: httpx.AsyncClient, enrolled: Enrolled, database: Database, clock: Clock
) -> None:
    await enrolled("ada", "long_hold", "wait-1")
    await start_changed(database, clock)

    page = await marketer.get("/campaigns/welcome")

    older = re.search(r'href="(/campaigns/welcome\?edition=[0-9a-f]+)">version [0-9a-f]{8} \(1\)', page.text)
    assert older
    assert 'class="leads"' not in page.text
    assert ">1 lead<" in (await marketer.get(older[1])).text


async def test_a_campaign_that_was_never_started_has_no_page(marketer: httpx.AsyncClient) -> None:
    for path in ("", "/flow", "/letters", "/versions", "/start", "/letters/hello", "/letters/hello/shown"):
        assert (await marketer.get(f"/campaigns/nothing{path}")).status_code == 404
    for letter in ("nothing", "*", "%2e%2e"):
        assert (await marketer.get(f"/campaigns/welcome/letters/{letter}?language=en")).status_code == 404


async def test_the_flow_says_in_which_stage_leads_were_and_are(marketer: httpx.AsyncClient, enrolled: Enrolled) -> None:
    await enrolled("ada", stage="interest")
    await enrolled("bea", stage="consideration")
    await enrolled("cleo", days=1, stage="interest")

    told = words_of(await marketer.get("/campaigns/welcome/flow?days=30"))

    assert "Not in it yet Interest came in 1" in told
    assert "Aware Interest went on 1" in told
    assert "Aware Consideration went on 1" in told
    shorter = words_of(await marketer.get("/campaigns/welcome/flow?days=7"))
    assert "7 days ago" in shorter


async def sent(database: Database, clock: Clock, lead_id: UUID, letter: str, **facts: Any) -> UUID:
    """A letter that went ten days ago."""
    at = clock.now() - timedelta(days=10)
    async with database.transaction() as session:
        campaign = await campaigns.current(session, "welcome")
        assert campaign is not None
        key = uuid5(lead_id, letter)
        await touches.claim(
            session, key=key, lead_id=lead_id, enrollment=1, campaign=campaign.ref, letter=letter, topic="insights", why="step", at=at
        )
        await touches.sent(session, key, "", at)
        if facts:
            await session.execute(update(tables.Touch).where(tables.Touch.key == key).values(**dict.fromkeys(facts, at)))
    return key


async def test_letters_are_told_with_what_became_of_them_and_how_sure_that_is(
    marketer: httpx.AsyncClient, enrolled: Enrolled, database: Database, clock: Clock
) -> None:
    ids = [await enrolled(name) for name in ("ada", "bea", "cleo", "dora")]
    keys = [await sent(database, clock, ids[0], "hello", opened_at=True, replied_at=True), await sent(database, clock, ids[1], "hello")]
    keys += [await sent(database, clock, id, "hello") for id in ids[2:]]
    at = clock.now() - timedelta(days=9)
    async with database.transaction() as session:
        for key, machine, target in ((keys[0], "", "/a"), (keys[0], "", "/b"), (keys[1], "burst", "/a"), (keys[2], "", "")):
            session.add(tables.LetterClick(touch_key=key, target=target, at=at, machine=machine, settled_at=at))
        await consents.suppress(session, "dora@example.com", "*", "unsubscribed", at)
    await opted_out(database, clock, ids[3])

    told = words_of(await marketer.get("/campaigns/welcome/letters"))

    # 1 of 4: Wilson's interval is wide, and says so.
    assert "hello en, ja fewer than 30: tells nearly nothing yet 4 0 not reported 1 25.0% 4.6%–69.9%" in told
    row = told.partition("tells nearly nothing yet 4 ")[2].partition("Not sent in this time")[0]
    assert row.split("1 25.0% 4.6%–69.9%") == ["0 not reported ", " ", " ", " ", " 0 0.0% 0.0%–49.0% "]
    assert "steers nothing" in told
    assert "planning_basics" in told.partition("Not sent in this time")[2]


async def opted_out(database: Database, clock: Clock, lead_id: UUID) -> None:
    async with database.transaction() as session:
        await engagements.record(session, lead_id, OptedOut(at=clock.now() - timedelta(days=8)))


async def test_held_letters_wait_until_somebody_lets_them_go_and_both_are_audited(marketer: httpx.AsyncClient, database: Database) -> None:
    page = await marketer.get("/campaigns/welcome")
    held = await marketer.post("/campaigns/welcome/hold", data={"seal": seal_in(page), "because": "The price list is wrong"})
    again = await marketer.post("/campaigns/welcome/hold", data={"seal": seal_in(page)})

    assert (held.headers["location"], again.headers["location"]) == ("/campaigns/welcome?done=held", "/campaigns/welcome?done=nothing")
    async with database.transaction() as session:
        assert [(stop.campaign, stop.because) for stop in await stops.all_standing(session)] == [("welcome", "The price list is wrong")]
    page = await marketer.get("/campaigns/welcome")
    assert "Why: The price list is wrong" in words_of(page)
    assert "letters on hold" in words_of(await marketer.get("/campaigns"))

    resumed = await marketer.post("/campaigns/welcome/resume", data={"seal": seal_in(page)})

    assert resumed.headers["location"] == "/campaigns/welcome?done=resumed&n=0"
    async with database.transaction() as session:
        assert await stops.all_standing(session) == []
    assert await audited(database) == [("Mika", "campaign_held", "welcome"), ("Mika", "campaign_resumed", "welcome")]


async def test_a_rep_looks_and_starts_nothing(rep: httpx.AsyncClient, database: Database) -> None:
    page = await rep.get("/campaigns/welcome")

    assert page.status_code == 200
    assert 'name="seal"' not in page.text
    assert "/campaigns/welcome/start" not in page.text
    assert (await rep.get("/campaigns/welcome/letters/hello")).status_code == 200
    assert (await rep.get("/campaigns/welcome/start")).status_code == 403
    for path in ("welcome/hold", "welcome/resume", "start", "welcome/letters/hello/test"):
        assert (await rep.post(f"/campaigns/{path}", data={})).status_code == 403
    assert await audited(database) == []


async def test_a_form_that_did_not_come_from_here_changes_nothing(marketer: httpx.AsyncClient, database: Database) -> None:
    for path in ("welcome/hold", "welcome/resume", "start", "welcome/letters/hello/test", "welcome/letters/hello/lead"):
        assert (await marketer.post(f"/campaigns/{path}", data={"seal": "1.2", "campaign": "welcome"})).status_code == 403
    assert await audited(database) == []


async def test_what_a_start_would_do_is_shown_first_and_done_once_it_is_confirmed(
    marketer: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    async with database.transaction() as session:
        for name in ("ada", "bea"):
            person = leads.Person(email=f"{name}@example.com", segment="plants")
            await leads.register(session, person, clock.now())
        await consents.give(session, "ada@example.com", "insights", Basis.OPT_IN, {}, clock.now())
    page = await marketer.get("/campaigns/welcome/start")

    looked = await marketer.post(
        "/campaigns/start", data={"seal": seal_in(page), "campaign": "welcome", "whom": "segment", "segment": "plants", "under_way": "keep"}
    )

    told = words_of(looked)
    assert looked.status_code == 200
    assert "2 of 2 chosen leads are enrolled" in told
    assert "1 have no consent for “insights”" in told
    assert await count(database, tables.Enrollment) == 0
    assert await audited(database) == []

    done = await marketer.post("/campaigns/start", data=hidden_in(looked))

    assert done.headers["location"] == "/campaigns/welcome?done=started&n=2&changed=0"
    assert await count(database, tables.Enrollment) == 2
    async with database.transaction() as session:
        waiting = await session.scalars(select(tables.Engagement.source).where(tables.Engagement.relayed_at.is_(None)))
        assert list(waiting) == ["desk", "desk"]
    assert await audited(database) == [("Mika", "campaign_started", "welcome")]
    assert "Started by Mika, Mon 3 Mar 2025, 01:00 UTC: 2 leads enrolled" in words_of(await marketer.get("/campaigns/welcome/versions"))

    twice = await marketer.post("/campaigns/start", data=hidden_in(looked))
    assert twice.headers["location"] == "/campaigns/welcome?done=started&n=0&changed=0"
    assert await count(database, tables.Enrollment) == 2


async def test_a_start_for_leads_who_mostly_gave_no_consent_warns_of_the_tasks_that_it_makes(
    marketer: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    async with database.transaction() as session:
        for name in ("ada", "bea", "cas"):
            await leads.register(session, leads.Person(email=f"{name}@example.com", segment="plants"), clock.now())
        await consents.give(session, "ada@example.com", "insights", Basis.OPT_IN, {}, clock.now())
    page = await marketer.get("/campaigns/welcome/start")

    looked = await marketer.post(
        "/campaigns/start", data={"seal": seal_in(page), "campaign": "welcome", "whom": "segment", "segment": "plants", "under_way": "keep"}
    )

    assert '<p class="note bad" role="alert">2 of 3 chosen leads have no consent for “insights”' in html.unescape(looked.text)
    assert "up to 2 tasks" in words_of(looked)


async def test_leads_are_chosen_by_address_and_unknown_ones_are_counted(marketer: httpx.AsyncClient, enrolled: Enrolled) -> None:
    await enrolled("ada")
    page = await marketer.get("/campaigns/welcome/start")
    addresses = "ADA@example.com\nnobody@example.com\n"

    looked = await marketer.post(
        "/campaigns/start", data={"seal": seal_in(page), "campaign": "welcome", "whom": "addresses", "addresses": addresses}
    )

    told = words_of(looked)
    assert "0 of 1 chosen leads are enrolled" in told
    assert "1 addresses are not known" in told
    assert "This would change nothing" in told


async def test_a_wrong_file_is_refused_with_every_line_that_is_wrong(marketer: httpx.AsyncClient, database: Database) -> None:
    page = await marketer.get("/campaigns")
    wrong = WELCOME.replace("stage: interest\n    steps:\n      - email: hello", "stage: intrest\n    steps:\n      - email: helo")

    refused = await marketer.post(
        "/campaigns/start", data={"seal": seal_in(page), "whom": "nobody"}, files={"upload": ("welcome.yaml", wrong.encode())}
    )

    told = words_of(refused)
    assert refused.status_code == 422
    assert "'intrest' is not a stage; did you mean 'interest'?" in told or "did you mean 'interest'?" in told
    assert "stage: intrest" in told
    assert "welcome.yaml:" in told
    async with database.transaction() as session:
        assert len(await campaigns.editions(session, "welcome")) == 1


async def test_a_file_that_is_no_text_is_refused(marketer: httpx.AsyncClient) -> None:
    page = await marketer.get("/campaigns")

    refused = await marketer.post(
        "/campaigns/start", data={"seal": seal_in(page)}, files={"upload": ("odd.yaml", "キャンペーン".encode("shift_jis"))}
    )

    assert refused.status_code == 422
    assert "this is not UTF-8" in words_of(refused)
    nothing = await marketer.post("/campaigns/start", data={"seal": seal_in(page)}, files={"upload": ("", b"")})
    assert nothing.status_code == 422
    assert "Choose the file of a campaign" in words_of(nothing)


async def test_a_changed_file_is_shown_with_its_differences_and_takes_leads_over_once_confirmed(
    marketer: httpx.AsyncClient, enrolled: Enrolled, database: Database
) -> None:
    await enrolled("ada", "educate", "hello")
    changed = WELCOME.replace("- wait: 4 days", "- wait: 9 days")
    page = await marketer.get("/campaigns/welcome/start")

    looked = await marketer.post(
        "/campaigns/start",
        data={"seal": seal_in(page), "campaign": "welcome", "whom": "nobody", "under_way": "migrate"},
        files={"upload": ("welcome.yaml", changed.encode())},
        headers=JAPANESE,
    )

    told = words_of(looked)
    assert "wait を「4日」から「9日」に変更 1 0 0" in told
    assert "進行中の1人は、いまの位置からこの版で続けます。" in told

    done = await marketer.post("/campaigns/start", data=hidden_in(looked))

    assert done.headers["location"] == "/campaigns/welcome?done=started&n=0&changed=1"
    async with database.transaction() as session:
        current, source = await campaigns.with_source(session, "welcome") or (None, "")
        [enrollment] = await session.scalars(select(tables.Enrollment))
        assert current is not None
        assert enrollment.ref == current.ref
        assert source == changed
    versions = words_of(await marketer.get("/campaigns/welcome/versions"))
    assert "track 'educate', step 'wait-2' : wait was 4 days, is 9 days" in versions
    assert "The first version." in versions


async def start_changed(database: Database, clock: Clock) -> None:
    changed = WELCOME.replace("- wait: 4 days", "- wait: 9 days")
    async with database.transaction() as session:
        await campaigns.keep(session, read_campaign(changed, "welcome.yaml"), changed, clock.now())


async def test_a_campaign_whose_form_another_has_is_not_started(marketer: httpx.AsyncClient, database: Database) -> None:
    page = await marketer.get("/campaigns")
    other = WELCOME.replace("campaign: welcome\n", "campaign: exhibition\n")

    refused = await marketer.post("/campaigns/start", data={"seal": seal_in(page)}, files={"upload": ("exhibition.yaml", other.encode())})

    assert refused.status_code == 422
    async with database.transaction() as session:
        assert await campaigns.editions(session, "exhibition") == []


async def test_a_letter_is_looked_at_with_the_data_of_the_latest_lead_or_another_and_nothing_is_kept(
    marketer: httpx.AsyncClient, enrolled: Enrolled, database: Database
) -> None:
    ken = await enrolled("ken", language="ja", family_name="佐藤", given_name="健", company="さくら工業", days=50)
    await enrolled("ada", language="en", given_name="Ada")

    latest = await marketer.get("/campaigns/welcome/letters/hello")
    shown = html.unescape(re.findall(r'<iframe [^>]*src="([^"]+)"', latest.text)[0])

    assert "Dear Ada" in (await marketer.get(shown)).text
    assert "frame-src 'self'" in latest.headers["content-security-policy"]
    assert "Nothing is wrong with this letter" in latest.text

    chosen = await marketer.post(
        "/campaigns/welcome/letters/hello/lead", data={"seal": seal_in(latest), "who": "KEN@example.com", "language": "ja"}
    )
    assert chosen.headers["location"] == f"/campaigns/welcome/letters/hello?language=ja&lead={ken}"
    page = await marketer.get(chosen.headers["location"])
    assert "さくら工業 佐藤 様" in page.text.partition("<pre")[2]
    assert "selected>佐藤 健 · さくら工業" in page.text

    letter = await marketer.get(f"/campaigns/welcome/letters/hello/shown?language=ja&lead={ken}")
    assert "さくら工業 佐藤 様" in letter.text
    assert "unsubscribe" not in letter.headers
    policy = letter.headers["content-security-policy"]
    assert policy.startswith("sandbox;")
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert letter.headers["cache-control"] == "no-store"
    assert await count(database, tables.Touch) == 0
    assert await audited(database) == []


async def test_every_letter_of_the_plan_can_be_looked_at_in_every_language(marketer: httpx.AsyncClient, database: Database) -> None:
    async with database.transaction() as session:
        campaign = await campaigns.current(session, "welcome")
    assert campaign is not None
    for letter in campaign.letters:
        for language in ("en", "ja"):
            page = await marketer.get(f"/campaigns/welcome/letters/{letter}?language={language}")
            assert page.status_code == 200
            assert "There are no leads yet" in page.text
            assert page.text.count("<iframe") == 2


async def test_a_test_goes_to_whoever_asks_for_it_alone_and_no_story_knows_of_it(
    marketer: httpx.AsyncClient, enrolled: Enrolled, database: Database, post: Catcher
) -> None:
    ada = await enrolled("ada", given_name="Ada", language="en")
    page = await marketer.get(f"/campaigns/welcome/letters/hello?lead={ada}")
    form = {"seal": seal_in(page), "language": "en", "lead": str(ada)}

    done = await marketer.post("/campaigns/welcome/letters/hello/test", data=form)

    assert done.headers["location"].endswith(f"done=sent&lead={ada}")
    [letter] = post.letters()
    assert letter.to == (address_of("Mika"),)
    assert letter.message["subject"].startswith("[test] ")
    assert "Dear Ada" in letter.text
    assert await count(database, tables.Touch) == 0
    assert await audited(database) == [("Mika", "test_sent", "welcome")]

    link = re.search(r"https://letters\.example\.com(/u/[\w-]+)", letter.text)
    assert link
    assert (await marketer.post(link[1], data={"List-Unsubscribe": "One-Click"})).status_code == 200
    assert await count(database, tables.Suppression) == 0

    answers = [await marketer.post("/campaigns/welcome/letters/hello/test", data=form) for _ in range(6)]
    assert "done=waits" in answers[-1].headers["location"]
    assert len(post.letters()) == 6


async def test_a_test_that_no_mail_server_takes_is_told(app: Any, database: Database, clock: Clock) -> None:
    away = app_of(database, clock, f"smtp://127.0.0.1:{free_port()}")
    async with browser(away, await signed_in(database, clock, "Mika", roles=[Role.MARKETING])) as marketer:
        page = await marketer.get("/campaigns/welcome/letters/hello")

        done = await marketer.post("/campaigns/welcome/letters/hello/test", data={"seal": seal_in(page), "language": "en"})

        assert "done=failed" in done.headers["location"]
        assert "was not taken" in (await marketer.get(done.headers["location"])).text
    assert await audited(database) == []
