"""Plays the demonstration: time passes from look to look, and in between the cast does what its parts and its letters say."""

import asyncio
import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import count, groupby
from typing import Final
from uuid import UUID

from sqlalchemy import select

from demo.cast import Act, AskForDemo, GetProposal, Reply, as_customer, character_of
from demo.city import District
from demo.deeds import FIRST_TIME, Deeds, Member
from demo.doors import Doors
from demo.reps import Case, Response, response_to
from nurture.kinds import Outcome
from nurture.profile import Contract
from store.desk.checks import allowed
from store.leads import contracts
from store.tables import Lead, Task

LOOKS_BY: Final = time(0, 30, tzinfo=UTC)
"""When the daily look is over: the reps sit in Tokyo, and begin with it."""

_REP_CALLS_WITHIN: Final = timedelta(minutes=20)
_SHOWN_FIRST: Final = {"reps": "a rep is told", "leader": "the leader is told"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ToAnswer:
    """A task that a rep will answer."""

    task: UUID
    response: Response


@dataclass(frozen=True, slots=True)
class Look:
    """Only to see what is new, earlier than the daily look."""


class Chronicle:
    """What all districts have come to. ``tell`` gets a line for what happens for the first time."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.tell: Callable[[str], None] = lambda line: None
        self._told: set[str] = set()

    def first(self, what: str, now: datetime, line: str) -> None:
        if what not in self._told:
            self._told.add(what)
            self.tell(f"{now:%d %b %Y}  {line}")


class Play:
    """The loop of one district. ``tick`` is called after each look."""

    def __init__(self, here: District, doors: Doors, seed: int, chronicle: Chronicle) -> None:
        self.here = here
        self.chronicle = chronicle
        self.tick: Callable[[], None] = lambda: None
        self._doors = doors
        self._deeds = Deeds(here, doors)
        self._seed = seed
        self._by_address: dict[str, Member] = {}
        self._by_id: dict[UUID, Member] = {}
        self._letters_read = 0
        self._tasks_seen: set[UUID] = set()
        self._agenda: list[tuple[datetime, int, Member | None, Act | ToAnswer | Look]] = []
        self._order = count()

    async def meet(self) -> int:
        """Give everyone who lives here and has no part yet a part, and say how many there are."""
        async with self.here.database.transaction() as session:
            for lead in await session.scalars(select(Lead)):
                if self.here.houses(lead) and lead.id not in self._by_id:
                    self._by_id[lead.id] = self._by_address[lead.email] = Member(
                        id=lead.id,
                        email=lead.email,
                        language=lead.language,
                        country=lead.country,
                        zone=lead.zone or "UTC",
                        character=character_of(lead.email, self._seed),
                    )
        # The clock must not run before the workers do.
        await self.here.settle(self._by_id)
        return len(self._by_id)

    async def until(self, end: datetime) -> None:
        """Let time pass until ``end``."""
        while self.here.now < end:
            await self.here.skip_to(min(self._next_stop(), end))
            self._read_letters()
            await self._see_tasks()
            # A clock that runs while somebody is still being dealt with would bring the next thing before its cause.
            await self.here.settle(await self._act())
            self.tick()
        await self.here.settle(self._by_id)

    def _next_stop(self) -> datetime:
        """The look of the next working day, or sooner where somebody waits for an answer."""
        return min([_look_after(self.here.now), *(at for at, _, _, what in self._agenda if isinstance(what, Look))])

    def _read_letters(self) -> None:
        letters = self.here.post.letters()
        for letter in letters[self._letters_read :]:
            member = self._by_address.get(letter.to[0])
            if member is None:
                who = letter.to[0].partition("@")[0]
                if who in _SHOWN_FIRST:
                    self._tell_first(f"to {who}", f"{_SHOWN_FIRST[who]} by mail: {letter.subject}")
                continue
            self.chronicle.counts["letters"] += 1
            member.letters += 1
            member.last_letter = letter
            for cue in member.character.cues:
                if cue.letter == member.letters:
                    self._put(letter.at + cue.wait, member, cue.act)
        self._letters_read = len(letters)

    async def _see_tasks(self) -> None:
        """What is new in the inbox: it depends on the lead's part what a rep will answer, and when."""
        last_look = self.here.now - timedelta(days=5)
        new = select(Task).where(Task.opened_at > last_look, Task.completed_at.is_(None), Task.withdrawn_at.is_(None))
        async with self.here.database.transaction() as session:
            for task in await session.scalars(new.order_by(Task.opened_at, Task.id)):
                if task.lead_id in self._by_id and task.id not in self._tasks_seen:
                    self._tasks_seen.add(task.id)
                    self._take_up(task, await contracts.of_lead(session, task.lead_id))

    def _take_up(self, task: Task, contract: Contract | None) -> None:
        member = self._by_id[task.lead_id]
        member.tasks[task.reason] += 1
        case = Case(
            reason=task.reason,
            time=member.tasks[task.reason],
            today=self._deeds.today(member),
            opened_at=task.opened_at,
            deadline_at=task.deadline_at,
            email=member.email,
            language=member.language,
            contract=contract,
            checklist=tuple(task.checklist),
            asks=tuple(task.asks),
            outcomes=allowed(task.outcomes),
            wants_artefact=task.wants_artefact,
        )
        response = response_to(member.character, case, self.here.team, self._seed)
        at = task.opened_at + response.wait
        if not response.late and task.deadline_at <= _look_after(self.here.now):
            at = self.here.now
        self._put(at, member, ToAnswer(task=task.id, response=response))
        self.chronicle.counts["handoffs"] += 1
        self._tell_first(f"handoff {task.reason}", f"a rep is asked, '{task.reason}': {task.why}")

    async def _act(self) -> set[UUID]:
        """Everything that is due, and whom it concerned. Reps work beside one another, each on one task after the other."""
        due = []
        while self._agenda and self._agenda[0][0] <= self.here.now:
            due.append(heapq.heappop(self._agenda))
        tasks = [(member, what) for _, _, member, what in due if member and isinstance(what, ToAnswer)]
        tasks.sort(key=lambda task: task[1].response.rep)
        await asyncio.gather(*(self._answer(rep, list(work)) for rep, work in groupby(tasks, lambda task: task[1].response.rep)))
        for _, _, member, what in due:
            if member and not isinstance(what, ToAnswer | Look):
                await self._deeds.do(member, what)
                self.chronicle.counts[type(what).__name__] += 1
                self._tell_first(type(what).__name__, FIRST_TIME[type(what)])
                if isinstance(what, AskForDemo | Reply):
                    self._put(self.here.now + _REP_CALLS_WITHIN, None, Look())
        return {member.id for _, _, member, _ in due if member}

    async def _answer(self, rep: str, work: list[tuple[Member, ToAnswer]]) -> None:
        seal = None
        for member, it in work:
            seal = seal or await self._doors.seal(rep, it.task)
            if seal is None:
                continue
            if it.response.claims:
                await self._doors.claim(rep, it.task, seal)
            if not await self._doors.answer(rep, it.task, seal, it.response.fields):
                continue
            outcome = it.response.fields["outcome"]
            self.chronicle.counts["answers"] += 1
            self.chronicle.counts[outcome] += 1
            self._tell_first(f"answer {outcome}", f"{rep} answers '{outcome.replace('_', ' ')}': {it.response.fields['notes']}")
            if it.response.fields.get("set-size") == "large":
                self._put(self.here.now + _REP_CALLS_WITHIN, None, Look())  # the leader is called at once too
            if outcome == Outcome.OTHER_CONTACT:
                await self.meet()
            if outcome == Outcome.WON:
                member.contracts += 1
                for cue in as_customer(member.character, self._seed, member.contracts):
                    self._put(self.here.now + cue.wait, member, cue.act)
            if it.response.proposes_after is not None:
                self._put(self.here.now + it.response.proposes_after, member, GetProposal())

    def _put(self, at: datetime, member: Member | None, what: Act | ToAnswer | Look) -> None:
        heapq.heappush(self._agenda, (at, next(self._order), member, what))

    def _tell_first(self, what: str, line: str) -> None:
        self.chronicle.first(what, self.here.now, line)


def _look_after(now: datetime) -> datetime:
    """The daily look of the next working day.

    It is never at the same time on two days that are a deadline apart: the server that skips time loses a lead whose timer is cancelled
    in the moment in which it fires (temporalio/sdk-java#3088).
    """
    day = now.date()
    while (look := datetime.combine(day, LOOKS_BY) - timedelta(minutes=day.toordinal() * 37 % 29)) <= now or day.weekday() > 4:
        day += timedelta(days=1)
    return look
