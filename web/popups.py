"""Offers a form to a visitor of whom nothing is known, where a popup of the site fits. Whoever has sent a form is never bothered."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from nurture.plan.campaign import Campaign
from nurture.plan.form import Form
from nurture.plan.popups import LONGEST, Popup, fitting, read_popups
from store.campaigns import campaigns
from store.site import visits
from store.site.visits import Seen
from web.formfields import form_view, said
from web.front import Front
from web.stamps import stamp
from web.words import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A popup to show, with its form."""

    popup: Popup
    campaign: Campaign
    form: Form

    def said(self, front: Front, language: str) -> dict[str, object]:
        """For a page that shows it itself: the text, and all that its form needs."""
        name = self.popup.form
        view = form_view(name, self.form, language, opened=stamp(front, name), plans=self.campaign.fields, medium="popup")
        close = words(language)["popup_close"]
        return {"popup": self.popup.name, "text": self.popup.text[language], "close": close, "form": said(view, language, briefly=True)}


def popups_of(file: str) -> tuple[Popup, ...]:
    """The popups of a file; none where no file is named. Raises CampaignError with every wrong line, and OSError where it is not there."""
    return read_popups(Path(file).read_text(encoding="utf-8"), file) if file else ()


async def offer_to(session: AsyncSession, front: Front, visitor: UUID, seen: Seen) -> Offer | None:
    """What to show with this visit, if anything. It counts as shown."""
    if seen.lead_id is not None or not front.popups:
        return None
    now = front.now()
    looks = await visits.looks(session, visitor, now - LONGEST)
    for popup in fitting(front.popups, looks, seen.shown, now):
        if found := await campaigns.form(session, popup.form):
            await visits.remember_shown(session, visitor, popup.name, now)
            return Offer(popup=popup, campaign=found[0], form=found[1])
    return None
