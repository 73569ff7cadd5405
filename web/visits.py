"""Notices what visitors look at, by a random number in a cookie of our own pages. Nothing that says who they are is asked or kept."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from store import visits
from web.bodies import UnreadableBody, read_fields
from web.front import Front, FrontOf
from web.popups import Offer, offer_to, remember_shown
from web.visitors import address_of, language_of, wants_no_tracking

router = APIRouter()

COOKIE: Final = "visitor"
_SLUG: Final = re.compile(r"[a-z][a-z0-9_-]{0,47}")
_SCHEMA = {
    "type": "object",
    "required": ["content"],
    "properties": {name: {"type": "string", "pattern": f"^{_SLUG.pattern}$"} for name in ("content", "medium")},
}
_OPENAPI = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": _SCHEMA} for kind in ("application/json", "application/x-www-form-urlencoded")},
    }
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """A visit that was kept, and the popup that the page should show with it."""

    visitor: UUID
    offer: Offer | None

    def remember(self, request: Request, front: Front, answer: Response) -> None:
        """Have the browser keep its number, and what was shown to it."""
        kept, secure = int(visits.KEPT.total_seconds()), front.settings.base_url.scheme == "https"
        answer.set_cookie(COOKIE, self.visitor.hex, max_age=kept, httponly=True, samesite="lax", secure=secure)
        if self.offer:
            remember_shown(request, front, answer, self.offer)


@router.post("/visits", status_code=204, responses={200: {"description": "A popup to show, with its form."}}, openapi_extra=_OPENAPI)
async def visited(request: Request, front: FrontOf) -> Response:
    """Take a visit that a page of this site reports. The answer has the popup that the page should show, or is empty."""
    if not _is_from_here(request, front):
        return Response(status_code=403)
    seconds = await front.visits.take(address_of(request))
    if seconds is not None:
        return Response(status_code=429, headers={"Retry-After": str(seconds)})
    try:
        fields = await read_fields(request)
    except UnreadableBody as unreadable:
        return Response(status_code=unreadable.status)
    content, medium = fields.get("content"), fields.get("medium") or ""
    if not isinstance(content, str) or not _SLUG.fullmatch(content):
        return Response(status_code=422)
    if not isinstance(medium, str) or (medium and not _SLUG.fullmatch(medium)):
        return Response(status_code=422)
    noticed = await _keep(request, front, content, medium)
    if noticed is None:
        return Response(status_code=204)
    offer = noticed.offer
    answer = JSONResponse(offer.said(language_of(request))) if offer else Response(status_code=204)
    noticed.remember(request, front, answer)
    return answer


async def notice(request: Request, front: Front, content: str) -> Noticed | None:
    """Keep that a page of this site was looked at; None where that is not noticed."""
    if request.method == "GET" and await front.visits.take(address_of(request)) is None:
        return await _keep(request, front, content, "site")
    return None


async def _keep(request: Request, front: Front, content: str, medium: str) -> Noticed | None:
    """Keep a visit, and give who comes for the first time a number. Whoever asks not to be tracked is not."""
    if wants_no_tracking(request):
        return None
    visitor = visitor_of(request) or uuid4()
    async with front.database.transaction() as session:
        await visits.see(session, visitor, content, medium, front.now())
        return Noticed(visitor=visitor, offer=await offer_to(session, request, front, visitor))


def visitor_of(request: Request) -> UUID | None:
    """The number that this browser was given; None where there is none, or where it is none of ours."""
    kept = request.cookies.get(COOKIE, "")
    return UUID(kept) if re.fullmatch(r"[0-9a-f]{32}", kept) else None


def _is_from_here(request: Request, front: Front) -> bool:
    """Whether a page of this site sent it, as far as the browser says."""
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc in (request.headers.get("host"), urlsplit(front.settings.base).netloc)
