"""Everything that the next decision about a lead depends on, in one frozen value. It holds nothing personal."""

from datetime import date, datetime
from operator import attrgetter
from typing import Final
from uuid import UUID

from nurture.enrollment import Enrollment
from nurture.frozen import dataclass, replace
from nurture.kinds import Audience, Hours, Refusal
from nurture.memory import NOTHING, Memory
from nurture.profile import Contract, Profile, Values
from nurture.standing import Note, Standing
from nurture.wishes import AS_USUAL, Wish

RULES: Final = 4
"""The edition of the core that a run starts under. A change that would decide differently for a run under way raises it,
and the core asks ``state.rules`` before it takes the changed way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Automation pauses until the morning of ``until`` in the lead's zone. What the lead does lifts no firm hold, which a human has set."""

    until: date
    why: str
    firm: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirming:
    """A consent for ``topic`` that may be confirmed before ``until``. ``asked`` says that the letter that asks for it was dealt with."""

    id: UUID
    edition: str
    topic: str
    until: datetime
    asked: bool = False
    not_before: datetime | None = None
    """When that letter has its turn, where the pace that is set or a stop makes it wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """What a rep wants carried out: a letter of their own under an ``edition``, or word ``to`` whoever they gave a task to."""

    id: UUID
    edition: str = ""
    to: Audience | None = None
    not_before: datetime | None = None
    """When the letter has its turn, where the pace that is set or a stop makes it wait."""


_task_of: Final = attrgetter("task")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadState:
    """One lead.

    ``seen`` is the number of the last engagement folded in. ``issues`` are open, ``complaints`` are those of them that the lead complained
    of. ``touched_at`` are the letters that a cap may still count, ``sold_at`` those that sold something, and ``touch_at`` is the last.
    ``silent_since`` is when the first unanswered letter went. No letter goes before ``not_before``. ``notes`` wait to be written down with
    the next errand; ``recorded`` is the standing that the store has, ``records`` how often it was written.
    """

    lead: UUID
    rules: int = 1
    """A state that does not say is of the first edition, for what has its default is left out where states are kept."""
    seen: int = 0
    profile: Profile = Profile()
    stage: str = "unknown"
    barred_stage: str | None = None
    """The furthest stage that there was evidence of while something was open, until that is settled."""
    enrollments: tuple[Enrollment, ...] = ()
    ended: Enrollment | None = None
    """The enrollment that ended last: where a lead that comes back is taken up again."""
    contract: Contract | None = None
    refused: frozenset[str] = frozenset()
    """Topics refused; ``"*"`` is everything."""
    unmailable: Refusal | None = None
    no_consent: frozenset[str] = frozenset()
    """Topics that the store had no consent for when a letter was to go."""
    confirming: tuple[Confirming, ...] = ()
    ordered: tuple[Ordered, ...] = ()
    wish: Wish = AS_USUAL
    hold: Hold | None = None
    lifted_at: datetime | None = None
    """When the last hold ended before its day."""
    freed_at: datetime | None = None
    """When something last ended that may have kept letters waiting on purpose: a task, an issue, an edition."""
    issues: tuple[UUID, ...] = ()
    complaints: tuple[UUID, ...] = ()
    hours: Hours = Hours.ANY
    memory: Memory = NOTHING
    touched_at: tuple[datetime, ...] = ()
    sold_at: tuple[datetime, ...] = ()
    touch_at: datetime | None = None
    unanswered: int = 0
    silent_since: datetime | None = None
    not_before: datetime | None = None
    silent_until: datetime | None = None
    """A human wants no letter before this."""
    notes: tuple[Note, ...] = ()
    noted: int = 0
    recorded: Standing | None = None
    records: int = 0

    def enrollment(self, number: int) -> Enrollment | None:
        for enrollment in self.enrollments:
            if enrollment.number == number:
                return enrollment
        return None

    def has_refused(self, topic: str) -> bool:
        return "*" in self.refused or topic in self.refused

    @property
    def is_with_a_human(self) -> bool:
        return any(map(_task_of, self.enrollments))

    @property
    def tracks(self) -> tuple[tuple[int, int], ...]:
        """The track that each enrollment is in, as (number, visit): it changes whenever a track ends."""
        return tuple((e.number, e.visit) for e in self.enrollments)

    def noting(
        self, at: datetime, what: str, why: str, *, by: str = "", ref: str = "", inputs: Values = (), into: str = "", over: bool = False
    ) -> "LeadState":
        """The same state with one more note, and what it stands on (see ``Note``)."""
        note = Note(
            no=self.noted + 1,
            at=at,
            what=what,
            why=why,
            by=by,
            ref=ref,
            inputs=inputs,
            seen=self.seen,
            rules=self.rules,
            into=into,
            over=over,
        )
        return replace(self, noted=note.no, notes=(*self.notes, note))

    def having(self, enrollment: Enrollment) -> "LeadState":
        """The same state with this enrollment in the place of the one with its number."""
        if len(self.enrollments) == 1 and self.enrollments[0].number == enrollment.number:
            return replace(self, enrollments=(enrollment,))
        return replace(self, enrollments=tuple(enrollment if e.number == enrollment.number else e for e in self.enrollments))

    def without(self, number: int) -> "LeadState":
        """The same state with this enrollment over."""
        return replace(self, ended=self.enrollment(number), enrollments=tuple(e for e in self.enrollments if e.number != number))


def newcomer(lead: UUID) -> LeadState:
    """A lead of whom nothing is known yet, under today's rules."""
    return LeadState(lead=lead, rules=RULES)
