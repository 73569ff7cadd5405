"""The brief beside a task: who, why now, what the lead saw, what the machine was about to do, what to say, and who else is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from store.desk.tasks import TaskRow
from store.looks.briefs import Brief, Colleague, Interest
from web.desk.places import step_in_words
from web.desk.retold import retold
from web.desk.stagerange import stage_name
from web.formfields import readable
from web.moments import from_now, in_zone
from web.words import words


@dataclass(frozen=True, slots=True, kw_only=True)
class ColleagueView:
    """A colleague in words. ``last`` is what they did last, and when."""

    id: UUID
    name: str
    title: str
    stage: str
    owner: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefView:
    """A brief in words. ``planned`` is what the machine was about to do, ``ahead`` what it does after the answer.

    ``say`` are next words.
    """

    stage: str
    recent: int
    points: int
    met: str
    seen: Sequence[str]
    planned: str
    ahead: Sequence[str]
    say: Sequence[str]
    colleagues: Sequence[ColleagueView]
    more_colleagues: int


def brief_view(known: Brief, task: TaskRow, now: datetime, language: str) -> BriefView:
    """The brief as a rep reads it at a glance."""
    return BriefView(
        stage=stage_name(known.stage, language) if known.stage else "",
        recent=known.score.recent,
        points=known.score.points,
        met=_met(known, task, language),
        seen=[_seen(one, now, language) for one in known.interests],
        planned=_planned(task, language),
        ahead=[said for step in known.ahead if (said := step_in_words(step, language))],
        say=_next_words(known, task, now, language),
        colleagues=[_colleague(one, now, language) for one in known.colleagues],
        more_colleagues=known.others - len(known.colleagues),
    )


def _met(known: Brief, task: TaskRow, language: str) -> str:
    w = words(language)
    how = w[f"met_{known.met.basis}"] if known.met.basis else w["met_unknown"]
    where = f" ({readable(known.met.source.replace(':', ' '))})" if known.met.source else ""
    return f"{how}{where}, {in_zone(known.met.at, task.zone, language)}"


def _did(kind: str, content: str, language: str) -> str:
    """What a lead did, in words; a kind that pages have no words for is said as it is."""
    w = words(language)
    sentence = w.get(f"seen_{kind}", readable(kind) + ": {what}" if content else readable(kind))
    return sentence.format(what=readable(content))


def _seen(one: Interest, now: datetime, language: str) -> str:
    often = words(language)["seen_times"].format(n=one.times) if one.times > 1 else ""
    return f"{_did(one.kind, one.content, language)}{often} · {from_now(one.last_at, now, language)}"


def _planned(task: TaskRow, language: str) -> str:
    if not task.planned:
        return words(language)["planned_nothing"]
    at = f" ({in_zone(task.planned_at, task.zone, language)})" if task.planned_at else ""
    return f"{retold(task.planned, language)}{at}"


def _next_words(known: Brief, task: TaskRow, now: datetime, language: str) -> Sequence[str]:
    """What to say next: to what the lead did last, by the story that the task belongs to, and by how far the customer is."""
    w = words(language)
    opening = []
    if known.interests:
        last = known.interests[0]
        said = w.get(f"say_after_{last.kind}", w["say_after_anything"])
        opening.append(said.format(what=readable(last.content), when=from_now(last.last_at, now, language)))
    story = w.get(f"say_story_{task.reason}", "")
    return [*opening, *filter(None, [story]), w[f"say_phase_{known.phase}"]]


def _colleague(one: Colleague, now: datetime, language: str) -> ColleagueView:
    w = words(language)
    last = f"{_did(one.kind, one.content, language)} · {from_now(one.last_at, now, language)}" if one.last_at and one.kind else ""
    return ColleagueView(
        id=one.id,
        name=one.name or w["unnamed"],
        title=one.title,
        stage=stage_name(one.stage, language) if one.stage else "",
        owner=one.owner,
        last=last,
    )
