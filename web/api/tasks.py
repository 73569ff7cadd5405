"""Reps' tasks: what is open, taken by one rep, and answered once."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from nurture.profile import Contract
from store import tables
from store.bulk import lock_leads
from store.desk import answers, tasks
from store.desk.checks import Answer as RepsAnswer
from store.desk.checks import Problem as WrongPart
from store.desk.checks import WrongAnswer, allowed
from store.leads.persons import Person, WrongPerson
from store.machines import listing
from store.team import audit, people
from store.team.audit import Deed, On
from store.team.tokens import Scope
from web.api import pages
from web.api.answers import Answer, IfMatch, IfNoneMatch, check_unchanged, etag, shown
from web.api.given import Line
from web.api.pages import Page
from web.api.problems import Kind, Problem, wrong
from web.api.repeats import OnceOf
from web.api.taskviews import Claim, Completion, Contact, TaskView
from web.api.tokens import ProgramOf, needs
from web.front import FrontOf

router = APIRouter(prefix="/tasks", tags=["tasks"])


class AskedTasks(pages.Asked):
    """Which tasks."""

    state: Literal["open", "closed", "all"] = "open"
    owner: Line = Field(default="", description="Only tasks of this team or rep.")
    lead_id: UUID | None = Field(default=None, description="Only tasks about this lead.")


@router.get("", response_model=Page[TaskView], **needs(Scope.TASKS_READ))
async def list_tasks(request: Request, front: FrontOf, asked: Annotated[AskedTasks, Query()]) -> Response:
    """Tasks, in the order of their ids: the open ones, unless others are asked for."""
    after = pages.behind(request, front, asked)
    is_open = {"open": True, "closed": False, "all": None}[asked.state]
    async with front.database.transaction() as session:
        start, most = UUID(after) if after else None, asked.limit + 1
        rows = await listing.tasks(session, start, most, is_open=is_open, lead_id=asked.lead_id, owner=asked.owner)
    return pages.page(request, front, asked, [_view(row) for row in rows], lambda task: task.id)


@router.get("/{task_id}", response_model=TaskView, **needs(Scope.TASKS_READ))
async def one_task(task_id: UUID, front: FrontOf, if_none_match: IfNoneMatch = None) -> Response:
    """One task, whether open or not."""
    async with front.database.transaction() as session:
        return shown(_view(await _found(session, task_id)), if_none_match)


@router.post("/{task_id}/claim", response_model=TaskView, **needs(Scope.TASKS_WRITE), responses={409: {}})
async def claim_task(task_id: UUID, claim: Claim, front: FrontOf, program: ProgramOf, once: OnceOf, if_match: IfMatch = None) -> Response:
    """Take a task for a rep. Of two who take it at once one gets it, and the other is told."""
    now = front.now()

    async def work(session: AsyncSession) -> Answer:
        task = await _locked(session, task_id)
        check_unchanged(if_match, _view(task))
        if faults := await _not_one_of_them(session, claim.by.strip()):
            raise wrong(*faults)
        before = task.claimed_by
        if not await tasks.claim(session, task_id, claim.by.strip(), now):
            raise _not_free(task)
        if before != claim.by.strip():
            await audit.note(session, program.who, Deed.TASK_CLAIMED, On.TASK, task_id, now, after={"by": claim.by.strip()})
        return await _as_it_is(session, task_id)

    return await once(work)


@router.post("/{task_id}/complete", response_model=TaskView, **needs(Scope.TASKS_WRITE), responses={409: {}})
async def complete_task(
    task_id: UUID, given: Completion, front: FrontOf, program: ProgramOf, once: OnceOf, if_match: IfMatch = None
) -> Response:
    """Answer a task, once. The same answer again changes nothing; another one is refused, because the first counts."""
    now = front.now()

    async def work(session: AsyncSession) -> Answer:
        task = await _locked(session, task_id)
        check_unchanged(if_match, _view(task))
        said, faults = await _said(session, task, given), await _not_one_of_them(session, given.by.strip())
        try:
            is_first = await tasks.complete(session, task_id, given.by, said, now)
        except WrongAnswer as refused:
            if refused.field == "task":
                raise Problem(Kind.CLOSED, f"It {refused.reason}.") from None
            raise wrong(*faults, *((_path(part), part.reason) for part in refused.problems)) from None
        if faults:
            raise wrong(*faults)
        if not is_first and not await answers.says_the_same(session, task_id, said, now):
            raise _not_free(task)
        if is_first:
            about = {"outcome": given.outcome, "by": given.by.strip()}
            await audit.note(session, program.who, Deed.TASK_ANSWERED, On.TASK, task_id, now, after=about)
        return await _as_it_is(session, task_id)

    return await once(work)


async def _not_one_of_them(session: AsyncSession, name: str) -> list[tuple[tuple[str], str]]:
    return [] if await people.may_work_tasks(session, name) else [(("by",), "is nobody of the team who works tasks")]


async def _said(session: AsyncSession, task: tables.Task, given: Completion) -> RepsAnswer:
    return RepsAnswer(
        outcome=given.outcome,
        until=given.until,
        contract=Contract(ends_on=given.contract.ends_on, auto_renews=given.contract.auto_renews) if given.contract else None,
        other_contact=await _contact(session, task, given.other_contact) if given.other_contact else None,
        campaign=given.campaign or "",
        checks=tuple(given.checks),
        learned=given.learned,
        artefact=given.artefact,
        notes=given.notes,
    )


async def _contact(session: AsyncSession, task: tables.Task, contact: Contact) -> Person:
    """Somebody who is taken to live where the lead lives, and to speak its language; the company is the lead's."""
    lead = await session.get_one(tables.Lead, task.lead_id)
    try:
        return Person(**contact.model_dump(), language=lead.language, country=lead.country, zone=lead.zone, source="other_contact")
    except WrongPerson as refused:
        raise wrong((("other_contact", refused.field), refused.reason)) from None


def _path(part: WrongPart) -> tuple[str | int, ...]:
    """Where the body has what the store finds wrong."""
    kind, _, name = part.field.partition("-")
    return ("checks", int(name) - 1) if kind == "check" else ("learned", name) if kind == "set" else (part.field,)


def _not_free(task: tables.Task) -> Problem:
    """Why a task can be neither taken nor answered."""
    if task.completed_at is not None:
        return Problem(Kind.CLOSED, f"{task.completed_by} answered it with '{task.outcome}'.")
    if task.withdrawn_at is not None:
        return Problem(Kind.CLOSED, "It was withdrawn, because a later one took its place.")
    return Problem(Kind.TAKEN, f"{task.claimed_by} has it.")


async def _found(session: AsyncSession, task_id: UUID) -> tables.Task:
    task = await session.get(tables.Task, task_id, populate_existing=True)
    if task is None:
        raise Problem(Kind.NOT_FOUND)
    return task


async def _locked(session: AsyncSession, task_id: UUID) -> tables.Task:
    """The task, and nobody else changes it: its lead is locked first, as everyone does."""
    await lock_leads(session, [(await _found(session, task_id)).lead_id])
    return await _found(session, task_id)


async def _as_it_is(session: AsyncSession, task_id: UUID) -> Answer:
    await session.flush()
    task = await _found(session, task_id)
    return Answer(body=_view(task), headers={"ETag": etag(_view(task))}, leads=(task.lead_id,))


def _view(task: tables.Task) -> TaskView:
    fields = {name: getattr(task, name) for name in TaskView.model_fields if name != "outcomes"}
    return TaskView(**fields, outcomes=list(allowed(task.outcomes)))
