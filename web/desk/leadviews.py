"""What pages show of a lead, in words and in the lead's time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from store.leads.finding import Found
from store.looks.dossier import Dossier
from store.looks.entries import Entry
from store.tables import Enrollment
from web.desk.ahead import Ahead, Button
from web.desk.consentviews import ConsentView, consents_in_words, day_there, wish_in_words
from web.desk.originviews import came_in_words
from web.desk.retold import facts_retold, retold
from web.desk.stagerange import stage_name
from web.desk.taskviews import TaskView, task_view
from web.drawing.life import Picture, drawn
from web.moments import from_now, in_zone, written
from web.words import words


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """A lead of a list in words."""

    id: UUID
    name: str
    email: str
    company: str
    account_id: UUID | None
    owner: str
    stage: str
    next: str
    left: str
    held: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """A line of the story. ``letter`` is what can be asked about, ``of`` the kind of row that tells it."""

    at: str
    moment: str
    of: str
    what: str
    why: str
    facts: str
    letter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadView:
    """A lead in words."""

    id: UUID
    name: str
    title: str
    email: str
    phone: str
    company: str
    account_id: UUID | None
    owner: str
    there: str
    zone: str
    profile: str
    referred_by: tuple[UUID, str] | None
    came: tuple[tuple[str, str], ...]
    stage: str
    places: tuple[str, ...]
    is_under_way: bool
    buttons: tuple[Button, ...]
    is_open: bool
    next: str
    at: str
    left: str
    held: str
    waiting: int
    points: int
    recent: int
    tasks: tuple[TaskView, ...]
    contract: str
    campaigns: tuple[tuple[str, str], ...]
    consents: tuple[ConsentView, ...]
    wish: str
    letters: tuple[str, ...]
    picture: Picture
    stage_names: Mapping[str, str]
    stages: tuple[tuple[str, str, str], ...]
    dates: tuple[str, str, str]
    story: tuple[LineView, ...]


def row_view(row: Found, now: datetime, language: str) -> RowView:
    """A lead in the list."""
    w = words(language)
    due = w["task_due"].format(left=from_now(row.deadline_at, now, language)) if row.deadline_at else ""
    return RowView(
        id=row.id,
        name=row.name or w["unnamed"],
        email=row.email,
        company=row.company,
        account_id=row.account_id,
        owner=row.owner,
        stage=stage_name(row.stage, language) if row.stage else "",
        next=due or (retold(row.why, language) if row.is_open else w["account_nothing_next"] if row.stage else w["no_stage"]),
        left=from_now(row.next_at, now, language) if row.is_open and row.next_at and not due else "",
        held=w["held_until"].format(day=written(row.held_until, language)) if row.held_until else "",
    )


def lead_view(found: Dossier, ahead: Ahead, rep: str, now: datetime, language: str) -> LeadView:
    """A lead on its page."""
    w, lead, standing = words(language), found.lead, ahead.standing
    is_open = standing is not None and standing.open
    next_at = standing.next_at if standing and is_open else None
    next_at = None if next_at and ahead.is_under_way and next_at <= now else next_at
    picture = drawn(found.life, standing.stage if standing else "", now)
    return LeadView(
        id=lead.id,
        name=found.name or w["unnamed"],
        title=lead.title,
        email=lead.email,
        phone=lead.phone,
        company=found.company,
        account_id=lead.account_id,
        owner=lead.owner,
        there=in_zone(now, lead.zone, language),
        zone=lead.zone or "UTC",
        profile=" · ".join(filter(None, [f"{w['fit']}: {w[f'fit_{lead.fit}']}", lead.segment, lead.country, lead.language, lead.source])),
        referred_by=(found.referred_by[0], found.referred_by[1] or w["unnamed"]) if found.referred_by else None,
        came=tuple(came_in_words(found, language)),
        stage=stage_name(standing.stage, language) if standing else "",
        places=tuple(ahead.places),
        is_under_way=ahead.is_under_way,
        buttons=tuple(ahead.buttons),
        is_open=is_open,
        next=retold(standing.why, language) if standing and is_open else w["account_nothing_next"] if standing else w["lead_not_heard"],
        at=in_zone(next_at, lead.zone, language) if next_at else "",
        left=from_now(next_at, now, language) if next_at else "",
        held=w["held_until"].format(day=written(standing.held_until, language)) if standing and standing.held_until else "",
        waiting=found.waiting,
        points=found.life.points,
        recent=found.life.recent_points(now),
        tasks=tuple(task_view(task, rep, now, language) for task in found.tasks),
        contract=contract_in_words(found, language),
        campaigns=tuple(_campaign(one, lead.zone, language) for one in found.enrollments),
        consents=tuple(consents_in_words(found, language)),
        wish=wish_in_words(found, language),
        letters=tuple(found.letters),
        picture=picture,
        stage_names={stage: stage_name(stage, language) for stage in picture.stages},
        stages=tuple(
            (in_zone(one.at, lead.zone, language), stage_name(one.stage, language), retold(one.why, language))
            for one in found.life.stages
            if one.stage
        ),
        dates=(
            day_there(picture.since, lead.zone, language),
            day_there(picture.middle, lead.zone, language),
            day_there(picture.until, lead.zone, language),
        ),
        story=tuple(_line(entry, lead.zone, language) for entry in found.story),
    )


def contract_in_words(found: Dossier, language: str) -> str:
    """The contract that stands; empty where there is none."""
    w, contract = words(language), found.contract
    if contract is None:
        return ""
    ends = w["contract_until"].format(day=written(contract.ends_on, language)) if contract.ends_on else w["open_ended"]
    return f"{ends} · {w['auto_renews']}" if contract.auto_renews else ends


def _campaign(one: Enrollment, where: str, language: str) -> tuple[str, str]:
    w = words(language)
    since = w["enrolled_on"].format(day=day_there(one.enrolled_at, where, language))
    over = f" · {w['over_on'].format(day=day_there(one.over_at, where, language))}" if one.over_at else ""
    return one.campaign, f"{since}{over}"


def _line(entry: Entry, where: str, language: str) -> LineView:
    return LineView(
        at=in_zone(entry.at, where, language),
        moment=entry.at.isoformat(),
        of=words(language)[f"line_{entry.of}"],
        what=retold(entry.what, language),
        why=entry.why if entry.by_a_person else retold(entry.why, language),
        facts=facts_retold(entry.facts, language),
        letter=entry.letter,
    )
