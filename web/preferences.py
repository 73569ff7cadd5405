"""The page on which a lead chooses what it gets, and how often: looking changes nothing, saving does, at once, as often as it is sent."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import HTMLResponse, RedirectResponse, Response

from mail.links import read_preferences_token
from nurture.kinds import Frequency
from nurture.places import zone
from nurture.wishes import Wish
from store import tables
from store.consent import preferences
from store.consent.consents import EVERYTHING
from store.consent.preferences import Preferences, Topic
from store.leads import leads
from web.bodies import UnreadableBody, read_fields
from web.formfields import readable
from web.front import Front, FrontOf
from web.moments import written
from web.show import LINKED, message, page
from web.visitors import language_of, proof_of, readers_language
from web.words import words

router = APIRouter()

_PAUSE: Final = "pause"
_LONGEST_PAUSE: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chosen:
    """What was sent. ``wrong`` is the code of a sentence; then ``until`` is what was typed."""

    gets: dict[str, bool]
    wish: Wish
    often: str
    until: str
    wrong: str = ""


@router.api_route("/preferences/{token}", methods=["GET", "HEAD"], include_in_schema=False)
async def look(token: str, request: Request, front: FrontOf, saved: str = "") -> HTMLResponse:
    """The page with everything as it is, and in words what holds where it was just ``saved``. Gateways follow links: it changes nothing."""
    found = read_preferences_token(front.settings.link_secret, token)
    if found is None:
        return _not_whole(request, front)
    async with front.database.transaction() as session:
        return await _page(session, front, request, token, found, saved=bool(saved))


@router.post("/preferences/{token}", include_in_schema=False)
async def save(token: str, request: Request, front: FrontOf) -> Response:
    """Keep what was chosen, all or nothing, and lead to the page that says in words what holds. The token alone is the proof."""
    found = read_preferences_token(front.settings.link_secret, token)
    if found is None:
        return _not_whole(request, front)
    try:
        fields = await read_fields(request)
    except UnreadableBody as unreadable:
        return message(language_of(request), unreadable.code, status=unreadable.status, headers=LINKED)
    id, about = found
    async with front.database.transaction() as session:
        if fields.get("scope") == "everything":
            await preferences.refuse(session, id, [EVERYTHING], preferences.SOURCE, front.now())
            return _saved(token)
        lead = await session.get(tables.Lead, id)
        if lead is None:
            return await _page(session, front, request, token, found)
        before = await preferences.wish_of(session, id)
        chosen = _read(fields, before, _today(lead, front.now()))
        if chosen.wrong:
            return await _page(session, front, request, token, found, typed=chosen)

        def proof(topic: Topic) -> dict[str, object]:
            language = readers_language(request, lead)
            return proof_of(request, f"{_called(topic, language)}: {words(language)['preferences_get']}", "/preferences")

        await preferences.choose(session, lead, about, chosen.gets, chosen.wish, proof, front.now())
        return _saved(token)


def _saved(token: str) -> Response:
    return RedirectResponse(f"/preferences/{quote(token, safe='')}?saved=yes", 303, LINKED)


async def _page(
    session: AsyncSession,
    front: Front,
    request: Request,
    token: str,
    found: tuple[UUID, str],
    *,
    saved: bool = False,
    typed: _Chosen | None = None,
) -> HTMLResponse:
    lead = await session.get(tables.Lead, found[0])
    language = readers_language(request, lead)
    if lead is None:
        return message(language, "preferences_nobody", status=200, headers=LINKED)
    has = await preferences.of_lead(session, lead, found[1])
    if has.is_for_good:
        return message(language, "preferences_for_good", status=200, headers=LINKED, contact=front.settings.sender_contact)
    today = _today(lead, front.now())
    often, until = _often(has.wish, today)
    return page(
        "preferences",
        language,
        status=422 if typed else 200,
        headers=LINKED,
        token=token,
        stopped=has.stopped,
        topics=[
            (topic.name, _called(topic, language), typed.gets.get(topic.name, topic.gets) if typed else topic.gets) for topic in has.topics
        ],
        often=typed.often if typed else often,
        until=typed.until if typed else until,
        first_day=today + timedelta(days=1),
        last_day=today + _LONGEST_PAUSE,
        wrong=words(language)[typed.wrong] if typed else "",
        holds=_in_words(has, today, language) if saved else [],
    )


def _read(fields: dict[str, object], before: Wish, today: date) -> _Chosen:
    """What a form says. What it does not say stays as it is; who pauses goes on afterwards as before."""
    said = {name.removeprefix("topic."): value for name, value in fields.items() if name.startswith("topic.")}
    gets = {topic: value == "yes" for topic, value in said.items() if value in ("yes", "no")}
    often, until = str(fields.get("frequency", "")), str(fields.get("until", "")).strip()[:40]
    if often != _PAUSE:
        wish = Wish(frequency=Frequency(often)) if often in tuple(Frequency) else before
        return _Chosen(gets=gets, wish=wish, often=often, until=until)
    try:
        day = date.fromisoformat(until.replace("/", "-"))
    except ValueError:
        return _Chosen(gets=gets, wish=before, often=often, until=until, wrong="preferences_pause_missing")
    wrong = "preferences_pause_past" if day <= today else "preferences_pause_far" if day > today + _LONGEST_PAUSE else ""
    return _Chosen(gets=gets, wish=Wish(frequency=before.frequency, paused_until=day), often=often, until=until, wrong=wrong)


def _often(wish: Wish, today: date) -> tuple[str, str]:
    """Which of the three choices is in force, and until when the letters pause."""
    if wish.paused_until is not None and wish.paused_until > today:
        return _PAUSE, wish.paused_until.isoformat()
    return wish.frequency, ""


def _in_words(has: Preferences, today: date, language: str) -> list[str]:
    w = words(language)
    if has.stopped:
        return [w["unsubscribed_everything"]]
    said = [w["preferences_gets" if topic.gets else "preferences_gets_not"].format(topic=_called(topic, language)) for topic in has.topics]
    if not any(topic.gets for topic in has.topics):
        return said
    often, _ = _often(has.wish, today)
    if often == _PAUSE and has.wish.paused_until is not None:
        return [*said, w["preferences_is_paused"].format(day=written(has.wish.paused_until, language))]
    return [*said, w[f"preferences_is_{often}"]]


def _called(topic: Topic, language: str) -> str:
    return topic.names.get(language) or readable(topic.name)


def _today(lead: tables.Lead, now: datetime) -> date:
    return now.astimezone(zone(leads.profile_of(lead).zone)).date()


def _not_whole(request: Request, front: Front) -> HTMLResponse:
    return message(language_of(request), "cut_link", status=404, headers=LINKED, contact=front.settings.sender_contact)
