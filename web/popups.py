"""Offers a form to a visitor of whom nothing is known, where a popup of the site fits. Whoever has sent a form is never bothered."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from nurture.campaign import Form
from nurture.popups import LONGEST, Popup, fitting, read_popups
from store import campaigns, visits
from web.front import Front
from web.visitors import wants_no_tracking

COOKIE: Final = "popups"
"""What a browser remembers of popups: which it has shown and when, or that its owner has said who they are. It tells nobody apart."""

_KNOWN: Final = "known"
_SHOWN: Final = re.compile(r"([a-z][a-z0-9_-]{0,47}):(\d{12})")
_KEPT: Final = timedelta(days=400)
"""As long as browsers keep a cookie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A popup to show, with its form."""

    popup: Popup
    form: Form

    def said(self, language: str) -> dict[str, object]:
        """For a page that shows it itself: the text, and all that its form needs."""
        form = {"name": self.popup.form, "action": f"/forms/{self.popup.form}"}
        asked = {"contents": list(self.form.contents), "consent": self.form.consent}
        return {"popup": self.popup.name, "text": self.popup.text[language], "form": form | asked}


def popups_of(file: str) -> tuple[Popup, ...]:
    """The popups of a file; none where no file is named. Raises CampaignError with every wrong line, and OSError where it is not there."""
    return read_popups(Path(file).read_text(encoding="utf-8"), file) if file else ()


async def offer_to(session: AsyncSession, request: Request, front: Front, visitor: UUID) -> Offer | None:
    """What to show with this visit, if anything."""
    said, now = request.cookies.get(COOKIE, ""), front.now()
    if said == _KNOWN or not front.popups:
        return None
    looks = await visits.looks(session, visitor, now - LONGEST)
    for popup in fitting(front.popups, looks, _shown(said), now):
        if found := await campaigns.form(session, popup.form):
            return Offer(popup=popup, form=found[1])
    return None


def remember_shown(request: Request, front: Front, answer: Response, offer: Offer) -> None:
    """The browser remembers that it has shown this; what no popup is called any more is forgotten."""
    names = {popup.name for popup in front.popups}
    shown = {name: at for name, at in _shown(request.cookies.get(COOKIE, "")).items() if name in names} | {offer.popup.name: front.now()}
    _set(front, answer, ".".join(f"{name}:{at:%Y%m%d%H%M}" for name, at in shown.items()))


def remember_known(request: Request, front: Front, answer: Response) -> None:
    """The browser remembers that its owner has said who they are."""
    if not wants_no_tracking(request):
        _set(front, answer, _KNOWN)


def _set(front: Front, answer: Response, value: str) -> None:
    secure = front.settings.base_url.scheme == "https"
    answer.set_cookie(COOKIE, value, max_age=int(_KEPT.total_seconds()), httponly=True, samesite="lax", secure=secure)


def _shown(said: str) -> Mapping[str, datetime]:
    """When each popup was last shown, to the minute. What is no moment is passed over."""
    shown = {}
    for part in said.split(".")[:50]:
        if found := _SHOWN.fullmatch(part):
            try:
                shown[found[1]] = datetime.strptime(found[2], "%Y%m%d%H%M").replace(tzinfo=UTC)
            except ValueError:
                continue
    return shown
