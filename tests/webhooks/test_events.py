"""What providers tell is stored first and taken into account once, in whatever order it comes; refusals hold for good."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from store.mail import reports
from store.mail.reports import Happening, Report
from tests.webhooks import speaking
from tests.webhooks.conftest import KEY, RESEND_SECRET

pytestmark = pytest.mark.anyio

HAPPENED = datetime(2025, 3, 3, 0, 59, tzinfo=UTC)
NOTHING: dict[str, datetime | None] = {"delivered_at": None, "bounced_at": None, "complained_at": None, "replied_at": None}


async def tell(post: Any, kind: str, **how: Any) -> int:
    answer = await post.browser.post("/webhooks/resend", **speaking.resend(kind, post.clock.now(), RESEND_SECRET, **how))
    return int(answer.status_code)


async def facts(post: Any, key: UUID = KEY) -> dict[str, datetime | None]:
    touch = await post.touch(key)
    return {name: getattr(touch, name) for name in NOTHING}


async def test_a_delivery_is_a_fact_of_the_letter_and_steers_nothing(post: Any, kept: Any) -> None:
    await post.letter()

    assert await tell(post, "delivered") == 204
    assert await facts(post) == NOTHING | {"delivered_at": HAPPENED}
    assert (await kept.kinds(), await post.refused()) == ([], False)


@pytest.mark.parametrize(
    ("kind", "fact", "engagement"), [("bounced", "bounced_at", "bounced"), ("complained", "complained_at", "opted_out")]
)
async def test_a_bounce_and_a_complaint_refuse_the_address_for_good_and_the_lead_hears_of_it_once(
    post: Any, kept: Any, kind: str, fact: str, engagement: str
) -> None:
    await post.letter()
    for _ in range(3):
        assert await tell(post, kind, id="msg_1") == 204
    await tell(post, kind, at="2025-03-03T00:59:30Z")

    assert await facts(post) == NOTHING | {fact: HAPPENED}
    assert await post.refused()
    [heard] = await kept.engagements()
    assert (heard.kind, heard.source, heard.facts.get("topic"), heard.at) == (engagement, "resend", None, HAPPENED)


async def test_what_passes_and_what_machines_do_is_kept_and_steers_nothing(post: Any, kept: Any) -> None:
    await post.letter()
    passing: list[tuple[str, dict[str, Any]]] = [
        ("sent", {}),
        ("delivery_delayed", {}),
        ("bounced", {"bounce": {"type": "Transient"}}),
        ("opened", {}),
        ("clicked", {}),
        ("failed", {}),
        ("something_new", {}),
    ]
    for kind, how in passing:
        assert await tell(post, kind, id=f"msg_{kind}", **how) == 204

    assert await facts(post) == NOTHING
    assert (await kept.kinds(), await post.refused()) == ([], False)
    assert {event.id: event.kind for event in await post.events()} == {
        "msg_sent": "sent",
        "msg_delivery_delayed": "deferred",
        "msg_bounced": "deferred",
        "msg_opened": "opened",
        "msg_clicked": "clicked",
        "msg_failed": "failed",
        "msg_something_new": "unknown",
    }


async def test_that_pictures_were_fetched_is_a_fact_of_the_letter_and_moves_nobody(post: Any, kept: Any) -> None:
    await post.letter()
    for at in ("2025-03-03T00:59:05Z", "2025-03-03T00:59:09Z"):
        await tell(post, "opened", id=f"msg_{at}", at=at)

    assert (await post.touch()).opened_at == HAPPENED + timedelta(seconds=5)
    assert await facts(post) == NOTHING
    assert (await kept.kinds(), await post.refused()) == ([], False)


async def test_events_in_the_wrong_order_lose_nothing(post: Any) -> None:
    await post.letter()
    await tell(post, "complained", at="2025-03-03T00:59:02Z")
    await tell(post, "bounced", at="2025-03-03T00:59:01Z")
    await tell(post, "delivered", at="2025-03-03T00:59:00Z")

    assert await facts(post) == NOTHING | {
        "delivered_at": HAPPENED,
        "bounced_at": HAPPENED + timedelta(seconds=1),
        "complained_at": HAPPENED + timedelta(seconds=2),
    }


async def test_an_event_that_is_faster_than_our_own_commit_waits_for_it(post: Any, kept: Any) -> None:
    assert await tell(post, "bounced") == 204
    assert [event.taken_at for event in await post.events()] == [None]
    assert await post.refused()

    await post.letter()
    await tell(post, "opened")

    assert await facts(post) == NOTHING | {"bounced_at": HAPPENED}
    assert await kept.kinds() == ["bounced"]


async def test_an_event_that_came_minutes_before_its_letter_was_committed_is_taken_in_as_well(post: Any) -> None:
    await tell(post, "delivered")
    post.clock.at += timedelta(minutes=5)
    await post.letter()
    await tell(post, "clicked")

    assert (await post.touch()).delivered_at == HAPPENED


async def test_a_letter_whose_worker_was_killed_after_the_yes_is_known_by_the_key_that_went_along(post: Any) -> None:
    await post.letter(committed=False)
    await tell(post, "delivered", tags=[{"name": "touch", "value": str(KEY)}], email_id="another")

    touch = await post.touch()
    assert (touch.sent_at, touch.delivered_at) == (HAPPENED, HAPPENED)


async def test_what_is_told_of_somebody_elses_letters_is_soon_left_alone_but_its_refusals_hold(post: Any) -> None:
    await tell(post, "complained", email_id="another", to=["eve@example.com"])
    post.clock.at += reports.PATIENCE + timedelta(seconds=1)
    await post.letter(provider_id="another")

    async with post.database.transaction() as session:
        assert await reports.waiting(session, "resend", post.clock.now()) == []
    assert await post.refused("eve@example.com")


async def test_no_address_is_kept_with_an_event(post: Any) -> None:
    await post.letter()
    await tell(post, "bounced")

    [event] = await post.events()
    assert not any("@example.com" in str(value) for name, value in vars(event).items() if name != "message_id")


async def test_many_at_once_and_again_are_each_counted_once(post: Any, kept: Any) -> None:
    keys = [UUID(int=number) for number in range(1, 13)]
    for key in keys:
        await post.letter(key, provider_id=f"id-{key}")
    sent = [
        speaking.resend("bounced", post.clock.now(), RESEND_SECRET, id=f"msg_{key}", email_id=f"id-{key}") for key in keys for _ in range(2)
    ]
    answers = await asyncio.gather(*(post.browser.post("/webhooks/resend", **one) for one in sent))

    assert {answer.status_code for answer in answers} == {204}
    assert len(await post.events()) == len(keys)
    assert [(await facts(post, key))["bounced_at"] for key in keys] == [HAPPENED] * len(keys)
    assert await kept.kinds() == ["bounced"] * len(keys)


async def test_a_request_that_cannot_be_stored_keeps_none_back_that_came_with_it(post: Any) -> None:
    keys = [UUID(int=number) for number in range(1, 9)]
    for key in keys:
        await post.letter(key, provider_id=f"id-{key}")
    right = [speaking.resend("delivered", post.clock.now(), RESEND_SECRET, email_id=f"id-{key}") for key in keys]
    wrong = speaking.resend("delivered", post.clock.now(), RESEND_SECRET, email_id="no database takes \x00")
    answers = await asyncio.gather(*(post.browser.post("/webhooks/resend", **one) for one in [*right[:4], wrong, *right[4:]]))

    assert [answer.status_code for answer in answers] == [204] * 4 + [500] + [204] * 4
    assert [(await facts(post, key))["delivered_at"] for key in keys] == [HAPPENED] * len(keys)


async def test_one_request_may_tell_of_a_letter_several_times_and_of_many_letters_in_any_order(post: Any, kept: Any) -> None:
    """The first report of a fact gives it its moment; what is told of a second time is told by another id."""
    keys = [UUID(int=number) for number in range(1, 4)]
    for key in keys:
        await post.letter(key, provider_id=f"id-{key}")
    told = [
        Report(id=f"{kind}-{key}-{times}", kind=kind, at=HAPPENED + timedelta(seconds=key.int + times), provider_id=f"id-{key}")
        for times in range(2)
        for kind in (Happening.COMPLAINED, Happening.BOUNCED, Happening.DELIVERED, Happening.CLICKED)
        for key in reversed(keys)
    ]
    intake = post.app.state.intakes["sendgrid"]
    for _ in range(2):
        await intake.store([*told, *reversed(told)])
        await intake.take_in()

    assert len(await post.events()) == len(told)
    for key in keys:
        first = HAPPENED + timedelta(seconds=key.int)
        assert await facts(post, key) == NOTHING | {"delivered_at": first, "bounced_at": first, "complained_at": first}
    assert sorted(await kept.kinds()) == ["bounced"] * 3 + ["opted_out"] * 3


async def test_of_two_events_with_one_id_in_one_request_only_the_first_counts(post: Any) -> None:
    told = [Report(id="once", kind=kind, at=HAPPENED, address="ada@example.com") for kind in (Happening.OPENED, Happening.COMPLAINED)]
    await post.app.state.intakes["mailgun"].store(told)

    assert [event.kind for event in await post.events()] == ["opened"]
    assert not await post.refused()


async def test_an_event_that_cannot_be_taken_in_keeps_no_other_back_and_is_tried_again(post: Any, caplog: pytest.LogCaptureFixture) -> None:
    await post.letter()
    async with post.database.transaction() as session:
        await session.execute(text("ALTER TABLE touches ADD CONSTRAINT broken CHECK (bounced_at IS NULL)"))
    await tell(post, "bounced", id="msg_1")
    await tell(post, "delivered", id="msg_2")
    assert await facts(post) == NOTHING | {"delivered_at": HAPPENED}
    assert "msg_1" in caplog.text
    assert "@" not in caplog.text

    async with post.database.transaction() as session:
        await session.execute(text("ALTER TABLE touches DROP CONSTRAINT broken"))
    await tell(post, "opened", id="msg_3")
    assert await facts(post) == NOTHING | {"delivered_at": HAPPENED, "bounced_at": HAPPENED}


async def test_an_event_of_a_moment_that_is_still_to_come_happened_now(post: Any) -> None:
    await post.letter()
    await tell(post, "delivered", at="2031-01-01T00:00:00Z")

    assert (await facts(post))["delivered_at"] == post.clock.now()
