"""Mail that came in: whose it is, and what it means for that lead. What nobody can be found for is kept for a human.

Each message counts once, whichever way and however often it comes in. Two people who are known are never taken for one.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from nurture.engagements import Engagement
from nurture.kinds import Kind
from nurture.leadside import Absent, Bounced, OptedOut, Replied
from nurture.places import zone
from nurture.verdict import Sort, Verdict
from store.addresses import comparable
from store.bulk import lock_leads
from store.consent import consents
from store.consent.consents import EVERYTHING
from store.leads import engagements, keyed
from store.leads.leads import profile_of
from store.mail import deliveries, strays, whose
from store.mail.deliveries import Fact, Sent
from store.mail.whose import By, at_same_company, last_letter_to, lead_at, letter_of, may_be_same, written_by
from store.tables import Lead

AWAY_AT_LEAST_DAYS: Final = 14
"""How long somebody is away whose note does not say it."""

_LONGEST_TEXT: Final = 20_000
_OLDEST: Final = timedelta(days=30)


class Taken(StrEnum):
    """What became of a message."""

    RECORDED = "recorded"
    KNOWN = "known"
    FOR_A_HUMAN = "for_a_human"
    NOTHING = "nothing"
    """It says nothing that counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mail:
    """A message on its way in."""

    session: AsyncSession
    verdict: Verdict
    message: bytes
    source: str
    now: datetime

    def at(self, lead: Lead) -> datetime:
        """When it was written, as far as that can be; else when it came."""
        said = self.verdict.sent_at
        return said if said and max(lead.created_at, self.now - _OLDEST) <= said <= self.now else self.now

    async def tell(self, lead: Lead, engagement: Engagement, *, key: str = "", **details: Any) -> bool:
        """Record it for a lead; False where this message, or what ``key`` stands for, was recorded for it before."""
        key = key or f"mail:{self.verdict.digest}:{lead.id}"
        said = {"from": self.verdict.sender, "subject": self.verdict.subject[:500], "text": self.verdict.text[:_LONGEST_TEXT]} | details
        return await engagements.record(self.session, lead.id, engagement, source=self.source, details=said, key=key) is not None


async def take(session: AsyncSession, verdict: Verdict, message: bytes, now: datetime, *, source: str, ours: Collection[str] = ()) -> Taken:
    """Make of a message what it is for a lead. ``source`` says which way it came in, ``ours`` are addresses whose mail is our own.

    It belongs to the lead whose letter it names; else to the lead whose address it is from or about. What is from or about somebody who
    asked to be erased is kept nowhere: it stays in the mailbox, where people read it.
    """
    if await keyed.erased(session, {verdict.sender, verdict.recipient} - {""}):
        return Taken.NOTHING
    mail = _Mail(session=session, verdict=verdict, message=message, source=source, now=now)
    match verdict.sort:
        case Sort.AUTOMATIC | Sort.DELAY:
            return Taken.NOTHING
        case Sort.BLOCK | Sort.UNCLEAR | Sort.UNREADABLE:
            return await _for_a_human(mail, verdict.why)
        case Sort.BOUNCE | Sort.COMPLAINT:
            return await _take_report(mail)
        case _ if verdict.sender in ours or await whose.is_a_reps(session, verdict.sender):
            return Taken.NOTHING
        case _:
            return await _take_writing(mail)


async def _take_report(mail: _Mail) -> Taken:
    """A bounce or complaint is about an address: a lead that has another one by now does not hear of it."""
    verdict = mail.verdict
    sent = await letter_of(mail.session, mail.verdict) or await last_letter_to(mail.session, verdict.recipient)
    if sent is None:
        return await _for_a_human(mail, "a report about a letter that is not ours")
    if verdict.sort is Sort.BOUNCE and verdict.recipient and not may_be_same(verdict.recipient, sent.address):
        return await _for_a_human(mail, "a report about another address than the letter went to", sent.lead_id)
    await lock_leads(mail.session, [sent.lead_id])
    lead = await mail.session.get_one(Lead, sent.lead_id)
    at = mail.at(lead)
    is_bounce = verdict.sort is Sort.BOUNCE
    reason = "bounced" if is_bounce else "complained"
    if lead.email == comparable(sent.address):
        happened: Engagement = Bounced(at=at) if is_bounce else OptedOut(at=at)
        # The key is the one that a provider's webhook has for it: told twice over, it counts once.
        if not await mail.tell(lead, happened, key=f"{reason}:{sent.key}", sort=verdict.sort, status=verdict.status):
            return Taken.KNOWN
    await consents.suppress(mail.session, sent.address, EVERYTHING, reason, at)
    await deliveries.told(mail.session, sent.key, Fact.BOUNCED if is_bounce else Fact.COMPLAINED, at)
    return Taken.RECORDED


async def _take_writing(mail: _Mail) -> Taken:
    """What somebody wrote, or their mailbox for them."""
    sent, writer = await letter_of(mail.session, mail.verdict), await lead_at(mail.session, mail.verdict.sender)
    answered = sent or (await last_letter_to(mail.session, writer.email) if writer else None)
    if answered is None:
        if mail.verdict.sort is Sort.REFUSAL:
            return await _refused_by_nobody_known(mail, writer)
        candidates = [writer.id] if writer else await at_same_company(mail.session, mail.verdict.sender)
        return await _for_a_human(mail, "nobody was written to from whom this can be an answer", *candidates)
    await lock_leads(mail.session, sorted({answered.lead_id, *([writer.id] if writer else [])}))
    lead = await mail.session.get_one(Lead, answered.lead_id)
    by = written_by(mail.verdict, lead, answered, writer)
    other = writer if by is By.COLLEAGUE else None
    match mail.verdict.sort:
        case Sort.ABSENCE:
            return _known_or_not(await _absent(mail, other or lead, by))
        case Sort.DEPARTED:
            return await _departed(mail, lead, by, other)
        case Sort.REFUSAL:
            return _known_or_not(await _refused(mail, lead, by, other, answered))
        case _:
            return _known_or_not(await _replied(mail, lead, by, other, answered))


async def _replied(mail: _Mail, lead: Lead, by: By, colleague: Lead | None, answered: Sent) -> bool:
    about = {"colleague": str(colleague.id)} if colleague else {}
    if not await mail.tell(lead, Replied(at=mail.at(lead)), by=by, **about):
        return False
    await deliveries.told(mail.session, answered.key, Fact.REPLIED, mail.at(lead))
    return True


async def _refused(mail: _Mail, lead: Lead, by: By, colleague: Lead | None, answered: Sent) -> bool:
    """Whoever refuses gets no letters. What a known colleague says of itself, a human hears for the lead."""
    refusing = colleague or lead
    if not await mail.tell(refusing, OptedOut(at=mail.at(refusing)), by=by, words=mail.verdict.why):
        return False
    for address in sorted({refusing.email, mail.verdict.sender}):
        await consents.suppress(mail.session, address, EVERYTHING, Kind.OPTED_OUT, mail.now)
    if colleague:
        await _replied(mail, lead, by, colleague, answered)
    return True


async def _refused_by_nobody_known(mail: _Mail, lead: Lead | None) -> Taken:
    """Somebody refuses before we ever wrote, or from an address that we do not know: it holds for that address all the same."""
    if lead is not None:
        await lock_leads(mail.session, [lead.id])
        if not await mail.tell(lead, OptedOut(at=mail.at(lead)), by=By.LEAD, words=mail.verdict.why):
            return Taken.KNOWN
        await consents.suppress(mail.session, lead.email, EVERYTHING, Kind.OPTED_OUT, mail.now)
        return Taken.RECORDED
    taken = await _for_a_human(
        mail, "a refusal from an address that is no lead's", *await at_same_company(mail.session, mail.verdict.sender)
    )
    if taken is Taken.FOR_A_HUMAN:
        await consents.suppress(mail.session, mail.verdict.sender, EVERYTHING, Kind.OPTED_OUT, mail.now)
    return taken


async def _absent(mail: _Mail, lead: Lead, by: By) -> bool:
    today = mail.now.astimezone(zone(profile_of(lead).zone)).date()
    said = mail.verdict.back_on
    until = said or today + timedelta(days=AWAY_AT_LEAST_DAYS)
    return await mail.tell(lead, Absent(at=mail.at(lead), until=max(until, today + timedelta(days=1))), by=by, said=bool(said))


async def _departed(mail: _Mail, lead: Lead, by: By, colleague: Lead | None) -> Taken:
    """Nobody is left at the address. A human looks for whoever came after."""
    gone = colleague or lead
    if by not in (By.LEAD, By.COLLEAGUE):
        return await _for_a_human(mail, "somebody has left, and it may not be the lead", lead.id)
    if not await mail.tell(gone, Bounced(at=mail.at(gone)), by=by, sort=mail.verdict.sort):
        return Taken.KNOWN
    await consents.suppress(mail.session, gone.email, EVERYTHING, Sort.DEPARTED, mail.now)
    return Taken.RECORDED


def _known_or_not(is_news: bool) -> Taken:
    return Taken.RECORDED if is_news else Taken.KNOWN


async def _for_a_human(mail: _Mail, reason: str, *candidates: UUID) -> Taken:
    is_news = await strays.keep(mail.session, mail.verdict, mail.message, reason, mail.now, *candidates)
    return Taken.FOR_A_HUMAN if is_news else Taken.KNOWN
