"""What the inbox shows of a task and of a lead's story, in words and in the lead's time."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode
from uuid import UUID

from store.desk.checks import Asked
from store.desk.tasks import TaskRow
from store.looks.timeline import Entry
from web.desk.retold import advised, retold
from web.formfields import readable
from web.moments import from_now, in_zone
from web.words import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """On which channel the lead is to be reached, in words, and a link that leads there."""

    how: str
    link: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """A task in words. ``deadline`` is in the lead's time, ``left`` how far away it is; ``taken`` says by whom. ``said`` was answered.

    Of a task that is not open, ``left`` is empty, and ``taken`` where nobody took it.

    ``recent`` is how likely the lead is to buy, and ``reach`` where it is to be reached, with a link where there is one. ``put_off`` says
    until when whoever has the task does not want to see it, and ``may_pass`` that this rep may put it off or hand it over.
    """

    id: UUID
    lead_id: UUID
    name: str
    company: str
    account_id: UUID | None
    title: str
    email: str
    phone: str
    zone: str
    reason: str
    why: str
    because: str
    say: str
    reach: Reach | None
    mailto: str
    recent: int
    put_off: str
    is_mine: bool
    may_pass: bool
    lead_owner: str
    names_owner: bool
    wants_artefact: bool
    artefact: str
    said: tuple[tuple[str, str], ...]
    campaign: str
    deadline: str
    left: str
    owner: str
    taken: str
    is_overdue: bool
    is_open: bool
    is_free: bool


def task_view(row: TaskRow, rep: str, now: datetime, language: str, *, recent: int = 0) -> TaskView:
    """The task as this rep sees it."""
    w = words(language)
    by_whom = w["claimed_by_you"] if row.claimed_by == rep else w["claimed_by"].format(who=row.claimed_by)
    return TaskView(
        id=row.id,
        lead_id=row.lead_id,
        name=row.name or w["unnamed"],
        company=row.company,
        account_id=row.account_id,
        title=row.title,
        email=row.email,
        phone=row.phone,
        zone=row.zone or "UTC",
        reason=called(row.reason, language),
        why=retold(row.why, language),
        because=retold(row.because, language),
        say=advised(row.say, language),
        reach=_reach(row, language),
        recent=recent,
        put_off=in_zone(row.snoozed_until, row.zone, language) if row.snoozed_until and row.snoozed_until > now else "",
        is_mine=row.is_open and row.claimed_by == rep,
        may_pass=row.is_open and row.claimed_by in ("", rep),
        mailto=f"mailto:{quote(row.email, safe='@')}",
        lead_owner=row.lead_owner,
        names_owner=row.names_owner and not row.lead_owner,
        wants_artefact=row.wants_artefact,
        artefact=row.artefact,
        said=_said(row, language),
        campaign=row.campaign,
        deadline=in_zone(row.deadline_at, row.zone, language),
        left=from_now(row.deadline_at, now, language) if row.is_open else "",
        owner=row.owner,
        taken=by_whom if row.claimed_by else w["unclaimed"] if row.is_open else "",
        is_overdue=row.is_open and row.deadline_at <= now,
        is_open=row.is_open,
        is_free=row.is_open and not row.claimed_by,
    )


def called(reason: str, language: str) -> str:
    """How a task is called: in the reader's language where the machine has a word for it, else as marketing calls it."""
    name = retold(reason, language)
    return name if name != reason else readable(reason)


def _reach(row: TaskRow, language: str) -> Reach | None:
    """How a message on another channel reaches the lead; None for a task that leaves it to the rep."""
    if not row.channel:
        return None
    said = words(language).get(f"reach_{row.channel}", readable(row.channel))
    match row.channel:
        case "call" | "telephone" | "text_message" if row.phone:
            scheme = "sms" if row.channel == "text_message" else "tel"
            return Reach(how=said, link=f"{scheme}:{quote(row.phone.replace(' ', ''), safe='+')}", label=row.phone)
        case "linkedin":
            wanted = urlencode({"keywords": " ".join(filter(None, [row.name, row.company]))})
            return Reach(how=said, link=f"https://www.linkedin.com/search/results/people/?{wanted}", label=words(language)["reach_look"])
        case _:
            return Reach(how=said)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskView:
    """A field that the form asks for. ``kind`` is ``choice``, ``number``, ``yes_no`` or ``date``."""

    name: str
    label: str
    kind: str
    choices: tuple[tuple[str, str], ...]


def ask_views(asked: Asked) -> list[AskView]:
    """The fields that a task asks for, in the order of the campaign."""
    return [
        AskView(
            name=f"set-{name}",
            label=readable(name),
            kind=plan if isinstance(plan, str) else "choice",
            choices=tuple((choice, readable(choice)) for choice in plan) if isinstance(plan, tuple) else (),
        )
        for name, plan in asked.plans.items()
    ]


def typed_lines(typed: Mapping[str, object], checklist: tuple[str, ...], language: str) -> list[tuple[str, str]]:
    """What a rep typed in words and would have to type again elsewhere."""
    w = words(language)
    named = {f"check-{number}": advised(line, language) for number, line in enumerate(checklist, 1)} | {
        "artefact": w["artefact"],
        "notes": w["notes"],
    }
    return [(label, text) for name, label in named.items() if isinstance(text := typed.get(name), str) and text.strip()]


def _said(row: TaskRow, language: str) -> tuple[tuple[str, str], ...]:
    w = words(language)
    yes_no = {True: w["yes"], False: w["no"]}
    facts = [(readable(name), yes_no[value] if isinstance(value, bool) else str(value)) for name, value in row.learned.items()]
    lines = [*zip((advised(line, language) for line in row.checklist), row.answers, strict=False), *facts]
    lines += [(w["second_campaign"], row.second_campaign), (w["notes"], row.notes)]
    return tuple((what, said) for what, said in lines if said)


def entry_view(entry: Entry, zone: str, language: str) -> dict[str, str]:
    """One line of the story."""
    why = entry.why if entry.by_a_person else retold(entry.why, language)
    return {"at": in_zone(entry.at, zone, language), "what": retold(entry.what, language), "why": why}


def blank(values: Mapping[str, object]) -> Mapping[str, str]:
    """Text by name for a template, empty where there is none."""
    return defaultdict(str, {name: value for name, value in values.items() if isinstance(value, str)})
