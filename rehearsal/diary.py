"""The calendar of a rehearsal: everything that happened to each persona, in order, with its reason, and letters as they arrived."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from local.catcher import Letter
from local.town import Town
from rehearsal.cues import Deed
from rehearsal.deeds import SOURCE
from rehearsal.play import Pause, Play
from rehearsal.players import Player
from store import tables
from store.looks import timeline


class Sort(StrEnum):
    """What kind of thing an entry tells."""

    LETTER = "letter"
    NOT_SENT = "not sent"
    TASK = "task"
    MESSAGE = "message"
    REP = "rep"
    LEAD = "lead"
    MOVE = "move"
    WAIT = "wait"
    REMARK = "remark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened. ``name`` is the letter's, or the reason of the task; ``until`` is a deadline, or the end of a wait.

    ``say``, ``checklist`` and ``outcomes`` are what a task tells its rep; ``subject``, ``text`` and ``html`` are a letter as it arrived.
    """

    at: datetime
    sort: Sort
    what: str
    why: str = ""
    name: str = ""
    campaign: str = ""
    until: datetime | None = None
    say: str = ""
    checklist: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    language: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What happened to one persona, and how it stands at the end. ``zone`` is the one that its days are in.

    ``tracks`` are those at the end, ``entered`` all that it was ever in.
    """

    persona: str
    about: str
    person: str
    company: str
    language: str
    country: str
    zone: str
    began_at: datetime
    entries: tuple[Entry, ...]
    stage: str
    tracks: tuple[str, ...]
    entered: tuple[str, ...]
    open: bool
    next_at: datetime | None
    why: str

    def of(self, *sorts: Sort) -> list[Entry]:
        """The entries of these kinds, in order."""
        return [entry for entry in self.entries if entry.sort in sorts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What a rehearsal has shown. ``seconds`` is how long it took on our own clock."""

    file: str
    campaign: str
    ref: str
    since: datetime
    until: datetime
    stories: tuple[Story, ...]
    seconds: float


_SORTS: Final[Mapping[str, Sort]] = {"engagement": Sort.LEAD, "decision": Sort.MOVE, "letter": Sort.NOT_SENT, "task": Sort.REP}
_AFTER: Final = {
    Sort.LEAD: 0,
    Sort.REP: 1,
    Sort.MOVE: 2,
    Sort.LETTER: 3,
    Sort.NOT_SENT: 3,
    Sort.TASK: 4,
    Sort.MESSAGE: 4,
    Sort.REMARK: 5,
    Sort.WAIT: 6,
}
"""What comes first of things that happened in one minute: what was done, what follows from it, and then the wait."""

_TOLD_BY_TASK: Final = "a rep answered "
_INTO: Final = " → "
_ENROLLED: Final = "enrolled in "
_BY_COLLEAGUE: Final = " about a colleague"


async def stories_of(town: Town, play: Play) -> tuple[Story, ...]:
    """The story of every persona that was there."""
    caught = {letter.message_id: letter for letter in town.post.letters()}
    async with town.database.transaction() as session:
        return tuple([await _story(session, player, play.pauses[player.id], caught) for player in play.players.values() if player.is_here])


async def _story(session: AsyncSession, player: Player, pauses: Sequence[Pause], caught: Mapping[str, Letter]) -> Story:
    standing, person = player.standing, player.persona.person
    remarks = [Entry(at=at, sort=Sort.REMARK, what=f"could not do: {what}", why=why) for at, what, why in player.remarks]
    entries = [entry async for entry in _entries(session, player, caught)]
    given = [person.family_name, person.given_name] if person.language in ("ja", "zh", "ko") else [person.given_name, person.family_name]
    return Story(
        persona=player.persona.name,
        about=player.persona.about,
        person=" ".join(filter(None, given)),
        company=person.company,
        language=person.language,
        country=person.country,
        zone=player.profile.zone,
        began_at=player.begins_at,
        entries=tuple(entry for entry in sorted([*entries, *_waits(pauses), *remarks], key=_order) if entry.at <= player.ends_at),
        stage=standing.stage if standing else "",
        tracks=tuple(position.track for position in standing.positions) if standing else (),
        entered=tuple(dict.fromkeys([*player.tracks, *(entry.what.rpartition(_INTO)[2] for entry in entries if _INTO in entry.what)])),
        open=standing.open if standing else False,
        next_at=standing.next_at if standing else None,
        why=standing.why if standing else "",
    )


async def _entries(session: AsyncSession, player: Player, caught: Mapping[str, Letter]) -> AsyncIterator[Entry]:
    """Everything that the store tells of a lead. Letters and tasks are told from their own rows, which say more."""
    for told in await timeline.story(session, player.id):
        answered = told.of == "engagement" and told.what.startswith(_TOLD_BY_TASK) and _BY_COLLEAGUE not in told.what
        opened = told.of == "task" and told.what.startswith("asked ")
        sent = told.of == "letter" and told.what.startswith("sent ")
        if not (answered or opened or sent):
            why = "" if told.of == "engagement" and told.why == f"from {SOURCE}" else told.why
            sort = Sort.MOVE if told.what.startswith(_ENROLLED) else _SORTS[told.of]
            yield Entry(at=told.at, sort=sort, what=_in_full(told.what, player.did.get(told.at)), why=why)
    for touch in await session.scalars(select(tables.Touch).where(tables.Touch.lead_id == player.id, tables.Touch.sent_at.is_not(None))):
        assert touch.sent_at is not None
        letter = caught[touch.message_id or ""]
        yield Entry(
            at=touch.sent_at,
            sort=Sort.LETTER,
            what=f"sent {touch.letter}",
            why=touch.why,
            name=touch.letter,
            campaign=touch.campaign.partition("@")[0],
            language=touch.language,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
        )
    for task in await session.scalars(select(tables.Task).where(tables.Task.lead_id == player.id)):
        yield Entry(
            at=task.opened_at,
            sort=Sort.MESSAGE if task.channel else Sort.TASK,
            what=f"asked for a message by {task.channel.replace('_', ' ')}" if task.channel else f"asked a rep: {task.reason}",
            why=task.why,
            name=task.reason,
            campaign=task.campaign,
            until=task.deadline_at,
            say=task.say,
            checklist=tuple(task.checklist),
            outcomes=tuple(task.outcomes),
        )


def _in_full(what: str, deed: Deed | None) -> str:
    """What a lead did, with what its persona says of it where the store tells the kind alone."""
    kind, _, rest = deed.words.partition(" ") if deed else ("", "", "")
    return f"{what} {rest}".rstrip() if kind.replace("_", " ") == what else what


def _waits(pauses: Sequence[Pause]) -> Iterator[Entry]:
    """What was waited for, without the waits that ended as they began."""
    for pause, after in pairwise([*pauses, None]):
        if pause and not (after and (after.at - pause.at).total_seconds() < 60):
            yield Entry(at=pause.at, sort=Sort.WAIT, what="waits", why=pause.why, until=pause.until)


def _order(entry: Entry) -> tuple[datetime, int, datetime]:
    return entry.at.replace(second=0, microsecond=0), _AFTER[entry.sort], entry.at


def letters_of(entries: Iterable[Entry]) -> list[str]:
    """The letters among these entries, by name."""
    return [entry.name for entry in entries if entry.sort is Sort.LETTER]
