"""Sends one letter, once: the ledger's row first, the frozen letter, the receipt."""

import logging
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.alive import alive
from activities.gate import Gate
from activities.moment import moment_of
from activities.notify import Notifier
from activities.pace import NotYet, Turnstile
from activities.writer import Writer
from mail.answers import Rejected, SenderBlocked, SendError, Unclear
from mail.letters import Letters
from mail.templates import LetterError
from mail.transport import Transport
from nurture.actions import Receipt, SendTouch, Status
from nurture.calendar import is_open, next_open, within
from nurture.kinds import Outcome, Purpose, Refusal
from nurture.plan.campaign import Campaign
from nurture.standing import Record
from settings import Settings
from store.campaigns import campaigns
from store.consent import confirmations, consents
from store.database import Database
from store.journeys import standings
from store.leads import engagements, leads
from store.mail import caps, touches
from store.mail.touches import TouchRow
from store.tables import Lead

NEWS_ARRIVES_WITHIN: Final = timedelta(hours=1)
"""How long a letter waits for an engagement that the store knows of and its workflow does not."""

_log = logging.getLogger(__name__)


class TouchActivities:
    """Letters go out here and nowhere else."""

    def __init__(self, database: Database, letters: Letters, transport: Transport, settings: Settings, notifier: Notifier) -> None:
        self._database = database
        self._writer = Writer(letters, settings)
        self._transport = transport
        self._gate = Gate(database, notifier, transport.name)
        self._settings = settings
        self._turnstile = Turnstile(transport.name, self._writer.sender.address.rpartition("@")[2].lower())
        self._editions: dict[str, Campaign] = {}

    @activity.defn(name="send_touch")
    async def send_touch(self, touch: SendTouch, record: Record) -> Receipt:
        """Send a letter unless it was sent, or anything forbids it by now.

        Consent, suppression and the cap are asked of the store on every attempt, and so is whether the decision still knows everything that
        the lead did. Raises SendError, for Temporal to try again.
        """
        probing = False
        async with self._database.transaction() as session:
            row, campaign = await self._claim(session, touch)
            if touch.said is Outcome.SENT:
                await touches.sent(session, touch.key, "", row.attempted_at or moment_of(touch.at), carried_at=row.attempted_at)
                await standings.write(session, touch.lead, record)
                return Receipt()
            if row.sent_at is None:
                receipt = await self._may_go(session, touch, row, campaign)
                if receipt is None:
                    try:
                        probing = await self._attempt(session, touch, row, campaign)
                    except NotYet as waits:
                        receipt = waits.receipt
                    except (LetterError, Rejected) as error:
                        receipt = _not_written(touch, error)
                if receipt is not None:
                    await self._write_down(session, touch, record, receipt)
                    return receipt
        try:
            async with alive():
                return await self._hand_over(touch, record, probing)
        except SendError as error:
            return await self._not_sent(touch, record, error)

    async def _claim(self, session: AsyncSession, touch: SendTouch) -> tuple[TouchRow, Campaign]:
        if touch.campaign not in self._editions:  # which never change
            self._editions.update(await campaigns.load(session, [touch.campaign]))
        campaign = self._editions[touch.campaign]
        row = await touches.claim(
            session,
            key=touch.key,
            lead_id=touch.lead,
            enrollment=touch.enrollment,
            campaign=touch.campaign,
            letter=touch.letter,
            topic=campaign.topic,
            why=touch.why,
            at=touch.at,
            confirms=touch.confirms,
        )
        return row, campaign

    async def _may_go(self, session: AsyncSession, touch: SendTouch, row: TouchRow, campaign: Campaign) -> Receipt | None:
        """None when the letter may go; else what came of it instead."""
        if await engagements.latest_seq(session, touch.lead) > touch.seen:
            return Receipt(status=Status.SUPERSEDED, until=touch.at + NEWS_ARRIVES_WITHIN)
        lead = await session.get_one(Lead, touch.lead)
        if touch.confirms is not None:
            return await self._may_ask(session, touch, row, touch.confirms, row.address or lead.email)
        if touch.personal is not None:
            return await self._may_write(session, touch, row, campaign, lead)
        window, profile = within(campaign.window, touch.hours), leads.profile_of(lead)
        if not touch.at_once and not is_open(moment_of(touch.at), window, profile):
            return Receipt(status=Status.SUPERSEDED, until=next_open(moment_of(touch.at), window, profile))
        if refusal := await consents.refusal(session, row.address or lead.email, campaign.topic):
            return Receipt(status=Status.REFUSED, reason=refusal)
        if self._is_in_doubt(touch, row):
            return Receipt(status=Status.IN_DOUBT)
        if touch.too_late_at is not None and touch.too_late_at <= moment_of(touch.at):
            return Receipt(status=Status.SUPERSEDED, until=moment_of(touch.at))
        sells = campaign.purpose(touch.letter) is Purpose.SALES
        free_at = await caps.free_at(session, touch.lead, campaign, profile, touch.at, sells=sells)
        if free_at > touch.at:
            return Receipt(status=Status.REFUSED, reason=Refusal.CAPPED, until=free_at)
        return await self._turnstile.look(session, touch, row, row.address or lead.email, lambda at: next_open(at, window, profile))

    async def _may_ask(self, session: AsyncSession, touch: SendTouch, row: TouchRow, confirms: UUID, address: str) -> Receipt | None:
        """The same for a letter that asks to confirm a consent: it needs one that waits for that, and no window and no room under caps."""
        if refusal := await confirmations.refusal(session, confirms, address, moment_of(touch.at)):
            return Receipt(status=Status.REFUSED, reason=refusal)
        return await self._turnstile.look(session, touch, row, address, lambda at: at)

    async def _may_write(self, session: AsyncSession, touch: SendTouch, row: TouchRow, campaign: Campaign, lead: Lead) -> Receipt | None:
        """The same for a rep's own letter: it waits for no window, and for no cap either: its rep sees that it is full, and decides."""
        if refusal := await consents.refusal(session, row.address or lead.email, campaign.topic):
            return Receipt(status=Status.REFUSED, reason=refusal)
        if self._is_in_doubt(touch, row):
            return Receipt(status=Status.IN_DOUBT)
        if await caps.free_at(session, touch.lead, campaign, leads.profile_of(lead), touch.at) > touch.at:
            return Receipt(status=Status.REFUSED, reason=Refusal.CAPPED)
        return await self._turnstile.look(session, touch, row, row.address or lead.email, lambda at: at)

    def _is_in_doubt(self, touch: SendTouch, row: TouchRow) -> bool:
        """Whether a human is to say if the letter has gone: nobody knows, and the transport would not notice a repetition."""
        if self._settings.mail_in_doubt != "ask" or row.doubts <= touch.doubts or row.attempted_at is None:
            return False
        return moment_of(touch.at) - row.attempted_at >= self._transport.remembers

    async def _attempt(self, session: AsyncSession, touch: SendTouch, row: TouchRow, campaign: Campaign) -> bool:
        """Count the attempt, the letter frozen with the first, and say whether it is a probe. Raises what keeps it from being written."""
        frozen = None if row.message else await self._writer.freeze(session, touch, campaign)
        at = moment_of(touch.at)
        await self._turnstile.count(session, touch, row, frozen.address if frozen else row.address)
        if await touches.attempted(session, touch.key, at, through=self._transport.name, frozen=frozen):
            return False
        await self._gate.let_through(session, touch)
        return await touches.attempted(session, touch.key, at, through="", frozen=frozen)

    async def _hand_over(self, touch: SendTouch, record: Record, probing: bool) -> Receipt:
        """Send with the row locked, so that an attempt that was given up for dead cannot send beside this one."""
        async with self._database.transaction() as session:
            row = await touches.hold(session, touch.key)
            if row.sent_at is None:
                assert row.message is not None
                await self._turnstile.stay_open(session, touch)
                provider_id = await self._transport.send(row.message, sender=self._writer.sender.address, to=row.address, key=touch.key)
                carried_at = activity.info().started_time
                await touches.sent(session, touch.key, provider_id, moment_of(touch.at), carried_at=carried_at)
                if probing:
                    await self._gate.open(session)
            await standings.write(session, touch.lead, record)
        return Receipt()

    async def _not_sent(self, touch: SendTouch, record: Record, error: SendError) -> Receipt:
        """Write down that nothing was carried, where that is known. Where it is to be tried again, raises for Temporal."""
        if not isinstance(error, Unclear):
            async with self._database.transaction() as session:
                await touches.not_taken(session, touch.key)
        if isinstance(error, SenderBlocked):
            await self._gate.shut(touch, error)
        elif not isinstance(error, Rejected):
            # The chained cause is left out: a library's words may repeat an address, and failures are kept in Temporal.
            raise ApplicationError(str(error), type=type(error).__name__) from None
        _log.warning("touch %s: the server refuses this recipient (%s %s)", touch.key, error.code, error.status)
        receipt = Receipt(status=Status.REFUSED, reason=Refusal.REJECTED)
        async with self._database.transaction() as session:
            await self._write_down(session, touch, record, receipt)
        return receipt

    async def _write_down(self, session: AsyncSession, touch: SendTouch, record: Record, receipt: Receipt) -> None:
        if receipt.status is Status.REFUSED and receipt.reason is not None:
            await touches.refused(session, touch.key, receipt.reason, moment_of(touch.at))
        await standings.write(session, touch.lead, record)


def _not_written(touch: SendTouch, error: LetterError | Rejected) -> Receipt:
    _log.error("touch %s cannot be written: %s", touch.key, error)
    return Receipt(status=Status.REFUSED, reason=Refusal.NO_ADDRESS if isinstance(error, Rejected) else Refusal.FAILED)
