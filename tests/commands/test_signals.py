"""What people record by hand: stored first, once, in the lead's own order, and refused where it cannot be right."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import anyio
import pytest
from sqlalchemy import text

from nurture.kinds import Kind, Refusal
from nurture.plan.campaign import Campaign
from nurture.standing import Position, Record, Standing
from store.bulk import lock_leads
from store.campaigns import campaigns
from store.consent import consents
from store.consent.consents import Basis
from store.database import Database
from store.journeys import enrollments, standings
from store.leads import leads

pytestmark = pytest.mark.anyio

Starter = Callable[..., Awaitable[Any]]
Ask = Callable[..., Awaitable[list[Any]]]

WELCOME = Campaign.model_validate(
    {
        "campaign": "welcome",
        "topic": "insights",
        "start": "hello",
        "fields": {"budget": "yes_no", "size": "number", "decides_on": "date", "interest": ["low", "high"]},
        "forms": {"guide": {"engagement": "downloaded", "contents": ["guide", "price_list"]}},
        "tracks": {"hello": {"steps": [{"wait": "3 days"}]}},
        "rules": [{"name": "came", "when": {"engagement": "visited", "content": "stand"}, "go": "hello"}],
    }
)


@pytest.fixture
async def ada(database: Database, now: datetime) -> UUID:
    """A lead in Tokyo, who may get insights and is in a campaign about them."""
    async with database.transaction() as session:
        taken_in = now - timedelta(days=1)
        lead, _ = await leads.register(session, leads.Person(email="ada@example.com", zone="Asia/Tokyo"), taken_in)
        await consents.give(session, "ada@example.com", "insights", Basis.OPT_IN, {}, now)
        await campaigns.keep(session, WELCOME, "", now)
        await enrollments.enroll(session, lead, WELCOME, now)
    return lead


KINDS: list[tuple[list[str], dict[str, Any]]] = [
    (["downloaded", "guide"], {"content": "guide"}),
    (["demo_requested"], {}),
    (["visited", "stand"], {"content": "stand"}),
    (["replied"], {}),
    (["absent", "2027-03-08"], {"until": "2027-03-08"}),
    (["opted_out"], {}),
    (["opted_out", "insights"], {"topic": "insights"}),
    (["bounced"], {}),
    (["contract_changed", "--ends-on", "2028-03-31", "--auto-renews"], {"contract": {"ends_on": "2028-03-31", "auto_renews": True}}),
    (["contract_changed", "--open-ended"], {"contract": {"ends_on": None}}),
    (["held", "2027/04/01"], {"until": "2027-04-01"}),
    (["released"], {}),
    (["subscribed"], {}),
    (["followed", "profile", "--medium", "network"], {"content": "profile", "medium": "network"}),
    (["attended", "stand"], {"content": "stand"}),
    (["quote_requested", "pump"], {"content": "pump"}),
    (["trial_started"], {}),
    (["meeting_booked"], {}),
    (["budgeted"], {}),
    (["vendor_selected"], {}),
    (["praised", "review", "--medium", "shop"], {"content": "review", "medium": "shop"}),
    (["proposal_sent"], {}),
    (["deal_opened"], {}),
    (["call_unanswered"], {}),
    (["usage_fell"], {}),
    (["usage_recovered"], {}),
    (["milestone_reached", "first_report"], {"content": "first_report"}),
    (["rated", "0"], {"rating": 0}),
    (["permitted", "yes", "--every", "6 weeks"], {"allowed": True, "every_days": 42}),
    (["permitted", "no"], {"allowed": False}),
]


async def test_each_kind_becomes_the_next_engagement_of_the_lead(starter: Starter, ask: Ask, ada: UUID) -> None:
    for number, (what, facts) in enumerate(KINDS, start=2):
        done = await starter("lead", "signal", "Ada@example.com", *what, "--json")

        assert done.code == 0, done.err
        assert done.json == {"lead": str(ada), "kind": what[0], "seq": number, "recorded": True}
        (row,) = await ask("SELECT kind, source, at, facts FROM engagements WHERE seq = :seq", seq=number)
        at = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)
        assert row == (what[0], "starter", at, {"kind": what[0], "at": "2027-03-01T09:30:00Z", **facts})


async def test_a_refusal_recorded_by_hand_is_in_force_at_once(starter: Starter, database: Database, ada: UUID) -> None:
    async def refusal() -> Refusal | None:
        async with database.transaction() as session:
            return await consents.refusal(session, "ada@example.com", "insights")

    before = await refusal()
    await starter("lead", "signal", ada, "opted_out", "insights")
    about_one_topic = await refusal()
    await starter("lead", "signal", ada, "bounced")

    assert (before, about_one_topic, await refusal()) == (None, Refusal.SUPPRESSED, Refusal.SUPPRESSED)


async def test_a_changed_contract_stands_and_the_same_again_changes_nothing(starter: Starter, ask: Ask, ada: UUID) -> None:
    first = await starter("lead", "signal", ada, "contract_changed", "--ends-on", "2028-03-31")
    again = await starter("lead", "signal", ada, "contract_changed", "--ends-on", "2028-03-31", "--json")
    earlier = await starter("lead", "signal", ada, "contract_changed", "--ends-on", "2027-12-31", "--json")

    assert "recorded as number 2" in first.out
    assert again.json == {"lead": str(ada), "kind": "contract_changed", "seq": None, "recorded": False}
    assert (earlier.json["seq"], await ask("SELECT ends_on::text FROM contracts")) == (3, ["2027-12-31"])


async def test_the_same_moment_recorded_twice_counts_once(starter: Starter, ask: Ask, ada: UUID) -> None:
    twice = [await starter("lead", "signal", ada, "replied", "--at", "2027-03-01T10:00+09:00", "--json") for _ in range(2)]

    assert [done.json["recorded"] for done in twice] == [True, False]
    assert await ask("SELECT at FROM engagements WHERE kind = 'replied'") == [datetime(2027, 3, 1, 1, 0, tzinfo=UTC)]


async def test_every_kind_that_can_be_recorded_by_hand_is_tried_here() -> None:
    by_itself = {"enrolled", "profile_changed", "clicked", "task_completed", "colleague_acted", "edition_changed", "redirected", "erased"}
    by_itself |= {"steered", "letter_written", "handed_over", "consent_asked", "opted_in", "frequency_chosen"}
    with_more = {"issue_opened", "issue_closed", "facts_learned", "referred"}

    assert {what[0] for what, _ in KINDS} == set(Kind) - by_itself - with_more


async def test_what_the_lead_was_asked_stays_in_the_database(starter: Starter, ask: Ask, ada: UUID) -> None:
    await starter("lead", "signal", ada, "permitted", "yes", "--evidence", "May we write in spring? Yes.")

    assert await ask("SELECT facts ? 'evidence', details FROM engagements WHERE kind = 'permitted'") == [
        (False, {"evidence": "May we write in spring? Yes."})
    ]


async def test_an_issue_has_an_id_by_which_it_is_closed_once(starter: Starter, ask: Ask, ada: UUID) -> None:
    first = (await starter("lead", "signal", ada, "issue_opened", "--json")).json["issue"]
    said = await starter("lead", "signal", ada, "issue_opened", "--complaint")
    second = said.out.rpartition("issue: ")[2].strip()

    assert (await starter("lead", "signal", ada, "issue_closed", first.upper())).code == 0
    again = await starter("lead", "signal", ada, "issue_closed", first)

    facts = await ask("SELECT facts ->> 'issue', facts ->> 'complaint' FROM engagements WHERE kind LIKE 'issue_%' ORDER BY seq")
    assert facts == [(first, None), (second, "true"), (first, None)]
    assert (again.code, again.err) == (1, f"ISSUE: '{first}' is no open issue of this lead; open is {second} (since 2027-03-01)\n")


async def test_facts_are_read_as_the_campaigns_of_the_lead_plan_them(starter: Starter, ask: Ask, ada: UUID) -> None:
    done = await starter("lead", "signal", ada, "learned", "size=1,200", "budget=Yes", "decides_on=2027/06/01", "interest=high")
    wrong = await starter("lead", "signal", ada, "learned", "budgte=yes", "size=many", "interest=medium")
    unreadable = await starter("lead", "signal", ada, "learned", "budget=yes", "size", "budget=no")

    assert done.code == 0, done.err
    assert await ask("SELECT facts -> 'learned' FROM engagements WHERE kind = 'facts_learned'") == [
        [["budget", True], ["decides_on", "2027-06-01"], ["interest", "high"], ["size", 1200]]
    ]
    assert (wrong.code, wrong.err.splitlines()) == (
        1,
        [
            "budgte: no campaign of this lead has this field; did you mean 'budget'?",
            "size: it is a whole number",
            "interest: it is one of low, high",
        ],
    )
    assert (unreadable.code, unreadable.err.splitlines()) == (
        1,
        ["FIELD=VALUE: 'size' has no '='; write it like budget=yes", "budget: it is given twice; give it once"],
    )


WRONG: list[tuple[list[str], int, str]] = [
    (["attended", "Fair"], 1, "CONTENT: 'Fair' is not a name"),
    (["subscribed", "--medium", "a@example.com"], 1, "--medium: 'a@example.com' is not a name"),
    (["rated", "11"], 2, "Invalid value for 'N': Input should be less than or equal to 10"),
    (["permitted", "perhaps"], 2, "say yes or no"),
    (["permitted", "no", "--every", "9 days"], 2, "--every goes with yes"),
    (["permitted", "yes", "--every", "9 hours"], 1, "--every: '9 hours' is too short"),
    (["permitted", "yes", "--every", "often"], 1, "--every: 'often' is not a length of time"),
    (["issue_closed", "all"], 1, "ISSUE: 'all' is not the id of an issue"),
    (["downloaded", "giude"], 1, "CONTENT: no form offers 'giude'; did you mean 'guide'?"),
    (["visited", "ada@example.com"], 1, "CONTENT: 'ada@example.com' is not a name"),
    (["opted_out", "insihgts"], 1, "TOPIC: no campaign is about 'insihgts'; did you mean 'insights'?"),
    (["absent", "soon"], 1, "DAY: 'soon' is not a day; write it like 2027-03-01"),
    (["held", "2027-03-01"], 1, "DAY: 2027-03-01 is not ahead; give a day from 2027-03-02 on"),
    (["held", "2099-03-01"], 1, "within five years"),
    (["replied", "--at", "2027-03-01T09:00"], 1, "--at: '2027-03-01T09:00' does not say where the clock is; add the offset"),
    (["replied", "--at", "2027-03-01T09:31Z"], 1, "--at: 2027-03-01T09:31:00+00:00 lies in the future"),
    (["replied", "--at", "noon"], 1, "--at: 'noon' is not a moment"),
    (["replied", "--at", "2001-01-01T09:00Z"], 1, "--at: 2001-01-01T09:00Z lies before this lead was taken in, at 2027-02-28T09:30Z"),
    (["contract_changed", "--ends-on", "0001-01-01"], 1, "--ends-on: the contract must not have ended already"),
    (["contract_changed", "--ends-on", "2027-02-28"], 1, "--ends-on: the contract must not have ended already"),
    (["contract_changed", "--ends-on", "9999-12-31"], 1, "--ends-on: the contract must end within 50 years; see if the year is right"),
    (["contract_changed", "--ends-on", "31.3.2028"], 1, "--ends-on: '31.3.2028' is not a day"),
    (["contract_changed"], 2, "say either --ends-on DAY or --open-ended"),
    (["contract_changed", "--open-ended", "--auto-renews"], 2, "a contract without an end has nothing to renew"),
    (["downloadd", "guide"], 2, "No such command 'downloadd'"),
]


async def test_what_cannot_be_right_is_refused_and_nothing_is_recorded(starter: Starter, ask: Ask, ada: UUID) -> None:
    for what, code, said in WRONG:
        done = await starter("lead", "signal", ada, *what)

        assert (done.code, done.out) == (code, ""), what
        assert said in done.err
    assert await ask("SELECT (SELECT count(*) FROM engagements), (SELECT count(*) FROM suppressions)") == [(1, 0)]


async def test_a_lead_that_is_not_there_is_said_to_be_so(starter: Starter, ada: UUID) -> None:
    signal, show = await starter("lead", "signal", "eve@example.com", "replied"), await starter("lead", "show", "eve@example.com")

    assert (signal.code, show.code) == (1, 1)
    assert signal.err == show.err == "there is no lead 'eve@example.com'; give the id or the address of one that was imported\n"


async def test_a_visit_that_no_campaign_names_is_recorded_with_a_warning(starter: Starter, ada: UUID) -> None:
    known = await starter("lead", "signal", ada, "visited", "stand")
    unknown = await starter("lead", "signal", ada, "visited", "stnad")

    assert (known.code, known.err) == (0, "")
    assert (unknown.code, unknown.err) == (0, "CONTENT: no campaign that was started names 'stnad'; did you mean 'stand'?\n")
    assert "recorded as number 3" in unknown.out


async def test_a_refusal_by_hand_and_one_by_link_do_not_block_each_other(
    starter: Starter, database: Database, ada: UUID, now: datetime
) -> None:
    """Each locks the lead first; in another order one of them would wait for the other, and the other for it."""
    async with database.transaction() as session:
        await lock_leads(session, [ada])
        async with anyio.create_task_group() as group:
            said: list[Any] = []

            async def by_hand() -> None:
                said.append(await starter("lead", "signal", ada, "opted_out"))

            group.start_soon(by_hand)
            await waits_for_a_lock(database)
            await consents.suppress(session, "ada@example.com", consents.EVERYTHING, "unsubscribed", now)
            await session.commit()

    assert said[0].code == 0, said[0].err


async def waits_for_a_lock(database: Database) -> None:
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
    with anyio.fail_after(30):
        while True:
            async with database.transaction() as session:
                if await session.scalar(waiting):
                    return
            await anyio.sleep(0.05)


async def test_a_lead_is_shown_on_its_own_clock_and_in_plain_words(starter: Starter, database: Database, ada: UUID, now: datetime) -> None:
    at = now.replace(hour=20)
    position = Position(enrollment=1, track="hello", step="wait-1")
    standing = Standing(stage="aware", next_at=now + timedelta(days=1), why="it waits", positions=(position,))
    async with database.transaction() as session:
        await consents.give(session, "ada@example.com", "offers", Basis.OPT_IN, {}, at)
        await standings.write(session, ada, Record(no=1, standing=standing))

    shown = await starter("lead", "show", ada)

    assert "offers: opt_in, given 2027-03-02" in shown.out
    assert "welcome: track hello, at step 1 (a pause)" in shown.out
