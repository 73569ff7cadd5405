"""Writes a letter as every attempt is to send it: by its template, or in the words of the rep who wrote it."""

from dataclasses import replace
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mail.clicks import with_counted_links
from mail.compose import compose, message_id_of
from mail.facts import Addressee, Facts, Links, Sender
from mail.letters import Letters, Rendered
from mail.links import click_url, confirm_url, preferences_url, unsubscribe_url
from mail.personal import as_letter
from mail.sender import sender_of, signer_of
from mail.templates import HOUSE, LetterError
from nurture.actions import SendTouch
from nurture.plan.campaign import Campaign
from settings import Settings
from store.leads import leads
from store.mail import personal
from store.mail.touches import Frozen
from store.tables import Lead, PersonalLetter
from store.team import reps

_GONE: Final = "the letter that a rep wrote is not there any more"


class Writer:
    """Knows who sends, who signs, and where links lead."""

    def __init__(self, letters: Letters, settings: Settings) -> None:
        self._letters = letters
        self._settings = settings
        self._signer = signer_of(settings)
        self.sender = sender_of(settings)

    async def freeze(self, session: AsyncSession, touch: SendTouch, campaign: Campaign) -> Frozen:
        """The bytes of the letter, and whom they go to. Raises LetterError or Rejected."""
        lead = await session.get_one(Lead, touch.lead)
        links = self._links(touch, campaign.topic)
        addressee = Addressee(
            given_name=lead.given_name,
            family_name=lead.family_name,
            company=await leads.company_of(session, lead),
            title=lead.title,
        )
        if touch.personal is not None:
            own = await self._own(session, touch.personal)
            sender = replace(self.sender, name=own.writer, address=own.address, reply_to=own.address)
            rendered = as_letter(self._letters, own.subject, own.text, own.language, Facts(lead=addressee, sender=sender, links=links))
        else:
            sender = await self._in_the_name_of(session, lead, touch)
            rendered = self._by_template(touch, campaign, lead.language, Facts(lead=addressee, sender=sender, links=links))
        message_id = message_id_of(touch.key, self.sender.address)
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

    def _by_template(self, touch: SendTouch, campaign: Campaign, language: str, facts: Facts) -> Rendered:
        folder = HOUSE if touch.confirms else campaign.name
        rendered = self._letters.render(folder, touch.letter, language, campaign.language, facts)
        if self._settings.track_clicks and touch.confirms is None:  # nobody is measured before they have agreed
            counted = partial(click_url, self._settings.base, self._settings.link_secret, touch.key)
            rendered = with_counted_links(rendered, facts.links, counted)
        return rendered

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
        return replace(self.sender, name=lead.owner, address=address, reply_to=address) if address else self.sender

    async def _own(self, session: AsyncSession, id: UUID) -> PersonalLetter:
        letter = await personal.find(session, id)
        if letter is None:
            raise LetterError(_GONE)
        return letter
