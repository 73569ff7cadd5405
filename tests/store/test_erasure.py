"""Somebody who was erased is known again by a keyed hash alone: nobody brings them back by mistake, and they themselves can come back."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from mail.reading.reader import read
from store import tables
from store.addresses import address_hash
from store.consent import consents
from store.database import Database
from store.erasing import erasure, export, stubs
from store.erasing.stubs import Reason
from store.leads import keyed, leads
from store.leads.leads import Person
from store.mail import inbound, reports, touches
from store.mail.inbound import Taken

pytestmark = pytest.mark.anyio

ADA = Person(email="ada@example.com", given_name="Ada", family_name="Lovelace", company="Engines")
COLLEAGUE = Person(email="eve@example.com", given_name="Eve", family_name="Engineer", company="Engines")


@pytest.fixture
async def kept(database_url: str, anyio_backend: str) -> AsyncIterator[Database]:
    """The database of a process that has the secret."""
    database = Database(database_url, secret="only for tests")
    yield database
    await database.close()


async def erased(kept: Database, now: datetime, reason: Reason = Reason.ASKED, *, refused: str = "") -> UUID:
    """Ada, who has refused something perhaps, was a lead, and is none."""
    async with kept.transaction() as session:
        lead, _ = await leads.register(session, ADA, now)
        await leads.register(session, COLLEAGUE, now)
        if refused:
            await consents.suppress(session, ADA.email, refused, "opted_out", now)
        await erasure.begin(session, lead, reason=reason, by="Operator", now=now)
    async with kept.transaction() as session:
        await erasure.forget(session, lead, now)
    return lead


async def suppressions(kept: Database) -> set[tuple[str, str, str]]:
    async with kept.transaction() as session:
        return {(row.address_hash[:5], row.topic, row.reason) for row in await session.scalars(select(tables.Suppression))}


async def test_nobody_makes_a_lead_of_an_address_that_was_erased(kept: Database, now: datetime) -> None:
    await erased(kept, now)

    with pytest.raises(keyed.Erased):
        async with kept.transaction() as session:
            await leads.register_all(session, [COLLEAGUE, Person(email="ADA@example.com")], now)
    async with kept.transaction() as session:
        assert await keyed.erased(session, ["ada@example.com", "eve@example.com"]) == {"ada@example.com"}


async def test_no_plain_hash_of_the_address_is_left(kept: Database, now: datetime) -> None:
    await erased(kept, now, refused="insights")

    assert await suppressions(kept) == {("hmac:", "**", "erased"), ("hmac:", "insights", "opted_out")}


async def test_who_comes_back_by_themselves_is_another_lead_and_what_was_refused_holds_again(kept: Database, now: datetime) -> None:
    before = await erased(kept, now, refused="insights")

    async with kept.transaction() as session:
        lead, is_new = await leads.register(session, ADA, now, by_themselves=True)

    assert (lead != before, is_new) == (True, True)
    assert await suppressions(kept) == {(address_hash(ADA.email)[:5], "insights", "opted_out")}
    async with kept.transaction() as session:
        assert await keyed.erased(session, [ADA.email]) == set()
        [stub] = await stubs.of_address(session, ADA.email)
    assert stub.lead_id == before


async def test_whose_time_was_over_may_come_in_again_and_what_they_refused_holds(kept: Database, now: datetime) -> None:
    await erased(kept, now, Reason.RETENTION, refused=consents.EVERYTHING)

    async with kept.transaction() as session:
        await leads.register(session, ADA, now)

        assert await consents.refusal(session, ADA.email, "insights") == "suppressed"


@pytest.mark.parametrize("secret", ["", "another secret than before"])
async def test_without_the_secret_nobody_is_taken_in_and_with_another_one_nobody_is_known_again(
    database_url: str, kept: Database, now: datetime, secret: str
) -> None:
    await erased(kept, now)
    other = Database(database_url, secret=secret)

    async with other.transaction() as session:
        if secret:
            assert await keyed.erased(session, [ADA.email]) == set()
        else:
            with pytest.raises(keyed.NoSecret):
                await leads.register(session, ADA, now)
    await other.close()


async def test_where_nobody_was_erased_no_secret_is_needed(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        _, is_new = await leads.register(session, ADA, now)

    assert is_new


@pytest.mark.parametrize(
    "message",
    [
        b"From: Ada <ada@example.com>\r\nSubject: Hello\r\nMessage-ID: <1@example.com>\r\n\r\nPlease call me.\r\n",
        b"From: ada@example.com\r\nSubject: Out of office\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n",
    ],
)
async def test_mail_from_somebody_who_was_erased_is_kept_nowhere(kept: Database, now: datetime, message: bytes) -> None:
    await erased(kept, now)

    async with kept.transaction() as session:
        taken = await inbound.take(session, read(message, now), message, now, source="imap")

        assert taken is Taken.NOTHING
        assert list(await session.scalars(select(tables.Stray))) == []


async def test_letters_stop_the_moment_an_erasure_begins(kept: Database, now: datetime) -> None:
    async with kept.transaction() as session:
        lead, _ = await leads.register(session, ADA, now)
        await consents.give(session, ADA.email, "insights", consents.Basis.OPT_IN, {"text": "Yes."}, now)
        assert await consents.refusal(session, ADA.email, "insights") is None

        await erasure.begin(session, lead, reason=Reason.ASKED, by="Operator", now=now)

        assert await consents.refusal(session, ADA.email, "insights") == "suppressed"


async def test_a_company_stays_as_long_as_somebody_else_of_it_is_known(kept: Database, now: datetime) -> None:
    await erased(kept, now)
    async with kept.transaction() as session:
        assert list(await session.scalars(select(tables.Account.name))) == ["Engines"]
        [other] = await session.scalars(select(tables.Lead.id))
        await erasure.begin(session, other, reason=Reason.ASKED, by="Operator", now=now)

    async with kept.transaction() as session:
        await erasure.forget(session, other, now)
        assert list(await session.scalars(select(tables.Account.name))) == []


async def test_mail_that_may_be_from_several_stays_for_the_others(kept: Database, now: datetime) -> None:
    async with kept.transaction() as session:
        lead, _ = await leads.register(session, ADA, now)
        other, _ = await leads.register(session, COLLEAGUE, now)
        for digest, sender, candidates in (("1", ADA.email, ()), ("2", "", (lead,)), ("3", "x@example.net", (other, lead))):
            ids = [str(candidate) for candidate in candidates]
            session.add(tables.Stray(digest=digest, arrived_at=now, sort="reply", reason="", sender=sender, candidates=ids))
        await erasure.begin(session, lead, reason=Reason.ASKED, by="Operator", now=now)

    async with kept.transaction() as session:
        await erasure.forget(session, lead, now)

        left = [(stray.digest, stray.candidates) for stray in await session.scalars(select(tables.Stray))]
    assert left == [("3", [str(other)])]


async def test_to_begin_and_to_forget_twice_changes_nothing(kept: Database, now: datetime) -> None:
    lead = await erased(kept, now)
    before = await suppressions(kept)
    async with kept.transaction() as session:
        assert not await erasure.begin(session, lead, reason=Reason.ASKED, by="Somebody else", now=now + timedelta(days=1))
        await erasure.forget(session, lead, now)
        stub = await stubs.find(session, lead)

    assert stub is not None
    assert (stub.by, stub.went["leads"], stub.finished_at) == ("Operator", 1, None)
    assert await suppressions(kept) == before


async def test_a_name_that_another_lead_has_too_is_no_sign_of_this_one(kept: Database, now: datetime) -> None:
    async with kept.transaction() as session:
        lead, _ = await leads.register(session, ADA, now)
        await leads.register(session, Person(email="other.ada@example.org", given_name="ada", family_name="Lovelace"), now)
        await erasure.begin(session, lead, reason=Reason.ASKED, by="Operator", now=now)
        stub = await stubs.find(session, lead)

    assert stub is not None
    assert stub.words == ("ada@example.com",)


async def test_an_export_has_every_row_that_is_about_the_person_and_says_where_else_they_are_named(kept: Database, now: datetime) -> None:
    async with kept.transaction() as session:
        lead, _ = await leads.register(session, ADA, now)
        other, _ = await leads.register(session, COLLEAGUE, now)
        await consents.give(session, ADA.email, "insights", consents.Basis.OPT_IN, {"text": "Yes, write to me."}, now)
        await session.execute(_LETTER, {"lead": lead, "now": now, "message": b"Dear Ada"})
        await session.execute(_NOTE, {"lead": other, "now": now, "why": "Ada Lovelace said so"})

        known = await export.everything(session, lead, now)

    assert (known["company"], known["leads"][0]["email"], known["consents"][0]["evidence"]) == (
        "Engines",
        ADA.email,
        {"text": "Yes, write to me."},
    )
    assert known["touches"][0]["message"] == "RGVhciBBZGE="
    assert (known["notes"], known["named_elsewhere"]) == ([], ["notes.why"])
    assert COLLEAGUE.email not in str(known)


_LETTER = text("""
    INSERT INTO touches (key, lead_id, enrollment, campaign, letter, topic, why, claimed_at, message)
    VALUES (gen_random_uuid(), :lead, 1, 'welcome', 'hello', 'insights', '', :now, :message)
""")
_NOTE = text("INSERT INTO notes (lead_id, no, at, what, why) VALUES (:lead, 1, :now, 'moved', :why)")


async def test_what_a_provider_reports_of_an_erased_person_holds_nobody_up_and_leaves_no_plain_hash(kept: Database, now: datetime) -> None:
    ada, eve = UUID(int=1), UUID(int=2)
    async with kept.transaction() as session:
        people = await leads.register_all(session, [ADA, COLLEAGUE], now)
        for key, (lead, _), person in zip((ada, eve), people, (ADA, COLLEAGUE), strict=True):
            frozen = touches.Frozen(language="en", address=person.email, message_id=f"<{key}@example.com>", message=b"letter")
            await touches.claim(
                session, key=key, lead_id=lead, enrollment=1, campaign="welcome", letter="hello", topic="insights", why="due", at=now
            )
            await touches.attempted(session, key, now, through="smtp", frozen=frozen)
            await touches.sent(session, key, "", now)
    await erased(kept, now)
    told = [
        reports.Report(id=address, kind=reports.Happening.BOUNCED, at=now, key=key, address=address)
        for key, address in ((ada, ADA.email), (eve, COLLEAGUE.email))
    ]
    async with kept.transaction() as session:
        assert await reports.keep(session, "resend", told, now)
    async with kept.transaction() as session:
        await reports.take(session, "resend", await reports.waiting(session, "resend", now), now)

    assert await suppressions(kept) == {("hmac:", "**", "erased"), (address_hash(COLLEAGUE.email)[:5], "*", "bounced")}
    async with kept.transaction() as session:
        assert (await session.get_one(tables.Touch, eve)).bounced_at == now
