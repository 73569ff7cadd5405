"""What people record by hand: stored first, once, in the lead's own order, and refused where it cannot be right."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from nurture.campaign import Campaign
from nurture.kinds import Refusal
from store import campaigns, consents, enrollments, leads
from store.consents import Basis
from store.database import Database

pytestmark = pytest.mark.anyio

Starter = Callable[..., Awaitable[Any]]
Ask = Callable[..., Awaitable[list[Any]]]

WELCOME = Campaign.model_validate(
    {
        "campaign": "welcome",
        "topic": "insights",
        "start": "hello",
        "forms": {"guide": {"engagement": "downloaded", "contents": ["guide", "price_list"]}},
        "tracks": {"hello": {"steps": [{"wait": "3 days"}]}},
    }
)


@pytest.fixture
async def ada(database: Database, now: datetime) -> UUID:
    """A lead in Tokyo, who may get insights and is in a campaign about them."""
    async with database.transaction() as session:
        lead, _ = await leads.register(session, leads.Person(email="ada@example.com", zone="Asia/Tokyo"), now)
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


WRONG: list[tuple[list[str], int, str]] = [
    (["downloaded", "giude"], 1, "CONTENT: no form offers 'giude'; did you mean 'guide'?"),
    (["visited", "ada@example.com"], 1, "CONTENT: 'ada@example.com' is not a name"),
    (["opted_out", "insihgts"], 1, "TOPIC: no campaign is about 'insihgts'; did you mean 'insights'?"),
    (["absent", "soon"], 1, "DAY: 'soon' is not a day; write it like 2027-03-01"),
    (["held", "2027-03-01"], 1, "DAY: 2027-03-01 is not ahead; give a day from 2027-03-02 on"),
    (["held", "2099-03-01"], 1, "within five years"),
    (["replied", "--at", "2027-03-01T09:00"], 1, "--at: '2027-03-01T09:00' does not say where the clock is; add the offset"),
    (["replied", "--at", "2027-03-01T09:31Z"], 1, "--at: 2027-03-01T09:31:00+00:00 lies in the future"),
    (["replied", "--at", "noon"], 1, "--at: 'noon' is not a moment"),
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
