"""Versions of a campaign: since when each runs, who started it, how many leads go on in it, and what is different from the one before."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from nurture.counting.difference import Change, difference
from store.campaigns import campaigns
from store.campaigns.campaigns import short
from store.journeys import selections
from store.tables import Audit
from store.team import audit
from store.team.audit import Asked, Deed, On
from web.desk.campaignheads import edition_of, head_of
from web.desk.frame import desk
from web.desk.retold import retold
from web.entrance import Person, may
from web.front import FrontOf
from web.moments import in_zone
from web.rights import Right
from web.show import message
from web.visitors import language_of

router = APIRouter(prefix="/campaigns", include_in_schema=False)

Looker = Annotated[Person, may(Right.SEE_CAMPAIGNS)]

_MOST: Final = 20
"""Versions on the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """A version in words. ``by`` are those who started it, each with the moment and for how many; none where that was a command."""

    edition: str
    short: str
    since: str
    is_current: bool
    under_way: int
    by: tuple[tuple[str, str, int], ...]
    changes: tuple[tuple[str, str], ...]
    is_first: bool


@router.get("/{name}/versions")
async def versions(name: str, request: Request, front: FrontOf, who: Looker) -> Response:
    """All versions, the current one first."""
    language = language_of(request)
    async with front.database.transaction() as session:
        head = await head_of(session, name, language)
        if head is None:
            return message(language, "no_page", status=404)
        shown = head.editions[: _MOST + 1]
        loaded = await campaigns.load(session, [edition.ref for edition in shown])
        places = await selections.under_way(session, name)
        lines = await audit.lines(session, Asked(on=On.CAMPAIGN, subject=name))
    under_way = Counter[str]()
    for there in places:
        under_way[there.ref] += there.leads
    starts = [line for line in lines if line.what == Deed.CAMPAIGN_STARTED]
    views = []
    for edition, before in zip(shown[:_MOST], [*shown[1:], None], strict=False):
        changes = difference(loaded[before.ref], loaded[edition.ref]) if before else []
        views.append(
            VersionView(
                edition=edition_of(edition.ref),
                short=short(edition.ref),
                since=_at(edition.started_at, language),
                is_current=edition.ref == head.ref,
                under_way=under_way[edition.ref],
                by=tuple(_by(line, language) for line in starts if (line.after or {}).get("ref") == edition.ref),
                changes=tuple(_said(change, language) for change in changes),
                is_first=before is None,
            )
        )
    return desk("campaignversions", request, who, head=head, tab="versions", versions=views)


def _by(line: Audit, language: str) -> tuple[str, str, int]:
    return line.who, _at(line.at, language), int((line.after or {}).get("leads", 0))


def _at(at: datetime, language: str) -> str:
    return in_zone(at, "UTC", language)


def _said(change: Change, language: str) -> tuple[str, str]:
    return retold(change.where, language), retold(change.what, language)
