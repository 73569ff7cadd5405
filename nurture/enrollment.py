"""One lead's run through one campaign: where it is, and the task that a rep has about it."""

from datetime import datetime
from typing import Final
from uuid import UUID

from nurture.frozen import dataclass, replace
from nurture.kinds import Outcome
from nurture.plan.campaign import CampaignByRef
from nurture.plan.track import Email, Message, Pause, Step, Task, Track, WaitFor

_REACHING: Final = (Email, Message, Task)
"""The steps that reach somebody: with them ends what a human hurried."""
_LASTING: Final = (Message, Pause, Task, WaitFor)
"""The steps that last: once one of them is over, a rule that was beaten to the lead has its turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTask:
    """A task that a rep has not answered. While there is one, the machine is silent. ``step`` is where the enrollment was."""

    id: UUID
    reason: str
    opened_at: datetime
    deadline_at: datetime
    escalations: int = 0
    step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrollment:
    """One lead's run through one campaign.

    ``visit`` counts the tracks entered from 1, so that (number, visit, step) never comes twice. ``step`` is an index into the track's
    steps; one past the last means that the lead rests. ``arrived_at`` is when it came to the step. ``touches`` counts letters since a human
    last had a hand in it, ``human_steps`` how often one had. ``fired`` are the time rules that had their turn, each as ``rule:occasion``,
    and ``beaten`` those that came up in the moment in which a rule above them won: they wait until what that one led to was done.
    ``passed`` are letters that an earlier edition of the campaign had behind this lead. ``capped_until`` is when the ledger has room for
    the letter here, and ``waits_for`` what else it waits for until then, in words. ``doubts`` counts how often nobody knew whether the
    letter here had gone, and ``said`` is what a human said of it: it went, or it is to go. ``hurried_at`` is when a human said that the
    next letter of this track goes at once, and ``skipped`` are steps that a human had left out of it.
    """

    number: int
    campaign: CampaignByRef
    track: str
    enrolled_at: datetime
    arrived_at: datetime
    visit: int = 1
    step: int = 0
    touches: int = 0
    human_steps: int = 0
    horizon_from: datetime | None = None
    fired: tuple[str, ...] = ()
    beaten: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    capped_until: datetime | None = None
    waits_for: str = ""
    doubts: int = 0
    said: Outcome | None = None
    hurried_at: datetime | None = None
    skipped: tuple[str, ...] = ()
    task: OpenTask | None = None

    def entering(self, track: str, at: datetime) -> "Enrollment":
        """At the first step of a track. A rep's open task stays open."""
        there = replace(
            self, track=track, step=0, visit=self.visit + 1, arrived_at=at, capped_until=None, waits_for="", doubts=0, said=None
        )
        return replace(there, hurried_at=None, skipped=()) if self.hurried_at or self.skipped else there

    def passing(self, at: datetime) -> "Enrollment":
        """One step further. What an earlier edition had behind this lead is passed over once: a loop may bring it again."""
        passed = self.passed and tuple(name for name in self.passed if name not in (self.step_name, getattr(self.at_step, "email", "")))
        ahead = replace(self, step=self.step + 1, arrived_at=at, passed=passed, capped_until=None, waits_for="", doubts=0, said=None)
        if self.hurried_at is not None and isinstance(self.at_step, _REACHING):
            ahead = replace(ahead, hurried_at=None)
        return replace(ahead, beaten=()) if self.beaten and isinstance(self.at_step, _LASTING) else ahead

    @property
    def here(self) -> str:
        """Names this step of this visit, and no other of this enrollment."""
        return f"{self.visit}.{self.step_name}"

    @property
    def step_in_words(self) -> str:
        """``step TRACK.STEP``: what decides where the plan does, and no rule."""
        return f"step {self.track}.{self.step_name}"

    @property
    def where(self) -> Track:
        return self.campaign.tracks[self.track]

    @property
    def at_step(self) -> Step | None:
        """The step that the lead is at; None while it rests after the last one."""
        steps = self.campaign.tracks[self.track].steps
        return steps[self.step] if self.step < len(steps) else None

    @property
    def step_name(self) -> str:
        names = self.campaign.tracks[self.track].step_names
        return names[self.step] if self.step < len(names) else "rest"
