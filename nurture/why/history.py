"""What is kept of a lead's life, as a world to play it in again: what came in, and when and with which outcome errands were done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from nurture.actions import EnrollElsewhere, Errand, Escalate, HandOff, Move, Receipt, SendTouch, Status, Tell
from nurture.calendar import add
from nurture.engagements import Engagement
from nurture.human import IN_DOUBT, OVERDUE, task_id
from nurture.kinds import Purpose, Refusal
from nurture.ourside import Enrolled
from nurture.plan.parts import Cap
from nurture.standing import Note
from nurture.state import LeadState
from nurture.why.playing import Carried, Coming, Turn
from nurture.wishes import wished

NOT_SENT: Final = "'{letter}' not sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A row of the ledger: a letter that was to be sent, and what came of it."""

    key: UUID
    enrollment: int
    ref: str
    letter: str
    why: str
    claimed_at: datetime
    attempts: int = 0
    attempted_at: datetime | None = None
    sent_at: datetime | None = None
    refused_at: datetime | None = None
    refusal: Refusal | None = None
    confirms: UUID | None = None

    @property
    def decided_at(self) -> datetime:
        """When it was decided to send it. Before that it may have been put off: then there is one attempt, at the moment that counts."""
        return self.claimed_at if self.attempts > 1 else self.sent_at or self.refused_at or self.attempted_at or self.claimed_at


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything that is kept of a lead and that its life depended on; it is a world to play in.

    ``heard`` came in, ``brought`` are enrollments that its own steps asked for. ``opened`` says when tasks were opened, ``told`` when
    somebody was told something, by its key. ``notes`` are the decisions that were written down. ``waiting`` engagements are on their way.
    """

    lead: UUID
    heard: tuple[Coming, ...]
    brought: tuple[Coming, ...] = ()
    ledger: Mapping[UUID, Posted] = field(default_factory=dict)
    opened: Mapping[UUID, datetime] = field(default_factory=dict)
    told: Mapping[str, datetime] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    waiting: int = 0
    coming: tuple[Engagement, ...] = ()
    """What waits, in its order: its workflow has not heard of it."""

    @property
    def latest_at(self) -> datetime | None:
        """The last moment of which something is kept, where clocks differ a little: what is known is not in the future."""
        moments = [one.at for one in (*self.heard, *self.brought)] + [note.at for note in self.notes] + list(self.opened.values())
        return max([*moments, *(row.sent_at or row.claimed_at for row in self.ledger.values())], default=None)

    def letters_had(self, enrollment: int, at: datetime) -> tuple[str, ...]:
        """The letters that an enrollment had got by then."""
        rows = self.ledger.values()
        return tuple(sorted({row.letter for row in rows if row.enrollment == enrollment and row.sent_at and row.sent_at <= at}))

    def prepared(self, state: LeadState) -> LeadState:
        """Under the rules of the next decision that was written down: a run keeps those that it began under."""
        rules = next((note.rules for note in self.notes if note.no > state.noted and note.rules), None)
        return replace(state, rules=rules) if rules is not None and rules != state.rules else state

    def hears(self, coming: Coming, state: LeadState) -> Engagement | None:
        return coming.engagement

    def decided_at(self, turns: Sequence[Turn], now: datetime) -> datetime:
        """A worker takes its time; what was written down says how much."""
        return max(filter(None, (now, self._recorded_at(turns[-1], now) or self._noted_at(turns))))

    def carried(self, errand: Errand, state: LeadState, now: datetime) -> Carried | None:
        if isinstance(errand, SendTouch):
            return self._posted(errand, state, now)
        if isinstance(errand, EnrollElsewhere):
            brought = self._brought(errand, now)
            return Carried(at=now, brings=(brought,) if brought else ())
        return Carried(at=now) if self._recorded_at(Turn(at=now, what=errand, before=state, after=state), now) else None

    def _recorded_at(self, due: Turn, now: datetime) -> datetime | None:
        match due.what:
            case SendTouch(key=key):
                return self.ledger[key].decided_at if key in self.ledger else None
            case HandOff(task=task):
                return self.opened.get(task)
            case Escalate(task=task, escalation=escalation):
                return self.told.get(f"{task}:{escalation}")
            case Tell(key=key):
                return self.told.get(str(key))
            case EnrollElsewhere() as order:
                brought = self._brought(order, now)
                return brought.engagement.at if brought else None
            case _:
                return None

    def _noted_at(self, turns: Sequence[Turn]) -> datetime | None:
        """When the steps of these turns were taken, by the note of the first one that tells."""
        written = {note.no: note for note in self.notes}
        for turn in turns:
            then = written.get(turn.before.noted + 1)
            new = next((note for note in turn.after.notes if note.no > turn.before.noted), None)
            if isinstance(turn.what, Move) and turn.what.at is None and new and then and new.what == then.what:
                return then.at
        return None

    def _brought(self, order: EnrollElsewhere, now: datetime) -> Coming | None:
        return next(
            (
                one
                for one in self.brought
                if isinstance(one.engagement, Enrolled) and one.engagement.campaign.name == order.campaign and one.engagement.at >= now
            ),
            None,
        )

    def _posted(self, touch: SendTouch, state: LeadState, now: datetime) -> Carried | None:
        row = self.ledger.get(touch.key)
        if row is None:
            return None
        if touch.enrollment and (held_up := self._held_up(touch, state, row)):
            return replace(held_up, at=max(now, held_up.at))
        if row.sent_at is not None:
            return Carried(at=max(now, row.sent_at))
        if row.refusal is Refusal.CAPPED and touch.enrollment:
            until = self.free_at(state, touch, now)
            return Carried(at=now, receipt=Receipt(status=Status.REFUSED, reason=Refusal.CAPPED, until=until)) if until else None
        if row.refusal is not None:
            return Carried(at=max(now, row.refused_at or now), receipt=Receipt(status=Status.REFUSED, reason=row.refusal))
        given_up = next((n for n in self.notes if n.no == state.noted + 1 and n.what == NOT_SENT.format(letter=touch.letter)), None)
        if given_up is not None:
            return Carried(at=max(now, given_up.at), receipt=Receipt(status=Status.REFUSED, reason=Refusal.FAILED))
        return None

    def _held_up(self, touch: SendTouch, state: LeadState, row: Posted) -> Carried | None:
        """What kept a letter from going by itself: a doubt whether it had gone already, or that it was too late."""
        enrollment = state.enrollment(touch.enrollment)
        assert enrollment is not None
        if asked_at := self.opened.get(task_id(state, replace(enrollment, doubts=enrollment.doubts + 1), IN_DOUBT)):
            return Carried(at=asked_at, receipt=Receipt(status=Status.IN_DOUBT))
        if touch.too_late_at is None:
            return None
        late_at = self.opened.get(task_id(state, enrollment, OVERDUE))
        if late_at is None and row.sent_at is None:
            late_at = next((n.at for n in self.notes if n.no == state.noted + 1 and n.at >= touch.too_late_at), None)
        return Carried(at=late_at, receipt=Receipt(status=Status.SUPERSEDED, until=late_at)) if late_at else None

    def free_at(self, state: LeadState, touch: SendTouch, now: datetime) -> datetime | None:
        """From when on the caps have room for this letter, by the ledger; None while they have."""
        enrollment = state.enrollment(touch.enrollment)
        assert enrollment is not None
        campaign = enrollment.campaign
        rows = [row for row in self.ledger.values() if row.sent_at and row.sent_at < now and row.confirms is None]
        sent = sorted(rows, key=lambda row: row.sent_at or now)
        sold = [row for row in sent if row.ref.startswith(f"{campaign.name}@") and campaign.purpose(row.letter) is Purpose.SALES]
        caps = [(campaign.cap, sent), (campaign.sales_cap, sold)]
        full = [
            until
            for cap, rows in (caps if campaign.purpose(touch.letter) is Purpose.SALES else caps[:1])
            if (until := _full_until(cap, [row.sent_at for row in rows if row.sent_at], state)) and until > now
        ]
        wish = wished(state.wish, sent[-1].sent_at if sent else None, campaign.window, state.profile)
        return max([*full, *([wish.at] if wish and wish.at > now else [])], default=None)


def _full_until(cap: Cap, sent: Sequence[datetime], state: LeadState) -> datetime | None:
    return add(sent[-cap.touches], cap.per, state.profile) if cap.touches and len(sent) >= cap.touches else None
