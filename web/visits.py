"""Notices what visitors look at who agreed to be known again: by a random number that the site keeps, and that its script sends along."""

import re
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from store.site import visits
from store.site.arrivals import Arrival
from store.site.visits import Meeting
from web.arriving import arrival_of
from web.bodies import UnreadableBody, read_fields
from web.front import Front, FrontOf
from web.popups import offer_to
from web.sites import is_from_a_site_of_ours, origin_of
from web.visitors import address_of, language_said, wants_no_tracking

router = APIRouter()

_SLUG: Final = re.compile(r"[a-z][a-z0-9_-]{0,47}")
_NUMBER: Final = re.compile(r"[0-9a-f]{32}")
_SCHEMA = {
    "type": "object",
    "required": ["visitor", "content"],
    "properties": {"visitor": {"type": "string", "pattern": f"^{_NUMBER.pattern}$"}}
    | {name: {"type": "string", "pattern": f"^{_SLUG.pattern}$"} for name in ("content", "medium")}
    | {name: {"type": "string"} for name in ("page", "referrer", "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")},
}
_OPENAPI = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": _SCHEMA} for kind in ("application/json", "application/x-www-form-urlencoded")},
    }
}


@router.post("/visits", status_code=204, responses={200: {"description": "A popup to show, with its form."}}, openapi_extra=_OPENAPI)
async def visited(request: Request, front: FrontOf) -> Response:
    """Take a visit that a page of a site reports. The answer has the popup that the page should show, or is empty."""
    fields = await _read(request, front)
    if isinstance(fields, Response):
        return fields
    visitor, content, medium = visitor_in(fields), fields.get("content"), fields.get("medium") or ""
    if not isinstance(content, str) or not _SLUG.fullmatch(content) or visitor is None:
        return Response(status_code=422)
    if not isinstance(medium, str) or (medium and not _SLUG.fullmatch(medium)):
        return Response(status_code=422)
    if wants_no_tracking(request):
        return Response(status_code=204)
    now, language = front.now(), language_said(request, fields)
    async with front.database.transaction() as session:
        seen = await visits.see(session, visitor, content, medium, now, site=origin_of(request), arrival=arrival_of(fields, now))
        offer = await offer_to(session, front, visitor, seen)
    return JSONResponse(offer.said(front, language)) if offer else Response(status_code=204)


@router.post("/visits/forget", include_in_schema=False)
async def forget(request: Request, front: FrontOf) -> Response:
    """A visitor does not want to be known again."""
    fields = await _read(request, front)
    if isinstance(fields, Response):
        return fields
    if (visitor := visitor_in(fields)) is not None:
        async with front.database.transaction() as session:
            await visits.forget(session, visitor)
    return Response(status_code=204)


async def _read(request: Request, front: Front) -> dict[str, object] | Response:
    """What a page reports; an answer where it is not taken."""
    if not is_from_a_site_of_ours(request, front.settings):
        return Response(status_code=403)
    seconds = await front.visits.take(address_of(request))
    if seconds is not None:
        return Response(status_code=429, headers={"Retry-After": str(seconds)})
    try:
        return await read_fields(request)
    except UnreadableBody as unreadable:
        return Response(status_code=unreadable.status)


def visitor_in(fields: Mapping[str, object]) -> UUID | None:
    """The number of a browser whose owner agreed to be known again; None where there is none."""
    said = fields.get("visitor")
    return UUID(said) if isinstance(said, str) and _NUMBER.fullmatch(said) else None


def meeting_of(fields: Mapping[str, object], site: str, arrival: Arrival | None) -> Meeting | None:
    """The visitor who sends a form."""
    visitor = visitor_in(fields)
    return Meeting(visitor=visitor, site=site, arrival=arrival) if visitor else None
