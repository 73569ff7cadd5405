"""What comes back by mail steers the lead: a reply, a note of absence, a bounce, and one word that refuses."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from local.mailbox_double import MailboxDouble, mailbox_double
from local.town import Town
from mail.links import inbound_token
from mail.mailbox import name_of
from nurture.plan.campaign import Campaign
from store import tables
from store.leads.persons import Person
from tests.mail.reading import reports
from tests.mail.reading.dialects import TOUCH
from web.app import create_app
from workflows.mailbox import keep_reading
from workflows.options import LOOKS_A_RUN, mailbox_workflow_id
from workflows.runs import as_bytes

pytestmark = pytest.mark.anyio

SECRET = "shared with the mail server"
EVERY_HOURS = 24
WELCOME = Campaign.model_validate(
    {
        "campaign": "welcome",
        "topic": "insights",
        "start": "educate",
        "tracks": {
            "educate": {
                "steps": [
                    *({"email": "hello"}, {"wait": "7 days"}, {"email": "planning_basics"}),
                    *({"wait": "7 days"}, {"email": "example_week"}, {"wait": "60 days"}),
                ]
            },
            "talk": {"steps": [{"task": {"reason": "replied", "deadline": "1 day"}}, {"wait": "60 days"}]},
            "silent": {"steps": [{"task": {"reason": "unresponsive"}}]},
        },
        "rules": [
            {"name": "replied", "when": "replied", "go": "talk"},
            {"name": "silent", "when": {"silence": "12 days", "touches": 2}, "in": ["educate"], "go": "silent"},
        ],
    }
)


@pytest.fixture
async def box(anyio_backend: str) -> AsyncIterator[MailboxDouble]:
    async with mailbox_double() as double:
        yield double


@pytest.fixture
def town_settings(box: MailboxDouble) -> dict[str, Any]:
    return {"IMAP_URL": box.url, "IMAP_EVERY_SECONDS": str(EVERY_HOURS * 3600), "INBOUND_SECRET": SECRET}


@pytest.fixture
async def lead(town: Town, hanako: Person) -> UUID:
    """She has got the first letter."""
    started = await town.start(WELCOME)
    lead = await town.register(hanako, started.topic)
    await town.enroll(lead, started.name)
    await town.skip(days=1)
    assert await town.letters_to(lead) == ["hello"]
    return lead


def answer(town: Town, person: Person, said: str, *, subject: str = "Re: こんにちは", headers: str = "") -> bytes:
    """What somebody's mail program sends who answers the last letter."""
    letter = town.post.letters(to=person.email)[-1]
    head = [
        f"From: {person.email}",
        "To: hello@sodate.example.com",
        f"Subject: {subject}".encode().decode("latin-1"),
        f"Message-ID: <answer-{len(said)}@example.co.jp>",
        f"In-Reply-To: {letter.message_id}",
        f"Date: {town.now:%d %b %Y %H:%M:%S +0000}",
        "Content-Type: text/plain; charset=utf-8",
        *headers.splitlines(),
    ]
    return "\r\n".join([*head, "", ""]).encode("latin-1") + said.encode() + b"\r\n\r\n> " + letter.text.replace("\n", "\n> ").encode()


async def arrives(town: Town, box: MailboxDouble, lead: UUID, message: bytes) -> None:
    """A message comes into the mailbox, and the next look finds it."""
    box.put(message, town.now)
    await town.skip(hours=EVERY_HOURS)
    await town.delivered()
    await town.settle([lead])


async def is_posted(town: Town, lead: UUID, message: bytes) -> int:
    """A message comes in over HTTP."""
    transport = httpx.ASGITransport(create_app(town.settings, town.database, town.clock))
    headers = {"Authorization": f"Bearer {inbound_token(SECRET)}", "Content-Type": "message/rfc822"}
    async with httpx.AsyncClient(transport=transport, base_url="https://sodate.example.com") as client:
        status = (await client.post("/inbound/mail", content=message, headers=headers)).status_code
    await town.delivered()
    await town.settle([lead])
    return status


async def kinds(town: Town, lead: UUID) -> list[str]:
    async with town.database.transaction() as session:
        of_lead = select(tables.Engagement.kind).where(tables.Engagement.lead_id == lead).order_by(tables.Engagement.seq)
        return list(await session.scalars(of_lead))


async def test_a_reply_by_mail_stops_the_next_letter_and_calls_a_human(town: Town, box: MailboxDouble, lead: UUID, hanako: Person) -> None:
    await arrives(town, box, lead, answer(town, hanako, "一度お話を伺えますか。"))

    assert [task.reason for task in await town.tasks_of(lead)] == ["replied"]
    await town.skip(days=10)
    assert await town.letters_to(lead) == ["hello"]


async def test_the_same_reply_by_two_ways_makes_one_task(town: Town, box: MailboxDouble, lead: UUID, hanako: Person) -> None:
    reply = answer(town, hanako, "一度お話を伺えますか。")

    assert await is_posted(town, lead, reply) == 202
    await arrives(town, box, lead, b"Received: from mx.example.net\r\n" + reply)

    assert (await kinds(town, lead)).count("replied") == 1
    assert len(await town.tasks_of(lead)) == 1


async def test_a_note_of_absence_puts_off_and_is_neither_silence_nor_a_reply(
    town: Town, box: MailboxDouble, lead: UUID, hanako: Person
) -> None:
    """Two letters without an answer would be silence; the lead is away for three weeks."""
    await town.skip(days=7)
    assert await town.letters_to(lead) == ["hello", "planning_basics"]
    back = town.now.replace(month=4, day=5)
    note = answer(
        town, hanako, f"{back.month}月{back.day}日まで休暇です。", subject="自動応答: こんにちは", headers="Auto-Submitted: auto-replied"
    )

    await arrives(town, box, lead, note)
    await town.skip_to(back.replace(hour=0))

    assert await kinds(town, lead) == ["enrolled", "absent"]
    assert await town.letters_to(lead) == ["hello", "planning_basics"], "nothing is sent to somebody who is away"
    assert await town.tasks_of(lead) == [], "being away is no silence"
    await town.skip(days=4)
    assert await town.letters_to(lead) == ["hello", "planning_basics", "example_week"]


async def test_a_bounce_by_mail_ends_letters_to_the_address(town: Town, box: MailboxDouble, lead: UUID, hanako: Person) -> None:
    letter = town.post.letters(to=hanako.email)[-1]
    bounce = reports.dsn("5.1.1", "smtp; 550 5.1.1 unknown", recipient=hanako.email).decode().replace(TOUCH, letter.message_id)

    await arrives(town, box, lead, bounce.encode())
    await town.skip(days=10)

    assert await kinds(town, lead) == ["enrolled", "bounced"]
    assert await town.letters_to(lead) == ["hello"]


async def test_one_word_ends_everything(town: Town, box: MailboxDouble, lead: UUID, hanako: Person) -> None:
    await arrives(town, box, lead, answer(town, hanako, "配信停止"))
    await town.skip(days=10)

    assert await kinds(town, lead) == ["enrolled", "opted_out"]
    assert await town.letters_to(lead) == ["hello"]
    assert await town.tasks_of(lead) == []


async def test_a_mailbox_is_read_for_years_also_when_it_counts_anew_and_temporal_learns_nothing_personal(
    town: Town, box: MailboxDouble, lead: UUID, hanako: Person
) -> None:
    await arrives(town, box, lead, answer(town, hanako, "一つ目の質問です。"))
    await town.skip(hours=EVERY_HOURS * LOOKS_A_RUN)
    box.begin_to_count_anew(first=50)
    await keep_reading(town.client, name_of(box.url))  # as every worker does that starts
    await arrives(town, box, lead, answer(town, hanako, "二つ目の少し長い質問です。"))

    assert (await kinds(town, lead)).count("replied") == 2
    handle = town.client.get_workflow_handle(mailbox_workflow_id(name_of(box.url)))
    assert (await handle.describe()).raw_description.workflow_execution_info.first_run_id != (await handle.describe()).run_id
    written = as_bytes(await handle.fetch_history())
    assert hanako.email.encode() not in written
    assert b"letters" not in written
