"""A mailbox is read from where it was left: nothing is lost and nothing comes twice, whatever the server does."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from pydantic import ValidationError
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.inbound import AT_A_TIME, InboundActivities
from local.mailbox_double import MailboxDouble, mailbox_double
from mail.mailbox import LARGEST, Batch, MailboxAway, MailboxRefused, fetch, name_of
from nurture.mailbox import Cursor, Looked
from settings import Settings
from store.database import Database
from tests.conftest import OWN
from tests.inbound.conftest import NOW, House, Lead
from tests.mail.reading import dialects as d
from tests.mail.reading import programs as p

pytestmark = pytest.mark.anyio


@pytest.fixture
async def box(anyio_backend: str) -> AsyncIterator[MailboxDouble]:
    async with mailbox_double() as double:
        yield double


async def look(box: MailboxDouble, after: Batch | None = None, *, most: int = 50) -> Batch:
    validity, last = (after.validity, after.last) if after else (0, 0)
    return await asyncio.to_thread(fetch, box.url, validity=validity, after=last, since=NOW - timedelta(days=2), most=most)


def contents(batch: Batch) -> list[bytes]:
    return [message.content for message in batch.messages]


async def test_messages_come_in_their_order_and_only_once(box: MailboxDouble) -> None:
    for number in range(3):
        box.put(b"%d" % number, NOW)
    first = await look(box, most=2)
    second = await look(box, first, most=2)
    box.put(b"3", NOW)
    third = await look(box, second)
    fourth = await look(box, third)

    assert [contents(batch) for batch in (first, second, third, fourth)] == [[b"0", b"1"], [b"2"], [b"3"], []]
    assert [batch.more for batch in (first, second, third, fourth)] == [True, False, False, False]


async def test_the_first_look_goes_back_some_days_only(box: MailboxDouble) -> None:
    box.put(b"long ago", NOW - timedelta(days=300))
    box.put(b"lately", NOW - timedelta(days=1))

    assert contents(await look(box)) == [b"lately"]


async def test_an_empty_first_look_begins_after_what_is_there(box: MailboxDouble) -> None:
    box.put(b"long ago", NOW - timedelta(days=300))
    first = await look(box)
    box.put(b"today", NOW)

    assert contents(await look(box, first)) == [b"today"]


async def test_a_mailbox_that_counts_anew_gives_what_came_lately_again(box: MailboxDouble) -> None:
    box.put(b"long ago", NOW - timedelta(days=300))
    box.put(b"known", NOW)
    before = await look(box)
    box.put(b"new", NOW)
    box.begin_to_count_anew(first=1)

    assert contents(await look(box, before)) == [b"known", b"new"]


async def test_a_message_that_was_deleted_meanwhile_stops_nothing(box: MailboxDouble) -> None:
    for number in range(3):
        box.put(b"%d" % number, NOW)
    box.remove(2)

    assert contents(await look(box)) == [b"0", b"2"]


async def test_of_a_very_large_message_the_beginning_is_fetched(box: MailboxDouble) -> None:
    box.put(b"x" * (LARGEST + 1000), NOW)

    assert [len(content) for content in contents(await look(box))] == [LARGEST]


async def test_every_byte_comes_as_it_lies_there(box: MailboxDouble) -> None:
    odd = b"a)\r\n* BYE\r\n\x00\xff" + d.sjis("配信停止") + b"\r\n)"
    box.put(odd, NOW)

    assert contents(await look(box)) == [odd]


async def test_a_line_that_drops_in_the_midst_of_a_message_gives_none_of_it(box: MailboxDouble) -> None:
    box.put(b"whole" * 100, NOW)
    box.breaks_after = 0

    with pytest.raises(MailboxAway):
        await look(box)

    assert contents(await look(box)) == [b"whole" * 100]


async def test_a_server_that_does_not_take_the_password_is_the_operators_matter(box: MailboxDouble) -> None:
    box.takes_nobody = True

    with pytest.raises(MailboxRefused) as refused:
        await look(box)

    assert "letters" not in str(refused.value), "the user's name is in no log"


async def test_a_folder_that_is_not_there_is_the_operators_matter(box: MailboxDouble) -> None:
    box.url = box.url.replace("INBOX", "Answers")

    with pytest.raises(MailboxRefused):
        await look(box)


async def test_a_server_that_is_away_is_away() -> None:
    with pytest.raises(MailboxAway):
        await asyncio.to_thread(fetch, "imap://u:p@127.0.0.1:9/INBOX", validity=0, after=0, since=NOW, most=1)


def test_the_name_of_a_mailbox_names_nobody_and_changes_with_user_host_and_folder_only() -> None:
    name = name_of("imaps://letters:one@mail.example.com/INBOX")

    assert name == name_of("imaps://letters:two@mail.example.com")
    assert (
        len(
            {
                name,
                *(name_of(f"imaps://{who}") for who in ("x:y@mail.example.com", "letters:y@example.com", "letters:y@mail.example.com/A")),
            }
        )
        == 4
    )
    assert "letters" not in name


class Reader:
    """The activity, with a cursor that is carried on as the workflow does it."""

    def __init__(self, box: MailboxDouble, database: Database, settings: Settings) -> None:
        self._inbound = InboundActivities(database, settings.model_copy(update={"imap_url": box.url}))
        self.cursor = Cursor(mailbox=name_of(box.url))

    async def look(self, at: datetime = NOW) -> Looked:
        looked: Looked = await ActivityEnvironment().run(self._inbound.look_into_mailbox, self.cursor, at)
        self.cursor = looked.cursor
        return looked


@pytest.fixture
def reader(box: MailboxDouble, database: Database) -> Reader:
    return Reader(box, database, Settings.model_validate({**OWN, "database_url": database.url}))


async def test_what_arrives_reaches_the_lead(box: MailboxDouble, reader: Reader, house: House, hanako: Lead) -> None:
    box.put(p.exchange_note_ja("5月6日まで休暇をいただいております。"), NOW)
    box.put(d.gmail("お電話ください。"), NOW)

    assert (await reader.look()).taken == 2

    assert await house.kinds(hanako) == ["absent", "replied"]


async def test_a_line_that_drops_again_and_again_loses_and_doubles_nothing(
    box: MailboxDouble, reader: Reader, house: House, hanako: Lead
) -> None:
    for number in range(5):
        box.put(d.bare(f"{number} 番目の質問です。"), NOW)
    for breaks_after in (0, 2, 4):
        box.breaks_after = breaks_after
        with pytest.raises(ApplicationError):
            await reader.look()
    await reader.look()

    assert [reply.details["text"][:1] for reply in await house.heard(hanako)] == ["0", "1", "2", "3", "4"]


async def test_a_look_that_is_done_again_counts_once(box: MailboxDouble, reader: Reader, house: House, hanako: Lead) -> None:
    """A worker is killed after it has taken a message and before Temporal knows how far it came."""
    box.put(d.gmail("お電話ください。"), NOW)
    before = reader.cursor
    await reader.look()
    reader.cursor = before
    await reader.look()

    assert await house.kinds(hanako) == ["replied"]


async def test_a_mailbox_that_counts_anew_loses_and_doubles_nothing(box: MailboxDouble, reader: Reader, house: House, hanako: Lead) -> None:
    box.put(d.bare("一つ目"), NOW)
    await reader.look()
    box.put(d.bare("二つ目"), NOW)
    box.begin_to_count_anew(first=100)
    await reader.look(NOW + timedelta(hours=1))
    box.put(d.bare("三つ目"), NOW)
    box.begin_to_count_anew(first=1)
    await reader.look(NOW + timedelta(hours=2))

    assert [reply.details["text"] for reply in await house.heard(hanako)] == ["一つ目", "二つ目", "三つ目"]


async def test_a_full_mailbox_is_read_in_pieces(box: MailboxDouble, reader: Reader, house: House, hanako: Lead) -> None:
    for number in range(AT_A_TIME + 1):
        box.put(d.mail(f"{number}", sender="news@example.org", subject="News", headers="Precedence: bulk\nList-Id: x", answers=False), NOW)

    first, second = await reader.look(), await reader.look()

    assert [(looked.taken, looked.more) for looked in (first, second)] == [(AT_A_TIME, True), (1, False)]


async def test_a_message_that_nobody_can_read_does_not_stop_those_after_it(
    box: MailboxDouble, reader: Reader, house: House, hanako: Lead
) -> None:
    box.put(b"\x00\xff\x1b$B" * 500, NOW)
    box.put(d.gmail("お電話ください。"), NOW)

    await reader.look()

    assert await house.kinds(hanako) == ["replied"]
    assert [stray.sort for stray in await house.strays()] == ["unreadable"]


async def test_a_mailbox_that_the_settings_no_longer_name_is_read_no_more(reader: Reader, box: MailboxDouble) -> None:
    reader.cursor = Cursor(mailbox="another")

    assert (await reader.look()).over
    assert box.logins == 0


@pytest.mark.parametrize(
    "url", ["https://mail.example.com", "imaps://mail.example.com/INBOX", "imaps://letters@mail.example.com", "letters"]
)
def test_the_address_of_a_mailbox_that_lacks_something_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="is written like imaps://user:password@host/INBOX"):
        Settings.model_validate({**OWN, "imap_url": url})


def test_a_short_secret_for_raw_messages_is_refused() -> None:
    with pytest.raises(ValidationError, match="at least 16 characters"):
        Settings.model_validate({**OWN, "inbound_secret": "short"})
