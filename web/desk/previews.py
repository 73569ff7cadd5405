"""A letter as a real lead would get it: on a phone and on a desktop, as text, with what is wrong with it; and sent to oneself to try."""

from dataclasses import dataclass, replace
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from mail.answers import SendError
from mail.doubts import doubts_of
from mail.facts import Addressee, Facts
from mail.letters import Rendered
from mail.previews import languages_of, links_of_nobody, previewed
from mail.sender import sender_of
from mail.single import send_single
from mail.templates import LetterError
from nurture.plan.campaign import Campaign
from nurture.plan.problems import Problem
from store.campaigns import campaigns
from store.journeys import specimens
from store.journeys.specimens import Specimen
from store.leads import leads
from store.team import audit
from store.team.audit import Deed, On
from web.desk.campaignheads import head_of
from web.desk.frame import desk
from web.desk.openletters import letters_in
from web.desk.retold import retelling
from web.desk.sealed import sealed_fields
from web.entrance import Person, may, seal
from web.front import Front, FrontOf
from web.guard import POLICY
from web.paths import id_in
from web.rights import Right
from web.show import message
from web.visitors import language_of
from web.words import words

router = APIRouter(prefix="/campaigns/{name}/letters/{letter}", include_in_schema=False)

Looker = Annotated[Person, may(Right.SEE_CAMPAIGNS)]
Runner = Annotated[Person, may(Right.RUN_CAMPAIGNS)]

_FRAMES: Final = {"Content-Security-Policy": POLICY.format(forms="'self'") + "; frame-src 'self'"}
"""The page shows letters in frames of its own."""

_FRAMED: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
    "Cache-Control": "no-store",
}
"""A letter in its frame: nothing in it runs, and nothing is sent or fetched but pictures of this site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A letter in a language for somebody: as it is written, and what is wrong or doubtful with it; or why it cannot be written."""

    written: Rendered | None
    problems: tuple[Problem, ...]
    why_not: str = ""


@router.get("")
async def preview(
    name: str, letter: str, request: Request, front: FrontOf, who: Looker, language: str = "", lead: str = "", done: str = ""
) -> Response:
    """The letter for the latest lead, or the one that was chosen. Nothing is sent, and nothing is counted."""
    async with front.database.transaction() as session:
        head = await head_of(session, name, language_of(request))
        languages = languages_of(letters_in(front.settings), name, letter) if head else []
        if head is None or not languages:
            return message(language_of(request), "no_page", status=404)
        latest = await specimens.latest(session, name)
        wanted = id_in(lead)
        chosen = await specimens.of_lead(session, wanted) if wanted else next(iter(latest), None)
    written_in = _language(language, chosen, head.campaign, languages)
    sheet = _sheet(front, head.campaign, letter, written_in, chosen)
    query = {"language": written_in} | ({"lead": str(chosen.id)} if chosen else {})
    options = {one.id: _called(one, one.language) for one in [*latest, *([chosen] if chosen else [])]}
    return desk(
        "preview",
        request,
        who,
        headers=_FRAMES,
        head=head,
        tab="letters",
        letter=letter,
        languages=languages,
        written_in=written_in,
        chosen=chosen,
        options=options,
        sheet=sheet,
        said=retelling(language_of(request)),
        frame=f"/campaigns/{name}/letters/{letter}/shown?{urlencode(query)}",
        query=query,
        told=_told(language_of(request), done, who),
        bad=done in ("failed", "waits"),
        seal=seal(front, who),
    )


@router.get("/shown")
async def shown(name: str, letter: str, request: Request, front: FrontOf, who: Looker, language: str = "", lead: str = "") -> Response:
    """The letter alone, for a frame."""
    async with front.database.transaction() as session:
        campaign = await campaigns.current(session, name)
        wanted = id_in(lead)
        chosen = await specimens.of_lead(session, wanted) if wanted else None
    if campaign is None or language not in languages_of(letters_in(front.settings), name, letter):
        return message(language_of(request), "no_page", status=404)
    sheet = _sheet(front, campaign, letter, language, chosen)
    return HTMLResponse(sheet.written.html if sheet.written else "", headers=_FRAMED)


@router.post("/lead")
async def for_another(name: str, letter: str, request: Request, front: FrontOf, who: Looker) -> Response:
    """Choose the lead of an address; it goes into no address of a page."""
    fields = await sealed_fields(request, front, who)
    if isinstance(fields, Response):
        return fields
    async with front.database.transaction() as session:
        found = await leads.find(session, str(fields.get("who") or ""))
    query = {"language": str(fields.get("language") or "")} | ({"lead": str(found.id)} if found else {"done": "nobody"})
    return RedirectResponse(f"/campaigns/{name}/letters/{letter}?{urlencode(query)}", 303)


@router.post("/test")
async def test(name: str, letter: str, request: Request, front: FrontOf, who: Runner) -> Response:
    """Send the letter to the person who asks for it, marked as a test, and to nobody else."""
    fields = await sealed_fields(request, front, who)
    if isinstance(fields, Response):
        return fields
    language, wanted = str(fields.get("language") or ""), id_in(str(fields.get("lead") or ""))
    async with front.database.transaction() as session:
        campaign = await campaigns.current(session, name)
        chosen = await specimens.of_lead(session, wanted) if wanted else None
    if campaign is None or language not in languages_of(letters_in(front.settings), name, letter):
        return message(language_of(request), "no_page", status=404)
    written = _sheet(front, campaign, letter, language, chosen).written
    done = await _sent(front, who, written, campaign, name, letter) if written and who.address else "failed"
    query = {"language": language, "done": done} | ({"lead": str(chosen.id)} if chosen else {})
    return RedirectResponse(f"/campaigns/{name}/letters/{letter}?{urlencode(query)}", 303)


async def _sent(front: Front, who: Person, written: Rendered, campaign: Campaign, name: str, letter: str) -> str:
    if await front.tests.take(who.name) is not None:
        return "waits"
    marked = replace(written, subject=f"[test] {written.subject}")
    links = links_of_nobody(front.settings.base, front.settings.link_secret, campaign.topic)
    try:
        await send_single(front.settings, marked, to=who.address, to_name=who.name, now=front.now(), unsubscribe_url=links.unsubscribe)
    except SendError:
        return "failed"
    async with front.database.transaction() as session:
        await audit.note(
            session, who.name, Deed.TEST_SENT, On.CAMPAIGN, name, front.now(), after={"letter": letter, "language": written.language}
        )
    return "sent"


def _sheet(front: Front, campaign: Campaign, letter: str, language: str, chosen: Specimen | None) -> Sheet:
    letters, settings = letters_in(front.settings), front.settings
    facts = Facts(
        lead=_addressee(chosen),
        sender=sender_of(settings),
        links=links_of_nobody(settings.base, settings.link_secret, campaign.topic),
    )
    try:
        written, wrong = previewed(letters, campaign, letter, language, facts)
        doubtful = doubts_of(letters, campaign, letter, language)
    except LetterError as why:
        return Sheet(written=None, problems=(), why_not=str(why))
    return Sheet(written=written, problems=(*wrong, *doubtful))


def _addressee(chosen: Specimen | None) -> Addressee:
    if chosen is None:
        return Addressee()
    return Addressee(given_name=chosen.given_name, family_name=chosen.family_name, company=chosen.company, title=chosen.title)


def _called(one: Specimen, language: str) -> str:
    return " · ".join(filter(None, [_addressee(one).name_in(language), one.company])) or "–"


def _language(asked: str, chosen: Specimen | None, campaign: Campaign, languages: list[str]) -> str:
    wanted = (asked, chosen.language if chosen else "", campaign.language)
    return next((one for one in wanted if one in languages), languages[0])


def _told(language: str, done: str, who: Person) -> str:
    w = words(language)
    return w[f"preview_{done}"].format(address=who.address) if done in ("sent", "failed", "waits", "nobody") else ""
