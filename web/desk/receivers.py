"""Receivers of webhooks: who else is told of what happens, how that goes, and what could not be told."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from nurture.events import GROUPS
from store.machines import outbox, receivers
from store.machines.receiver import BY_HAND, Receiver, WrongReceiver
from store.team import audit
from store.team.audit import Deed, On
from web.desk.frame import desk
from web.desk.receiverviews import dead_view, receiver_view
from web.desk.sealed import fields_of
from web.entrance import Person, may, seal, seal_problem
from web.front import Front, FrontOf
from web.paths import Number, id_in
from web.rights import Right
from web.submissions import is_ticked
from web.visitors import language_of
from web.words import words

router = APIRouter(prefix="/webhooks", include_in_schema=False)

Manager = Annotated[Person, may(Right.MANAGE_PEOPLE)]
_MOST_DEAD: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A form as it was typed and what is wrong with it, or what came of it; ``secret`` is shown this once."""

    url: str = ""
    kinds: tuple[str, ...] = ()
    with_person: bool = False
    wrong: str = ""
    told: str = ""
    secret: str = ""
    status: int = 200
    values: dict[str, object] = field(default_factory=dict)


@router.get("")
async def every_receiver(request: Request, front: FrontOf, who: Manager, done: str = "", host: str = "", count: Number = 0) -> Response:
    """All receivers, what is dead, and the form for another one."""
    told = done if done in _DONE and host.isprintable() else ""
    return await _show(front, request, who, Draft(told=told, values={"host": host, "count": count}))


@router.post("")
async def add(request: Request, front: FrontOf, who: Manager) -> Response:
    """Add a receiver. Its secret is shown in the answer and nowhere else."""

    async def adding(session: AsyncSession, fields: dict[str, object]) -> Draft:
        kinds = tuple(group for group in GROUPS if is_ticked(fields.get(group)))
        url, with_person, settings = str(fields.get("url", "")).strip(), is_ticked(fields.get("with_person")), front.settings
        try:
            made, secret = await receivers.add(
                session,
                url,
                kinds,
                by=who.name,
                key=settings.link_secret,
                now=front.now(),
                with_person=with_person,
                inside=settings.webhooks_inside,
            )
        except WrongReceiver as wrong:
            return Draft(url=url, kinds=kinds, with_person=with_person, wrong=f"wrong_receiver_{wrong.code}", status=422)
        after = {"kinds": list(made.kinds), "with_person": made.with_person}
        await audit.note(session, who.name, Deed.WEBHOOK_ADDED, On.WEBHOOK, made.id, front.now(), after=after)
        return Draft(told="receiver_added", secret=secret, values={"host": made.host})

    return await _do(front, request, who, adding)


@router.post("/again")
async def again(request: Request, front: FrontOf, who: Manager) -> Response:
    """Send one dead message again."""

    async def sending(session: AsyncSession, fields: dict[str, object]) -> Draft:
        id = id_in(str(fields.get("message", "")))
        if id is None or not await outbox.again(session, front.now(), start=str(id)):
            return Draft(told="receiver_not_again", status=409)
        await audit.note(session, who.name, Deed.DELIVERY_RETRIED, On.WEBHOOK, id, front.now())
        return Draft(told="receiver_again", values={"count": 1})

    return await _do(front, request, who, sending)


@router.post("/{receiver_id}/{deed}")
async def change(receiver_id: str, deed: str, request: Request, front: FrontOf, who: Manager) -> Response:
    """Try a receiver, give it another secret, switch it off or on, send it all that is dead again, or remove it."""

    async def changing(session: AsyncSession, fields: dict[str, object]) -> Draft:
        id = id_in(receiver_id)
        one = await receivers.get(session, id) if id else None
        if one is None or deed not in _DEEDS:
            return Draft(told="receiver_unknown", status=404)
        noted, doing = _DEEDS[deed]
        draft = await doing(session, one, front)
        await audit.note(session, who.name, noted, On.WEBHOOK, one.id, front.now(), after={"deed": deed})
        return draft

    return await _do(front, request, who, changing)


async def _test(session: AsyncSession, one: Receiver, front: Front) -> Draft:
    await outbox.test(session, one.id, front.now())
    return Draft(told="receiver_tested", values={"host": one.host})


async def _rotate(session: AsyncSession, one: Receiver, front: Front) -> Draft:
    secret = await receivers.rotate(session, one, front.settings.link_secret, front.now())
    return Draft(told="receiver_rotated", secret=secret, values={"host": one.host})


async def _off(session: AsyncSession, one: Receiver, front: Front) -> Draft:
    await receivers.switch_off(session, one.id, BY_HAND, front.now())
    return Draft(told="receiver_now_off", values={"host": one.host})


async def _on(session: AsyncSession, one: Receiver, front: Front) -> Draft:
    await receivers.switch_on(session, one.id)
    return Draft(told="receiver_now_on", values={"host": one.host})


async def _again(session: AsyncSession, one: Receiver, front: Front) -> Draft:
    return Draft(told="receiver_again", values={"count": await outbox.again(session, front.now(), receiver_id=one.id)})


async def _remove(session: AsyncSession, one: Receiver, front: Front) -> Draft:
    await receivers.remove(session, one.id)
    return Draft(told="receiver_removed", values={"host": one.host})


_DEEDS: Final[dict[str, tuple[Deed, Callable[[AsyncSession, Receiver, Front], Awaitable[Draft]]]]] = {
    "test": (Deed.WEBHOOK_CHANGED, _test),
    "rotate": (Deed.WEBHOOK_CHANGED, _rotate),
    "off": (Deed.WEBHOOK_CHANGED, _off),
    "on": (Deed.WEBHOOK_CHANGED, _on),
    "again": (Deed.DELIVERY_RETRIED, _again),
    "remove": (Deed.WEBHOOK_REMOVED, _remove),
}
"""What can be done with a receiver, by the last part of the path."""

_DONE: Final = ("receiver_tested", "receiver_now_off", "receiver_now_on", "receiver_again", "receiver_removed")
"""What the page says of a deed that it was not there for; a secret is shown in the answer alone."""


async def _do(front: Front, request: Request, who: Person, deed: Callable[[AsyncSession, dict[str, object]], Awaitable[Draft]]) -> Response:
    """Do what a sealed form asks for, in one transaction, and lead to the page with what came of it."""
    fields = await fields_of(request)
    if isinstance(fields, Response):
        return fields
    if problem := seal_problem(front, who, fields.get("seal")):
        return await _show(front, request, who, Draft(told=problem, values={"user": who.name}, status=403))
    async with front.database.transaction() as session:
        draft = await deed(session, fields)
    if draft.told in _DONE:
        return RedirectResponse(f"/webhooks?{urlencode({'done': draft.told, **draft.values})}", 303)
    return await _show(front, request, who, draft)


async def _show(front: Front, request: Request, who: Person, draft: Draft) -> Response:
    language, now = language_of(request), front.now()
    w = words(language)
    async with front.database.transaction() as session:
        found = await receivers.every(session)
        dead = await outbox.dead(session, _MOST_DEAD)
    return desk(
        "receivers",
        request,
        who,
        status=draft.status,
        receivers=[receiver_view(one, now, language) for one in found],
        dead=[dead_view(one, now, language) for one in dead],
        groups=[(group, w[f"event_{group}"]) for group in GROUPS],
        draft=draft,
        wrong=w[draft.wrong] if draft.wrong else "",
        told=w[draft.told].format(**draft.values) if draft.told else "",
        seal=seal(front, who),
    )
