"""The things that can be due for a lead. Each says why, in words that a marketer reads."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5

from nurture.frozen import dataclass
from nurture.kinds import Audience, Hours, Outcome, Refusal
from nurture.profile import Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Nothing is due before ``until``; None while nothing but an engagement can change anything."""

    until: datetime | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A step of the plan that touches nobody: on to the next step, over a letter, or into another track. The core takes it by itself."""

    enrollment: int
    why: str
    track: str | None = None
    fired: str | None = None
    over: bool = False
    """The campaign is over for this lead."""
    say: bool = True
    """Worth a note; plain progress is not."""
    steps: int = 1
    sets: Values = ()
    """Fields that are remembered about the lead with this step."""
    hours: Hours | None = None
    """The half of the window in which letters go from now on."""
    at: datetime | None = None
    """When it was due, where that lies before now."""
    by: str = ""
    """``rule NAME`` where a rule decided; empty where the step did."""
    inputs: Values = ()
    """The facts that were asked for, as they were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTouch:
    """Send one letter. ``key`` is the same on every attempt, and no other touch has it. ``seen`` is what was known when deciding."""

    lead: UUID
    enrollment: int
    visit: int
    step: str
    campaign: str
    letter: str
    at: datetime
    seen: int
    why: str
    by_owner: bool = False
    """In the name of the rep who is named for the lead."""
    hours: Hours = Hours.ANY
    """The half of the campaign's window in which it goes."""
    too_late_at: datetime | None = None
    """From then on it does not go by itself; None where it goes however late it is."""
    doubts: int = 0
    """How often a human was asked whether it had gone already."""
    said: Outcome | None = None
    """What a human said of this letter: it went already, or it is to go."""
    at_once: bool = False
    """A human has it go outside of the campaign's window."""
    confirms: UUID | None = None
    """The consent that this letter asks to confirm: it belongs to no enrollment, and no cap and no window holds it back."""
    personal: UUID | None = None
    """The letter that a rep wrote: it belongs to no enrollment, and no window holds it back; caps count it."""

    @property
    def key(self) -> UUID:
        if self.personal is not None:
            return personal_key(self.lead, self.personal)
        what = f"confirm:{self.confirms}" if self.confirms else f"touch:{self.enrollment}.{self.visit}.{self.step}"
        return uuid5(self.lead, what)


def personal_key(lead: UUID, letter: UUID) -> UUID:
    """The key of the touch that a letter of a rep's becomes."""
    return uuid5(lead, f"personal:{letter}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOff:
    """Open a task for a rep; ``task`` is its id. ``say`` is the campaign's advice to the rep."""

    lead: UUID
    enrollment: int
    task: UUID
    reason: str
    at: datetime
    deadline_at: datetime
    campaign: str
    why: str
    say: str = ""
    step: str = ""
    to: Audience = Audience.REPS
    checklist: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    artefact: bool = False
    named: bool = False
    channel: str = ""
    """Where the rep is to reach the lead, when the task is a message on another channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """Word to somebody of us. ``about`` tells it from every other notice of this enrollment."""

    lead: UUID
    enrollment: int
    about: str
    to: Audience
    say: str
    at: datetime
    campaign: str
    why: str
    step: str = ""
    fired: str = ""
    handover: UUID | None = None
    """The handover of a task that this is word of; who gave it to whom, and with which word, is in the store."""

    @property
    def key(self) -> UUID:
        return uuid5(self.lead, f"tell:{self.enrollment}.{self.about}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate:
    """The deadline of a task has passed: tell the leader, and ask again at ``deadline_at``."""

    lead: UUID
    enrollment: int
    task: UUID
    escalation: int
    at: datetime
    deadline_at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrollElsewhere:
    """Begin another campaign for this lead, in the edition that is current when this is carried out."""

    lead: UUID
    enrollment: int
    step: str
    campaign: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Nothing is left to do for this lead until it comes back."""

    why: str


Errand = SendTouch | HandOff | Escalate | EnrollElsewhere | Tell
"""What is carried out in the world."""

Action = Wait | Move | End | Errand


class Status(StrEnum):
    """How an errand went."""

    DONE = "done"
    REFUSED = "refused"
    SUPERSEDED = "superseded"
    IN_DOUBT = "in_doubt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What came of an errand.

    Refused: the letter was not sent, for ``reason``; with ``until``, it may be tried again then. Superseded: the decision is
    to be made again at ``until``, or when something is heard of the lead before that, because the store knew more, the window has closed,
    or it is too late by now. In doubt: nobody knows whether the letter went, and a human is to be asked.
    """

    status: Status = Status.DONE
    reason: Refusal | None = None
    until: datetime | None = None
    waits_for: str = ""
    """What the letter waits for until then, in words; empty but for what is paced or stopped."""
