"""Leads whoever follows a link of a letter to where it goes, and writes the click down, with what shows that it was a machine's."""

import asyncio
import logging
import re
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from mail.links import read_click_token
from nurture.clicks import Click, Machine
from nurture.plan.targets import is_target
from store.mail import clicks
from web.front import Front, FrontOf
from web.guard import AWAY
from web.show import message
from web.visitors import header, language_of

router = APIRouter()

PATIENCE_SECONDS: Final = 5.0
"""How long somebody who follows a link waits for the click to be written down. Then they go on, and it is not counted."""

_HEADERS: Final = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex", "Cache-Control": "no-store"}

_PROGRAM: Final = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|scan|preview|monitor|fetch|probe|validator|checker|headless|phantomjs|selenium|puppeteer|playwright"
    r"|python|curl|wget|libwww|httpclient|http-client|okhttp|axios|node-fetch|undici|guzzle|java/|ruby|perl|powershell|winhttp"
    r"|existence discovery|protocol discovery|ms-office|safelinks|barracuda|proofpoint|mimecast|fireeye|symantec|trendmicro|forcepoint"
    r"|cloudmark|zscaler|sophos|virustotal|googleimageproxy|google-safety|yahoomailproxy|facebookexternalhit|whatsapp|skypeuripreview",
    re.IGNORECASE,
)
"""Words by which programs that follow links name themselves: libraries, search engines, gateways, previews of chats, Office's own look."""

_log = logging.getLogger(__name__)


@router.api_route("/c/{token}", methods=["GET", "HEAD"], include_in_schema=False)
async def follow(token: str, request: Request, front: FrontOf) -> Response:
    """Redirect to where the link leads, which is in the token and signed; nothing that the request says changes that.

    A token that we did not make leads nowhere: 404.
    """
    found = read_click_token(front.settings.link_secret, token)
    if found is None or not is_target(found[1] or "/"):
        return message(language_of(request), "dead_link", status=404, headers=_HEADERS, contact=front.settings.sender_contact)
    touch, target = found
    await _keep(front, touch, Click(target=target, at=front.now(), machine=machine_of(request)))
    return RedirectResponse(target if target.startswith("https:") else f"{front.settings.base}{target or '/'}", 302, _HEADERS)


def machine_of(request: Request) -> Machine | None:
    """What the request alone gives away. A browser that asks not to be tracked is no machine."""
    if request.method == "HEAD":
        return Machine.HEAD
    if re.search("prefetch|prerender|preview", " ".join(header(request, name) for name in ("sec-purpose", "purpose", "x-moz"))):
        return Machine.PREFETCH
    agent, asks_for_a_page = header(request, "user-agent"), "text/html" in header(request, "accept")
    navigates = header(request, "sec-fetch-mode") in ("", "navigate")
    if not agent or _PROGRAM.search(agent) or not asks_for_a_page or not navigates or not header(request, "accept-language"):
        return Machine.PROGRAM
    return None


async def _keep(front: Front, touch: UUID, click: Click) -> None:
    """Whoever clicked goes on, whatever is away."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), front.database.transaction() as session:
            await clicks.keep(session, touch, click)
    except AWAY as failure:
        _log.warning("a click on a link of letter %s is not written down: %s", touch, type(failure).__name__)
