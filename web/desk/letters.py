"""A rep writes to a lead in their own name: from a draft, under the consent and the caps of the campaign, recorded like every letter."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated, Any, Final
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from mail.facts import Addressee, Facts, Links, one_line
from mail.letters import Letters
from mail.personal import Draft as Beginning
from mail.personal import draft as from_draft
from mail.personal import names_of_drafts
from mail.sender import sender_of
from store.desk import tasks
from store.desk.tasks import TaskRow
from store.leads import leads
from store.mail import personal
from store.mail.personal import LONGEST_SUBJECT, LONGEST_TEXT, Terms, Written
from store.tables import Lead
from store.team import audit
from store.team.audit import Deed, On
from web.desk.frame import desk
from web.desk.letterviews import cap_in_words, letter_view, said_before, why_no_letter
from web.desk.outcomes import read_lines
from web.desk.sealed import fields_of
from web.desk.taskviews import blank, task_view
from web.entrance import Person, may, seal, seal_problem
from web.formfields import readable
from web.front import Front, FrontOf
from web.paths import id_in
from web.rights import Right
from web.show import message
from web.submissions import Wrong, read_text
from web.visitors import language_of
from web.words import LANGUAGES, words

router = APIRouter()

Worker = Annotated[Person, may(Right.WORK_TASKS)]

_OPEN: Final = lru_cache(maxsize=4)(Letters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """About whom, under what, and in which language a letter would go."""

    task: TaskRow
    lead: Lead
    company: str
    terms: Terms
    language: str
    letters: Sequence[Written]
    """What reps wrote to this lead last."""


@router.get("/{task_id}/letter")
async def begin(task_id: str, request: Request, front: FrontOf, who: Worker, draft: str = "", language: str = "") -> Response:
    """A letter to begin: empty, or from a draft with the lead's data in it."""
    scene = await _scene(front, task_id, language)
    if scene is None:
        return message(language_of(request), "no_page", status=404)
    start = _beginning(front, who, scene, draft)
    typed = {"letter": str(uuid4()), "draft": start.name, "subject": start.subject, "text": start.text}
    return _page(front, request, who, scene, typed, {})


@router.post("/{task_id}/letter")
async def send(task_id: str, request: Request, front: FrontOf, who: Worker) -> Response:
    """Keep a letter to be sent. What keeps it from going is said at once, with all that was typed."""
    fields = await fields_of(request)
    if isinstance(fields, Response):
        return fields
    language, now = language_of(request), front.now()
    scene = await _scene(front, task_id, str(fields.get("language") or ""))
    id = id_in(str(fields.get("letter") or ""))
    if scene is None or id is None:
        return message(language, "no_page", status=404)
    if problem := seal_problem(front, who, fields.get("seal")):
        return _page(front, request, who, scene, fields, {}, told=words(language)[problem].format(user=who.name), status=403)
    if fields.get("begin"):
        return _begun_anew(front, request, who, scene, fields)
    wrong: dict[str, Wrong] = {}
    subject = read_text("subject", fields.get("subject"), LONGEST_SUBJECT, wrong)
    text = read_lines("text", fields, LONGEST_TEXT, wrong)
    wrong |= {name: Wrong(code="missing") for name, value in (("subject", subject), ("text", text)) if not value and name not in wrong}
    if wrong or scene.terms.refusal or not who.address:
        return _page(front, request, who, scene, fields, wrong, status=422)
    letter: dict[str, Any] = {"id": id, "task_id": scene.task.id, "subject": one_line(subject), "text": text}
    by: dict[str, Any] = {"campaign": scene.terms.campaign, "writer": who.name, "address": who.address, "language": scene.language}
    async with front.database.transaction() as session:
        if await personal.write(session, **letter, **by, now=now):
            await audit.note(session, who.name, Deed.LETTER_WRITTEN, On.LEAD, scene.lead.id, now, after={"letter": str(id)})
            before = None
        else:
            before = await personal.before(session, **letter)
    if before is not None:
        told = said_before(before, letter["subject"], text, scene.task.zone, language)
        return _page(front, request, who, scene, fields | {"letter": str(uuid4())}, {}, told=told, status=409)
    return RedirectResponse(f"/inbox/{scene.task.id}?done=written", 303)


def _begun_anew(front: Front, request: Request, who: Person, scene: Scene, fields: dict[str, object]) -> Response:
    """Another draft or language. Words that no draft gave are never lost by it: they stay, and only the language changes."""
    asked = str(fields.get("other_language") or "")
    there = replace(scene, language=asked if asked in LANGUAGES else scene.language)
    given = _beginning(front, who, scene, str(fields.get("draft") or ""))
    typed = [" ".join(str(fields.get(name) or "").split()) for name in ("subject", "text")]
    if any(typed) and typed != [" ".join(said.split()) for said in (given.subject, given.text)]:
        return _page(front, request, who, there, fields, {}, told=words(language_of(request))["letter_kept"])
    query = urlencode({"draft": str(fields.get("other_draft") or ""), "language": there.language})
    return RedirectResponse(f"/inbox/{scene.task.id}/letter?{query}", 303)


async def _scene(front: Front, task_id: str, language: str) -> Scene | None:
    id = id_in(task_id)
    async with front.database.transaction() as session:
        row = await tasks.get(session, id) if id else None
        terms = await personal.terms(session, row.id, front.now()) if row and row.is_open else None
        if row is None or terms is None:
            return None
        lead = await session.get_one(Lead, row.lead_id)
        company = await leads.company_of(session, lead)
        letters = await personal.of_lead(session, lead.id, most=3)
    wanted = language or lead.language or terms.campaign.language
    wanted = wanted if wanted in LANGUAGES else LANGUAGES[0]
    return Scene(task=row, lead=lead, company=company, terms=terms, language=wanted, letters=letters)


def _beginning(front: Front, who: Person, scene: Scene, name: str) -> Beginning:
    """The letter as a draft begins it; empty for none."""
    letters = _OPEN(front.settings.templates_dir)
    if name not in names_of_drafts(letters, scene.language):
        return Beginning(name="", language=scene.language)
    lead = scene.lead
    facts = Facts(
        lead=Addressee(given_name=lead.given_name, family_name=lead.family_name, company=scene.company, title=lead.title),
        sender=replace(sender_of(front.settings), name=who.name, address=who.address),
        links=Links(unsubscribe="", preferences="", site=front.settings.base),
    )
    return from_draft(letters, name, scene.language, facts)


def _page(
    front: Front,
    request: Request,
    who: Person,
    scene: Scene,
    typed: dict[str, object] | dict[str, str],
    wrong: dict[str, Wrong],
    *,
    told: str = "",
    status: int = 200,
) -> Response:
    language, w = language_of(request), words(language_of(request))
    names = names_of_drafts(_OPEN(front.settings.templates_dir), scene.language)
    return desk(
        "letter",
        request,
        who,
        status=status,
        task=task_view(scene.task, who.name, front.now(), language),
        drafts=[(name, w.get(f"draft_{name}", readable(name))) for name in names],
        in_language=scene.language,
        languages=LANGUAGES,
        sender=who.address,
        may_not=why_no_letter(scene.terms, scene.task.zone, language) if who.address else w["letter_no_address"],
        cap=cap_in_words(scene.terms.campaign.cap, language),
        letters=[letter_view(one, scene.task.zone, language) for one in scene.letters],
        typed=blank(typed),
        wrong=blank({name: problem.say(language) for name, problem in wrong.items()}),
        told=told,
        bad=status >= 400,
        seal=seal(front, who),
    )
