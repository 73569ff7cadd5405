"""Starts a campaign, or a new version of one: what would happen to how many is shown first, and happens once that is confirmed."""

from asyncio import to_thread
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from mail.checking import Checked, check_kept, check_sent
from nurture.plan.problems import Problem
from nurture.plan.source import LARGEST
from store.addresses import comparable
from store.bulk import CHUNK
from store.campaigns import campaigns
from store.campaigns.campaigns import short
from store.journeys import selections, starting
from store.journeys.comparing import Comparison, compare
from store.journeys.starting import CannotStart, Choice, Chosen, Source, Started, UnderWay
from store.team import audit
from store.team.audit import Deed, On
from web.bodies import Upload
from web.desk.campaignheads import head_of
from web.desk.frame import desk
from web.desk.openletters import letters_in
from web.desk.retold import retelling
from web.desk.sealed import sealed_fields
from web.entrance import Person, may, seal
from web.front import Front, FrontOf
from web.rights import Right
from web.show import message
from web.visitors import language_of

router = APIRouter(prefix="/campaigns", include_in_schema=False)

Runner = Annotated[Person, may(Right.RUN_CAMPAIGNS)]

WHOM: Final = ("nobody", "everyone", "segment", "addresses")
"""For whom a campaign can be started."""

_BODY: Final = 2 * LARGEST
"""Bytes of a form: a file, and addresses beside it."""

_TO_COME_BACK_TO: Final = {"Cache-Control": "private, max-age=43200"}
"""Whoever has confirmed and goes back sees again what was looked at: no address holds a file. Signing out clears it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What somebody wants to start: a file or a campaign that runs, for whom, and what becomes of leads under way."""

    campaign: str
    file: str
    content: bytes
    whom: str
    segment: str
    addresses: tuple[str, ...]
    under_way: UnderWay
    ref: str
    """The edition that was looked at; empty before that."""

    def choice(self) -> Choice:
        async def choose(session: AsyncSession) -> Chosen:
            if self.whom == "everyone":
                return Chosen(ids=await selections.all_ids(session))
            if self.whom == "segment":
                return Chosen(ids=(await selections.ids_of_segments(session, [self.segment]))[self.segment])
            wanted = list(dict.fromkeys(map(comparable, self.addresses))) if self.whom == "addresses" else []
            found = [
                id
                for place in range(0, len(wanted), CHUNK)
                for id in await selections.ids_of_addresses(session, wanted[place : place + CHUNK])
            ]
            return Chosen(ids=found, unknown=len(wanted) - len(found))

        return choose


@router.get("/{name}/start")
async def before(name: str, request: Request, front: FrontOf, who: Runner) -> Response:
    """For whom, and with which file."""
    async with front.database.transaction() as session:
        head = await head_of(session, name, language_of(request))
        segments = await selections.segments(session)
    if head is None:
        return message(language_of(request), "no_page", status=404)
    return desk(
        "campaignstart",
        request,
        who,
        head=head,
        tab="start",
        segments=segments,
        whom=WHOM,
        ways=[*UnderWay],
        seal=seal(front, who),
    )


@router.post("/start")
async def start(request: Request, front: FrontOf, who: Runner) -> Response:
    """Show what would happen; once that edition is confirmed, have it happen."""
    fields = await sealed_fields(request, front, who, largest=_BODY, files=1)
    if isinstance(fields, Response):
        return fields
    order = _order(fields)
    checked = await _checked(front, order)
    if checked is None:
        return message(language_of(request), "campaign_no_file", status=422)
    if checked.campaign is None or checked.problems:
        return _wrong(request, who, order, checked, checked.problems)
    source = Source(campaign=checked.campaign, text=checked.text, file=str(checked.file))
    confirmed = order.ref == checked.campaign.ref
    try:
        async with front.database.transaction() as session:
            found = await compare(session, checked.campaign)
            if not confirmed:
                started = await starting.foresee(session, source, order.choice(), front.now(), under_way=order.under_way)
            else:
                started = await starting.start(session, source, order.choice(), front.now(), under_way=order.under_way, by="desk")
                await audit.note(session, who.name, Deed.CAMPAIGN_STARTED, On.CAMPAIGN, started.campaign, front.now(), after=_kept(started))
    except CannotStart as wrong:
        return _wrong(request, who, order, checked, tuple(wrong.problems))
    if confirmed:
        done = {"done": "started", "n": started.enrolled, "changed": started.changed}
        return RedirectResponse(f"/campaigns/{started.campaign}?{urlencode(done)}", 303)
    return _look(front, request, who, order, checked, found, started)


async def _checked(front: Front, order: _Order) -> Checked | None:
    """The file that was sent, or else the edition that runs, read with the letters that there are; None where there is neither."""
    letters = letters_in(front.settings)
    if order.content:
        return await to_thread(check_sent, order.file, order.content, letters)  # half a second, in which others are answered
    async with front.database.transaction() as session:
        kept = await campaigns.with_source(session, order.campaign)
    return await to_thread(check_kept, *kept, letters) if kept else None


def _wrong(request: Request, who: Person, order: _Order, checked: Checked, problems: tuple[Problem, ...]) -> Response:
    """What is wrong, each with its line as it is written, and what would be right."""
    lines = (order.content.decode(errors="replace") if order.content else checked.text).splitlines()
    told = [(one, lines[one.line - 1].strip() if one.file == str(checked.file) and 0 < one.line <= len(lines) else "") for one in problems]
    said = retelling(language_of(request))
    return desk("campaignwrong", request, who, status=422, file=checked.file.name, told=told, campaign=order.campaign, said=said)


def _look(front: Front, request: Request, who: Person, order: _Order, checked: Checked, found: Comparison, started: Started) -> Response:
    hidden = {
        "campaign": order.campaign,
        "file": order.file,
        "text": checked.text if order.content else "",
        "whom": order.whom,
        "segment": order.segment,
        "addresses": "\n".join(order.addresses),
        "under_way": order.under_way,
        "ref": started.ref,
        "seal": seal(front, who),
    }
    seen = [outlook for outlook in found.outlooks if outlook.effects]
    does_something = started.is_new_edition or started.enrolled or started.changed
    return desk(
        "campaignlook",
        request,
        who,
        headers=_TO_COME_BACK_TO,
        hidden=hidden,
        checked=checked,
        found=found,
        outlooks=seen,
        started=started,
        short=short,
        order=order,
        does_something=does_something,
        mostly_silent=started.enrolled > 0 and 2 * started.mailable.no_consent > started.chosen,
        said=retelling(language_of(request)),
    )


def _order(fields: dict[str, object]) -> _Order:
    upload, text = fields.get("upload"), str(fields.get("text") or "").replace("\r\n", "\n")
    sent = isinstance(upload, Upload) and bool(upload.content)
    whom, way = str(fields.get("whom") or ""), str(fields.get("under_way") or "")
    return _Order(
        campaign=str(fields.get("campaign") or ""),
        file=(upload.name if isinstance(upload, Upload) and sent else str(fields.get("file") or "")) or "campaign.yaml",
        content=upload.content if isinstance(upload, Upload) and sent else text.encode(),
        whom=whom if whom in WHOM else "nobody",
        segment=str(fields.get("segment") or ""),
        addresses=tuple(str(fields.get("addresses") or "").split()),
        under_way=UnderWay(way) if way in [*UnderWay] else UnderWay.KEEP,
        ref=str(fields.get("ref") or ""),
    )


def _kept(started: Started) -> dict[str, object]:
    """What the audit log keeps of a start: the edition and numbers, and nobody's name."""
    return {"ref": started.ref, "leads": started.enrolled, "changed": started.changed, "under_way": started.under_way}
