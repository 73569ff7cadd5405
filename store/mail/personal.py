"""Letters that reps write themselves: kept as they were written, told to the lead's workflow, and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.actions import personal_key
from nurture.kinds import Refusal
from nurture.ourside import LetterWritten
from nurture.plan.campaign import Campaign
from store.bulk import lock_leads
from store.campaigns import campaigns
from store.consent import consents
from store.leads import engagements
from store.leads.leads import profile_of
from store.mail import caps
from store.tables import Enrollment, Lead, PersonalLetter, Task, Touch

_LATELY: Final = timedelta(days=7)

LONGEST_SUBJECT: Final = 150
LONGEST_TEXT: Final = 10_000
"""Characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Under what a letter about a task would go. ``refusal`` says why it may not, and ``until`` from when on there is room for it.

    ``is_wished`` says that the lead itself asked for fewer letters, and no cap keeps it waiting as long.
    """

    campaign: Campaign
    refusal: Refusal | None = None
    until: datetime | None = None
    is_wished: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A letter of a rep's, and what became of it: it was sent, or refused for a reason, or else it is on its way."""

    letter: PersonalLetter
    sent_at: datetime | None
    refused_at: datetime | None
    refusal: str
    attempted_at: datetime | None


async def terms(session: AsyncSession, task_id: UUID, now: datetime) -> Terms | None:
    """Under what a letter about a task would go at ``now``; None where its campaign is not known.

    The send itself asks the same again.
    """
    task = await session.get_one(Task, task_id)
    campaign = await _campaign(session, task)
    if campaign is None:
        return None
    lead = await session.get_one(Lead, task.lead_id)
    if refusal := await consents.refusal(session, lead.email, campaign.topic):
        return Terms(campaign=campaign, refusal=refusal)
    until = await caps.free_at(session, lead.id, campaign, profile_of(lead), now)
    if until <= now:
        return Terms(campaign=campaign)
    wish = await caps.wish_of(session, lead.id, campaign, profile_of(lead))
    return Terms(campaign=campaign, refusal=Refusal.CAPPED, until=until, is_wished=wish is not None and wish.at == until)


async def write(
    session: AsyncSession,
    *,
    id: UUID,
    task_id: UUID,
    campaign: Campaign,
    writer: str,
    address: str,
    language: str,
    subject: str,
    text: str,
    now: datetime,
) -> bool:
    """Keep a letter, and have the lead's workflow send it; False where it was kept ``before``, and nothing changes."""
    task = await session.get_one(Task, task_id)
    await lock_leads(session, [task.lead_id])
    if await before(session, id=id, task_id=task_id, subject=subject, text=text):
        return False
    row = {"id": id, "lead_id": task.lead_id, "task_id": task_id, "touch_key": personal_key(task.lead_id, id), "campaign": campaign.ref}
    row |= {"writer": writer, "address": address, "language": language, "subject": subject, "text": text, "written_at": now}
    await session.execute(insert(PersonalLetter).values(row))
    written = LetterWritten(at=now, letter=id, edition=campaign.ref)
    await engagements.record(session, task.lead_id, written, source="inbox", details={"by": writer}, key=f"letter:{id}")
    return True


async def before(session: AsyncSession, *, id: UUID, task_id: UUID, subject: str, text: str) -> Written | None:
    """The letter of this id, or else one with these very words about the same task, unless it was refused; None where there is neither."""
    same = and_(
        PersonalLetter.task_id == task_id, PersonalLetter.subject == subject, PersonalLetter.text == text, Touch.refused_at.is_(None)
    )
    found = [_written(row) for row in await session.execute(_WRITTEN.where(or_(PersonalLetter.id == id, same)))]
    return next((one for one in found if one.letter.id == id), next(iter(found), None))


async def find(session: AsyncSession, id: UUID) -> PersonalLetter | None:
    """A letter as it was written."""
    return await session.get(PersonalLetter, id)


async def of_lead(session: AsyncSession, lead_id: UUID, *, most: int = 20) -> Sequence[Written]:
    """The last letters that reps wrote to a lead, the latest first."""
    rows = await session.execute(_WRITTEN.where(PersonalLetter.lead_id == lead_id).limit(most))
    return [_written(row) for row in rows]


async def not_sent(session: AsyncSession, writer: str, now: datetime, *, most: int = 5) -> Sequence[Written]:
    """What a rep wrote in the last week and was not sent, about tasks that are open still, the latest first."""
    wanted = (PersonalLetter.writer == writer, PersonalLetter.written_at >= now - _LATELY, Touch.refused_at.is_not(None))
    still_open = select(Task.id).where(Task.id == PersonalLetter.task_id, Task.completed_at.is_(None), Task.withdrawn_at.is_(None))
    return [_written(row) for row in await session.execute(_WRITTEN.where(*wanted, still_open.exists()).limit(most))]


async def _campaign(session: AsyncSession, task: Task) -> Campaign | None:
    """The edition that the task's enrollment is in, or was in last; else the one of that name that is current."""
    ref = await session.scalar(select(Enrollment.ref).where(Enrollment.lead_id == task.lead_id, Enrollment.number == task.enrollment))
    if ref is not None:
        return (await campaigns.load(session, [ref])).get(ref)
    return await campaigns.current(session, task.campaign)


def _written(row: Any) -> Written:
    return Written(
        letter=row.PersonalLetter,
        sent_at=row.sent_at,
        refused_at=row.refused_at,
        refusal=row.refusal or "",
        attempted_at=row.attempted_at,
    )


_WRITTEN: Final = (
    select(PersonalLetter, Touch.sent_at, Touch.refused_at, Touch.refusal, Touch.attempted_at)
    .outerjoin(Touch, Touch.key == PersonalLetter.touch_key)
    .order_by(PersonalLetter.written_at.desc(), PersonalLetter.id)
    .execution_options(populate_existing=True)
)
