"""Sends one letter, once: the ledger's row first, the frozen letter, the receipt."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
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
from activities.sender import sender_of, signer_of
from mail.answers import Rejected, SenderBlocked, SendError, Unclear
from mail.clicks import with_counted_links
from mail.compose import compose, message_id_of
from mail.facts import Addressee, Facts, Links, Sender
from mail.letters import Letters
from mail.links import click_url, confirm_url, preferences_url, unsubscribe_url
from mail.templates import HOUSE, LetterError
from mail.transport import Transport
from nurture.actions import Receipt, SendTouch, Status
from nurture.calendar import add, is_open, next_open, within
from nurture.campaign import Campaign
from nurture.kinds import Outcome, Purpose, Refusal
from nurture.profile import Profile
from nurture.standing import Record
from nurture.wishes import wished
from settings import Settings
from store import campaigns, confirmations, consents, engagements, leads, preferences, reps, standings, touches
from store.database import Database
from store.tables import Lead
from store.touches import Frozen, TouchRow

NEWS_ARRIVES_WITHIN: Final = timedelta(hours=1)
"""How long a letter waits for an engagement that the store knows of and its workflow does not."""

_log = logging.getLogger(__name__)


class TouchActivities:
    """Letters go out here and nowhere else."""

    def __init__(self, database: Database, letters: Letters, transport: Transport, settings: Settings, notifier: Notifier) -> None:
        self._database = database
        self._letters = letters
        self._transport = transport
        self._gate = Gate(database, notifier, transport.name)
        self._settings = settings
        self._sender = sender_of(settings)
        self._turnstile = Turnstile(transport.name, self._sender.address.rpartition("@")[2].lower())
        self._signer = signer_of(settings)
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
        window, profile = within(campaign.window, touch.hours), leads.profile_of(lead)
        if not is_open(moment_of(touch.at), window, profile):
            return Receipt(status=Status.SUPERSEDED, until=next_open(moment_of(touch.at), window, profile))
        if refusal := await consents.refusal(session, row.address or lead.email, campaign.topic):
            return Receipt(status=Status.REFUSED, reason=refusal)
        if self._is_in_doubt(touch, row):
            return Receipt(status=Status.IN_DOUBT)
        if touch.too_late_at is not None and touch.too_late_at <= moment_of(touch.at):
            return Receipt(status=Status.SUPERSEDED, until=moment_of(touch.at))
        free_at = await self._free_at(session, touch, campaign, profile)
        if free_at > touch.at:
            return Receipt(status=Status.REFUSED, reason=Refusal.CAPPED, until=free_at)
        return await self._turnstile.look(session, touch, row, row.address or lead.email, lambda at: next_open(at, window, profile))

    async def _may_ask(self, session: AsyncSession, touch: SendTouch, row: TouchRow, confirms: UUID, address: str) -> Receipt | None:
        """The same for a letter that asks to confirm a consent: it needs one that waits for that, and no window and no room under caps."""
        if refusal := await confirmations.refusal(session, confirms, address, moment_of(touch.at)):
            return Receipt(status=Status.REFUSED, reason=refusal)
        return await self._turnstile.look(session, touch, row, address, lambda at: at)

    def _is_in_doubt(self, touch: SendTouch, row: TouchRow) -> bool:
        """Whether a human is to say if the letter has gone: nobody knows, and the transport would not notice a repetition."""
        if self._settings.mail_in_doubt != "ask" or row.doubts <= touch.doubts or row.attempted_at is None:
            return False
        return moment_of(touch.at) - row.attempted_at >= self._transport.remembers

    async def _free_at(self, session: AsyncSession, touch: SendTouch, campaign: Campaign, profile: Profile) -> datetime:
        """From when on the caps, by the ledger, and the lead's own wish have room for this letter; selling has a cap of its own."""
        free_at, sells = touch.at, campaign.purpose(touch.letter) is Purpose.SALES
        selling = campaign.name, [letter for letter, purpose in campaign.purposes.items() if purpose is Purpose.SALES]
        for cap, among in ((campaign.cap, None), (campaign.sales_cap, selling)) if sells else ((campaign.cap, None),):
            recent = await touches.latest_sent(session, touch.lead, cap.touches, among=among) if cap.touches else []
            if recent and len(recent) == cap.touches:
                free_at = max(free_at, add(recent[-1], cap.per, profile))
        last_at = next(iter(await touches.latest_sent(session, touch.lead, 1)), None)
        wish = wished(await preferences.wish_of(session, touch.lead), last_at, campaign.window, profile)
        return max(free_at, wish.at) if wish else free_at

    async def _attempt(self, session: AsyncSession, touch: SendTouch, row: TouchRow, campaign: Campaign) -> bool:
        """Count the attempt, the letter frozen with the first, and say whether it is a probe. Raises what keeps it from being written."""
        frozen = None if row.message else await self._freeze(session, touch, campaign)
        at = moment_of(touch.at)
        await self._turnstile.count(session, touch, row, frozen.address if frozen else row.address)
        if await touches.attempted(session, touch.key, at, through=self._transport.name, frozen=frozen):
            return False
        await self._gate.let_through(session, touch)
        return await touches.attempted(session, touch.key, at, through="", frozen=frozen)

    async def _freeze(self, session: AsyncSession, touch: SendTouch, campaign: Campaign) -> Frozen:
        lead = await session.get_one(Lead, touch.lead)
        links = self._links(touch, campaign.topic)
        addressee = Addressee(
            given_name=lead.given_name,
            family_name=lead.family_name,
            company=await leads.company_of(session, lead),
            title=lead.title,
        )
        sender = await self._in_the_name_of(session, lead, touch)
        facts = Facts(lead=addressee, sender=sender, links=links)
        folder = HOUSE if touch.confirms else campaign.name
        rendered = self._letters.render(folder, touch.letter, lead.language, campaign.language, facts)
        if self._settings.track_clicks and touch.confirms is None:  # nobody is measured before they have agreed
            counted = partial(click_url, self._settings.base, self._settings.link_secret, touch.key)
            rendered = with_counted_links(rendered, facts.links, counted)
        message_id = message_id_of(touch.key, self._sender.address)
        message = compose(
            rendered,
            sender=sender,
            to=lead.email,
            to_name=addressee.name_in(rendered.language),
            message_id=message_id,
            unsubscribe_url=links.unsubscribe,
            sent_at=touch.at,
        )
        signed = self._signer.sign(message) if self._signer else message
        return Frozen(language=rendered.language, address=lead.email, message_id=message_id, message=signed)

    def _links(self, touch: SendTouch, topic: str) -> Links:
        base, secret = self._settings.base, self._settings.link_secret
        return Links(
            unsubscribe=unsubscribe_url(base, secret, touch.lead, topic),
            preferences=preferences_url(base, secret, touch.lead, topic),
            site=base,
            confirm=confirm_url(base, secret, touch.confirms) if touch.confirms else "",
        )

    async def _in_the_name_of(self, session: AsyncSession, lead: Lead, touch: SendTouch) -> Sender:
        """The rep who is named for the lead where the campaign wants it and the rep has an address, else the company."""
        address = await reps.writer(session, lead.owner) if touch.by_owner and lead.owner else ""
        return replace(self._sender, name=lead.owner, address=address, reply_to=address) if address else self._sender

    async def _hand_over(self, touch: SendTouch, record: Record, probing: bool) -> Receipt:
        """Send with the row locked, so that an attempt that was given up for dead cannot send beside this one."""
        async with self._database.transaction() as session:
            row = await touches.hold(session, touch.key)
            if row.sent_at is None:
                assert row.message is not None
                await self._turnstile.stay_open(session, touch)
                provider_id = await self._transport.send(row.message, sender=self._sender.address, to=row.address, key=touch.key)
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
