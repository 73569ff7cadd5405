"""Whose a message is, and what it means for that lead: each message counts once, and nobody is taken for somebody else."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from store import tables
from store.addresses import address_hash
from store.mail import strays
from store.mail.inbound import Taken
from tests.inbound.conftest import House, Lead
from tests.mail.reading import dialects as d
from tests.mail.reading import programs as p
from tests.mail.reading import reports as r
from tests.mail.reading.dialects import LEAD

pytestmark = pytest.mark.anyio

COLLEAGUE = "suzuki.ken@asanagi.example.co.jp"


async def test_a_reply_is_the_leads_whose_letter_it_answers(house: House, hanako: Lead) -> None:
    assert await house.arrives(d.gmail("お電話ください。")) is Taken.RECORDED

    [reply] = await house.heard(hanako)
    assert (reply.kind, reply.source, reply.at) == ("replied", "test", datetime(2026, 4, 28, 0, 30, tzinfo=UTC))
    assert reply.details == {"from": LEAD, "by": "lead", "subject": "Re: 保全計画の立て方", "text": "お電話ください。"}
    assert "お電話" not in str(reply.facts)
    assert (await house.touch(hanako)).replied_at is not None


async def test_the_same_message_twice_counts_once(house: House, hanako: Lead) -> None:
    by_imap, by_webhook = d.gmail("お電話ください。"), b"Received: from mx.example.net\r\n" + d.gmail("お電話ください。")

    assert [await house.arrives(message) for message in (by_imap, by_webhook, by_imap)] == [Taken.RECORDED, Taken.KNOWN, Taken.KNOWN]

    assert await house.kinds(hanako) == ["replied"]


async def test_a_reply_that_names_no_letter_is_found_by_its_address(house: House, hanako: Lead) -> None:
    await house.arrives(d.mail("お電話ください。", answers=False))

    assert await house.kinds(hanako) == ["replied"]


async def test_a_reply_is_found_by_the_id_that_a_provider_gave_the_letter(house: House) -> None:
    """Some put an id of their own in place of the Message-ID."""
    ken = await house.somebody(COLLEAGUE)
    async with house.database.transaction() as session:
        await session.execute(update(tables.Touch).values(provider_id="010001a2-b3c4"))

    await house.arrives(d.mail("はい", sender="Ken <ken@example.net>").replace(d.TOUCH.encode(), b"<010001a2-b3c4@eu-west-1.example.com>"))

    assert await house.kinds(ken) == ["replied"]


@pytest.mark.parametrize(
    ("sender", "by"),
    [
        ("佐藤 <sato.hanako+news@asanagi.example.co.jp>", "alias"),
        ("Hanako Sato <hana@example.net>", "alias"),
        ("Tanaka <tanaka@asanagi.example.co.jp>", "same_company"),
        ("Somebody <somebody@example.net>", "somebody_else"),
    ],
)
async def test_an_answer_from_another_address_is_an_answer_and_says_whose(house: House, hanako: Lead, sender: str, by: str) -> None:
    await house.arrives(d.mail("お電話ください。", sender=sender))

    [reply] = await house.heard(hanako)
    assert (reply.kind, reply.details["by"]) == ("replied", by)


async def test_a_colleague_who_answers_stays_who_it_is(house: House, hanako: Lead) -> None:
    ken = await house.somebody(COLLEAGUE, letter=False)

    await house.arrives(d.mail("佐藤の代わりにお返事します。", sender=f"Ken <{COLLEAGUE}>"))

    [reply] = await house.heard(hanako)
    assert (reply.details["by"], reply.details["colleague"]) == ("colleague", str(ken.id))
    assert await house.kinds(ken) == []


async def test_somebody_of_the_company_who_answers_nothing_is_for_a_human(house: House, hanako: Lead) -> None:
    assert await house.arrives(d.mail("はじめまして。", sender="Tanaka <tanaka@asanagi.example.co.jp>", answers=False)) is Taken.FOR_A_HUMAN

    [stray] = await house.strays()
    assert (stray.sender, stray.said, stray.candidates) == ("tanaka@asanagi.example.co.jp", "はじめまして。", [str(hanako.id)])
    assert await house.kinds(hanako) == []


async def test_addresses_at_a_provider_for_everybody_make_no_colleagues(house: House) -> None:
    await house.somebody("hanako@gmail.com")

    await house.arrives(d.mail("はじめまして。", sender="Tanaka <tanaka@gmail.com>", answers=False))

    assert [stray.candidates for stray in await house.strays()] == [[]]


async def test_a_lead_that_was_never_written_to_is_for_a_human(house: House) -> None:
    ken = await house.somebody(COLLEAGUE, letter=False)

    await house.arrives(d.mail("こんにちは", sender=f"Ken <{COLLEAGUE}>", answers=False))

    assert [stray.candidates for stray in await house.strays()] == [[str(ken.id)]]


async def test_an_absence_puts_off_until_the_day_of_return(house: House, hanako: Lead) -> None:
    await house.arrives(p.exchange_note_ja("5月6日まで休暇をいただいております。"))

    [note] = await house.heard(hanako)
    assert (note.kind, note.facts["until"]) == ("absent", "2026-05-07")
    assert (await house.touch(hanako)).replied_at is None


@pytest.mark.parametrize(
    ("said", "until"),
    [("不在にしております。", date(2026, 5, 12)), ("4月20日まで不在にしております。", date(2026, 4, 29))],
    ids=["a note without a day", "a note that was forgotten"],
)
async def test_a_note_that_does_not_say_until_when(house: House, hanako: Lead, said: str, until: date) -> None:
    await house.arrives(p.exchange_note_ja(said))

    assert [note.facts["until"] for note in await house.heard(hanako)] == [until.isoformat()]


async def test_a_colleague_who_is_away_keeps_nobody_else_waiting(house: House, hanako: Lead) -> None:
    ken = await house.somebody(COLLEAGUE)

    await house.arrives(
        d.mail("5月6日まで休暇です。", sender=f"Ken <{COLLEAGUE}>", subject="自動応答: 保全", headers="Auto-Submitted: auto-replied")
    )

    assert (await house.kinds(hanako), await house.kinds(ken)) == ([], ["absent"])


async def test_one_word_refuses_everything(house: House, hanako: Lead) -> None:
    await house.arrives(d.bare("配信停止"))

    [refusal] = await house.heard(hanako)
    assert (refusal.kind, refusal.facts.get("topic")) == ("opted_out", None)
    assert not await house.may_write_to(LEAD)


async def test_a_refusal_by_an_alias_holds_for_both_addresses(house: House, hanako: Lead) -> None:
    await house.arrives(d.mail("unsubscribe", sender="Hanako Sato <hana@example.net>"))

    assert await house.kinds(hanako) == ["opted_out"]
    assert not await house.may_write_to(LEAD)
    async with house.database.transaction() as session:
        assert await session.get(tables.Suppression, (address_hash("hana@example.net"), "*")) is not None


async def test_a_colleague_refuses_for_itself_and_a_human_hears_of_it_for_the_lead(house: House, hanako: Lead) -> None:
    ken = await house.somebody(COLLEAGUE)

    await house.arrives(d.mail("配信停止", sender=f"Ken <{COLLEAGUE}>"))

    assert (await house.kinds(hanako), await house.kinds(ken)) == (["replied"], ["opted_out"])
    assert await house.may_write_to(LEAD)
    assert not await house.may_write_to(COLLEAGUE)


async def test_a_refusal_from_nobody_we_know_holds_for_its_address(house: House, hanako: Lead) -> None:
    await house.arrives(d.mail("配信停止", sender="tanaka@example.org", answers=False))

    assert [stray.sort for stray in await house.strays()] == ["refusal"]
    late = await house.somebody("tanaka@example.org")
    assert not await house.may_write_to("tanaka@example.org")
    assert await house.kinds(late) == []


async def test_an_old_refusal_that_comes_again_lifts_nothing_that_was_given_since(house: House, hanako: Lead) -> None:
    """A mailbox that is read anew brings old mail once more."""
    await house.arrives(d.bare("配信停止"))
    async with house.database.transaction() as session:
        await session.execute(update(tables.Suppression).values(address_hash="lifted by a human"))
        await session.execute(update(tables.Consent).values(withdrawn_at=None))

    assert await house.arrives(d.bare("配信停止")) is Taken.KNOWN

    assert await house.may_write_to(LEAD)


async def test_a_bounce_stops_letters_to_the_address(house: House, hanako: Lead) -> None:
    await house.arrives(r.dsn("5.1.1", "smtp; 550 5.1.1 unknown"))

    assert await house.kinds(hanako) == ["bounced"]
    assert not await house.may_write_to(LEAD)
    assert (await house.touch(hanako)).bounced_at is not None


async def test_a_bounce_is_found_by_its_address_where_it_names_no_letter(house: House, hanako: Lead) -> None:
    message = r.plain(f"550 Unknown user {LEAD}", sender="MAILER-DAEMON@mx.example.net", subject="Mail System Error", copy=False)

    await house.arrives(message)

    assert await house.kinds(hanako) == ["bounced"]


async def test_what_is_not_for_good_changes_nothing(house: House, hanako: Lead) -> None:
    full, greylisted = r.dsn("5.2.2", "smtp; 552 5.2.2 full"), r.dsn("4.2.0", "smtp; 450 4.2.0 Greylisted")

    assert [await house.arrives(message) for message in (full, greylisted)] == [Taken.NOTHING, Taken.NOTHING]

    assert await house.kinds(hanako) == []
    assert await house.may_write_to(LEAD)


async def test_a_block_of_ours_is_a_humans_matter_and_not_the_leads(house: House, hanako: Lead) -> None:
    assert await house.arrives(r.dsn("5.7.1", "smtp; 550 5.7.1 blocked")) is Taken.FOR_A_HUMAN

    assert await house.kinds(hanako) == []
    assert await house.may_write_to(LEAD)


async def test_a_lead_with_another_address_by_now_does_not_bounce(house: House, hanako: Lead) -> None:
    async with house.database.transaction() as session:
        await session.execute(update(tables.Lead).values(email="sato@example.org"))

    assert await house.arrives(r.dsn("5.1.1", "smtp; 550 5.1.1 unknown")) is Taken.RECORDED

    assert await house.kinds(hanako) == []
    assert not await house.may_write_to(LEAD)


async def test_a_report_about_where_the_lead_forwards_its_mail_is_for_a_human(house: House, hanako: Lead) -> None:
    assert await house.arrives(r.dsn("5.1.1", "smtp; 550 5.1.1 unknown", recipient="hana@phone.example.net")) is Taken.FOR_A_HUMAN

    assert await house.may_write_to(LEAD)


async def test_nobody_can_silence_a_lead_by_a_report_about_a_letter_that_was_never_sent(house: House) -> None:
    ken = await house.somebody(COLLEAGUE, letter=False)

    await house.arrives(r.dsn("5.1.1", "smtp; 550 5.1.1 unknown", recipient=COLLEAGUE))

    assert await house.kinds(ken) == []
    assert await house.may_write_to(COLLEAGUE)


async def test_a_complaint_stops_everything(house: House, hanako: Lead) -> None:
    await house.arrives(r.arf(recipient=""))

    assert await house.kinds(hanako) == ["opted_out"]
    assert not await house.may_write_to(LEAD)
    assert (await house.touch(hanako)).complained_at is not None


async def test_somebody_who_has_left_gets_no_letters_and_a_human_looks_for_another(house: House, hanako: Lead) -> None:
    await house.arrives(p.exchange_note_ja("佐藤は3月31日をもって退職いたしました。"))

    [left] = await house.heard(hanako)
    assert (left.kind, left.details["sort"]) == ("bounced", "departed")
    assert not await house.may_write_to(LEAD)


async def test_what_we_wrote_ourselves_is_nothing(house: House, hanako: Lead) -> None:
    async with house.database.transaction() as session:
        session.add(tables.Colleague(name="Mori", address="mori@example.com"))
    ours = d.mail("承知しました。", sender="hello@example.com")
    a_reps = d.mail("お電話します。", sender="Mori <mori@example.com>")

    assert [await house.arrives(message) for message in (ours, a_reps)] == [Taken.NOTHING, Taken.NOTHING]

    assert await house.kinds(hanako) == []


async def test_a_message_from_the_past_or_the_future_counts_when_it_comes(house: House, hanako: Lead) -> None:
    await house.arrives(d.mail("古い", date="Thu, 01 Jan 1998 00:00:00 +0900"))
    await house.arrives(d.mail("新しい", date="Thu, 01 Jan 2099 00:00:00 +0900"))

    assert [reply.at for reply in await house.heard(hanako)] == [house.now, house.now]


async def test_what_cannot_be_read_is_kept_for_a_human_once(house: House) -> None:
    noise = b"\x00\xff" * 100_000

    assert [await house.arrives(noise), await house.arrives(noise)] == [Taken.FOR_A_HUMAN, Taken.KNOWN]

    [stray] = await house.strays()
    assert (stray.sort, len(stray.message or b"")) == ("unreadable", 64 * 1024)


async def test_text_that_no_database_takes_is_taken(house: House, hanako: Lead) -> None:
    odd = d.mail("nothing: \x00")
    raw = d.bare("x").replace(b"Subject: ", b"Subject: \xff\xfe\x00")

    assert [await house.arrives(odd), await house.arrives(raw)] == [Taken.RECORDED, Taken.RECORDED]


async def test_only_so_much_is_kept_for_a_human(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strays, "MOST", 3)
    for number in range(5):
        house.now += timedelta(minutes=1)
        await house.arrives(d.mail(f"{number}", sender="x@example.org", answers=False))

    assert [stray.said for stray in await house.strays()] == ["2", "3", "4"]
