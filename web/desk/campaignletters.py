"""Letters of a campaign: what became of each, by version, with intervals that are honest about small numbers."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from mail.previews import languages_of
from nurture.counting.shares import Share
from nurture.plan.campaign import Campaign
from store.campaigns import funnels
from store.campaigns.campaigns import short
from store.campaigns.funnels import FACTS, Funnel
from web.desk.campaignheads import head_of
from web.desk.frame import desk
from web.desk.openletters import letters_in
from web.entrance import Person, may
from web.front import Front, FrontOf
from web.paths import Number
from web.rights import Right
from web.show import message
from web.visitors import language_of

router = APIRouter(prefix="/campaigns", include_in_schema=False)

Looker = Annotated[Person, may(Right.SEE_CAMPAIGNS)]

PERIODS: Final = (30, 90, 365)
"""Days over which letters can be looked at."""

USUAL: Final = 90

FEW: Final = 30
"""Of fewer letters than that nearly nothing is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareView:
    """A share in words, and where its bar and its interval are drawn, in parts of 100."""

    count: int
    part: str
    between: str
    bar: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterView:
    """A letter with what became of it. ``languages`` it is written in; none where it is no letter of this version any more."""

    name: str
    edition: str
    languages: tuple[str, ...]
    is_sent_by_plan: bool
    sent: int
    is_few: bool
    facts: dict[str, ShareView]


@router.get("/{name}/letters")
async def letters(name: str, request: Request, front: FrontOf, who: Looker, days: Number = USUAL) -> Response:
    """Every letter, all versions together and each by itself."""
    days = days if days in PERIODS else USUAL
    async with front.database.transaction() as session:
        head = await head_of(session, name, language_of(request))
        if head is None:
            return message(language_of(request), "no_page", status=404)
        found = await funnels.of_letters(session, head.refs, front.now() - timedelta(days=days))
    sums = {one.letter: one for one in funnels.together(found)}
    unsent = [letter for letter in head.campaign.letters if letter not in sums]
    order = {letter: place for place, letter in enumerate(head.campaign.letters)}
    views = [letter_view(front, head.campaign, one) for one in sorted(sums.values(), key=lambda one: order.get(one.letter, len(order)))]
    parts = {one.letter: [letter_view(front, head.campaign, part) for part in found if part.letter == one.letter] for one in sums.values()}
    return desk(
        "campaignletters",
        request,
        who,
        head=head,
        tab="letters",
        letters=views,
        parts=parts,
        unsent=[(letter, languages_of(letters_in(front.settings), name, letter)) for letter in unsent],
        facts=FACTS,
        days=days,
        periods=PERIODS,
        few=FEW,
    )


def letter_view(front: Front, campaign: Campaign, funnel: Funnel) -> LetterView:
    """A funnel in words."""
    return LetterView(
        name=funnel.letter,
        edition=short(funnel.ref) if funnel.ref else "",
        languages=tuple(languages_of(letters_in(front.settings), campaign.name, funnel.letter)),
        is_sent_by_plan=funnel.letter in campaign.letters,
        sent=funnel.sent,
        is_few=funnel.sent < FEW,
        facts={fact: _share_view(funnel.share(fact)) for fact in FACTS},
    )


def _share_view(share: Share) -> ShareView:
    return ShareView(
        count=share.count,
        part=f"{share.part:.1%}" if share.part is not None else "–",
        between=f"{share.low:.1%}–{share.high:.1%}",
        bar=round(100 * (share.part or 0), 2),
        low=round(100 * share.low, 2),
        high=round(100 * share.high, 2),
    )
