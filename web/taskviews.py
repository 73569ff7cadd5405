"""What the inbox shows of a task and of a lead's story, in words and in the lead's time."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from store.tasks import TaskRow
from store.timeline import Entry
from web.formfields import readable
from web.moments import from_now, in_zone
from web.words import words


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """A task in words. ``deadline`` is in the lead's time, ``left`` how far away it is; ``taken`` says by whom."""

    id: UUID
    name: str
    company: str
    title: str
    email: str
    phone: str
    zone: str
    reason: str
    why: str
    say: str
    campaign: str
    deadline: str
    left: str
    owner: str
    taken: str
    is_overdue: bool
    is_open: bool
    is_free: bool


def task_view(row: TaskRow, rep: str, now: datetime, language: str) -> TaskView:
    """The task as this rep sees it."""
    w = words(language)
    by_whom = w["claimed_by_you"] if row.claimed_by == rep else w["claimed_by"].format(who=row.claimed_by)
    return TaskView(
        id=row.id,
        name=row.name or w["unnamed"],
        company=row.company,
        title=row.title,
        email=row.email,
        phone=row.phone,
        zone=row.zone or "UTC",
        reason=readable(row.reason),
        why=row.why,
        say=row.say,
        campaign=row.campaign,
        deadline=in_zone(row.deadline_at, row.zone, language),
        left=from_now(row.deadline_at, now, language),
        owner=row.owner,
        taken=by_whom if row.claimed_by else w["unclaimed"],
        is_overdue=row.is_open and row.deadline_at <= now,
        is_open=row.is_open,
        is_free=row.is_open and not row.claimed_by,
    )


def entry_view(entry: Entry, zone: str, language: str) -> dict[str, str]:
    """One line of the story."""
    return {"at": in_zone(entry.at, zone, language), "what": entry.what, "why": entry.why}


def blank(values: Mapping[str, object]) -> Mapping[str, str]:
    """Text by name for a template, empty where there is none."""
    return defaultdict(str, {name: value for name, value in values.items() if isinstance(value, str)})
