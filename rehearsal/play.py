"""Plays a rehearsal: time passes from one moment at which something is due to the next, and in between personas and reps act."""

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Final
from uuid import UUID

from sqlalchemy import select

from local.town import Town
from nurture.calendar import add
from nurture.places import zone
from nurture.plan.campaign import Campaign
from nurture.standing import Standing
from rehearsal.cues import Cue, On
from rehearsal.deeds import Deeds
from rehearsal.personas import Persona, Response
from rehearsal.players import Player, id_of
from rehearsal.reps import Reps
from store import tables
from store.desk import tasks
from store.desk.tasks import TaskRow
from store.journeys import standings

Advance = Callable[[datetime], None]

_A_MOMENT: Final = timedelta(seconds=1)
"""We look this long after something was due, so that no timer is cancelled in the moment in which it fires (temporalio/sdk-java#3088)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Nothing was due for a lead from a moment on, until another; ``until`` is None while only somebody can change that."""

    at: datetime
    until: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Begin:
    """The persona comes."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Enough was seen of the persona."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToAnswer:
    """A task that a rep will answer."""

    task: TaskRow
    response: Response | None


class Play:
    """One rehearsal in a town. ``advance`` hears how far time has come."""

    def __init__(self, town: Town, campaign: Campaign, topics: frozenset[str], advance: Advance = lambda now: None) -> None:
        self._town = town
        self._deeds = Deeds(town, campaign, topics)
        self._reps = Reps(town)
        self._advance = advance
        self._agenda: list[tuple[datetime, int, Player, Begin | Leave | Cue | ToAnswer]] = []
        self._order = count()
        self._told: set[tuple[UUID, object]] = set()
        self.players: dict[UUID, Player] = {}
        self.pauses: dict[UUID, list[Pause]] = {}
        self._next_at: dict[UUID, datetime] = {}

    async def play(self, cast: Iterable[tuple[Persona, datetime, datetime]]) -> None:
        """Let everything happen to each persona from its first moment to its last."""
        for persona, begins_at, ends_at in cast:
            player = Player(persona=persona, begins_at=begins_at, ends_at=ends_at, id=id_of(persona.name))
            self.players[player.id] = player
            self.pauses[player.id] = []
            self._put(begins_at, player, Begin())
            self._put(ends_at, player, Leave())
        while self._agenda:
            await self._come_to(min([self._agenda[0][0], *(at + _A_MOMENT for at in self._next_at.values())]))
            while self._agenda and self._agenda[0][0] <= self._town.now:
                _, _, player, what = heapq.heappop(self._agenda)
                if not player.is_gone:
                    await self._do(player, what)
                    await self._settle([player])
            self._advance(self._town.now)
            if all(player.is_gone for player in self.players.values()):
                return

    async def _come_to(self, moment: datetime) -> None:
        """Only those for whom something was due can have done anything meanwhile."""
        await self._town.skip_to(moment)
        last = {player.id for at, _, player, what in self._agenda if at <= moment and isinstance(what, Leave)}
        due = [player for player in self._here() if self._next_at.get(player.id, moment) < moment or player.id in last]
        await self._settle(due)

    async def _settle(self, players: Sequence[Player]) -> None:
        if players:
            await self._town.settle(player.id for player in players)
            await self._look(players)

    async def _do(self, player: Player, what: Begin | Leave | Cue | ToAnswer) -> None:
        match what:
            case Begin():
                await self._deeds.begin(player)
                player.is_here = True
                self._tell(player, On.START, "", player.begins_at)
                for cue in player.persona.cues:
                    if cue.when.at is not None:
                        self._put(cue.when.at.replace(tzinfo=zone(player.profile.zone)), player, cue)
            case Leave():
                player.is_gone = True
            case Cue(deed=deed):
                await self._deeds.do(player, deed)
            case ToAnswer(task=task, response=response):
                if any(one.id == task.id for one in await self._town.tasks_of(player.id)):
                    await self._reps.answer(player, task, response)

    async def _look(self, players: Sequence[Player]) -> None:
        """See what has come of it: letters, tasks, where everyone is, and what each waits for."""
        async with self._town.database.transaction() as session:
            for player in players:
                rows = await session.execute(_SENT.where(tables.Touch.lead_id == player.id))
                sent = [(key, letter, at) for key, letter, at in rows if at]
                self._see(player, sent, await tasks.open_tasks(session, lead_id=player.id), await standings.of_lead(session, player.id))

    def _see(
        self, player: Player, sent: Sequence[tuple[UUID, str, datetime]], open_tasks: Sequence[TaskRow], standing: Standing | None
    ) -> None:
        for number, (key, letter, at) in enumerate(sent, 1):
            if self._is_new(player, key):
                player.last_letter = letter
                self._tell(player, On.EVERY_LETTER, "", at)
                self._tell(player, On.LETTER, str(number), at)
                self._tell_first(player, On.LETTER, letter, at)
        for task in open_tasks:
            if self._is_new(player, task.id):
                self._tell_first(player, On.TASK, task.reason, task.opened_at)
                response = self._reps.response_to(player, task.reason)
                if response is None or response.outcome is not None:
                    self._put(self._reps.answers_at(player, task, response), player, ToAnswer(task=task, response=response))
        player.standing = standing
        self._next_at.pop(player.id, None)
        if standing is None or not standing.open or player.is_gone:
            return
        for position in standing.positions:
            player.tracks.append(position.track)
            self._tell_first(player, On.TRACK, position.track, self._town.now)
        deadlines = [position.task_deadline_at for position in standing.positions]
        next_at = min(filter(None, (standing.next_at, *deadlines)), default=None)
        if next_at:
            self._next_at[player.id] = max(next_at, self._town.now)
        before = self.pauses[player.id]
        if not before or (before[-1].until, before[-1].why) != (next_at, standing.why):
            before.append(Pause(at=self._town.now, until=next_at, why=standing.why))

    def _is_new(self, player: Player, what: object) -> bool:
        new = (player.id, what) not in self._told
        self._told.add((player.id, what))
        return new

    def _tell_first(self, player: Player, on: On, name: str, at: datetime) -> None:
        if self._is_new(player, (on, name)):
            self._tell(player, on, name, at)

    def _tell(self, player: Player, on: On, name: str, at: datetime) -> None:
        """Something happened that cues may wait for: put them on the agenda."""
        for cue in player.persona.cues:
            if (cue.when.on, cue.when.name) == (on, name):
                self._put(max(add(at, cue.when.wait, player.profile), self._town.now), player, cue)

    def _put(self, at: datetime, player: Player, what: Begin | Leave | Cue | ToAnswer) -> None:
        heapq.heappush(self._agenda, (at, next(self._order), player, what))

    def _here(self) -> list[Player]:
        return [player for player in self.players.values() if player.is_here and not player.is_gone]


_SENT = (
    select(tables.Touch.key, tables.Touch.letter, tables.Touch.sent_at)
    .where(tables.Touch.sent_at.is_not(None))
    .order_by(tables.Touch.sent_at, tables.Touch.key)
)
