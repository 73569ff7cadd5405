"""What a person decides about one lead by hand: stored with who and why, told to its workflow, and written into the audit log."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.fold import fold
from nurture.kinds import Kind, Verb
from nurture.leadside import OptedOut
from nurture.ourside import Held, Redirected, Released, Steered
from nurture.state import LeadState, newcomer
from nurture.why.history import History
from nurture.why.retelling import retell
from store.desk.happenings import Happenings
from store.journeys import standings
from store.journeys.retelling import history_of
from store.leads import engagements
from store.tables import Lead
from store.team import audit
from store.team.audit import Deed, On

Decision = Steered | Redirected | Held | Released | OptedOut
"""What can be decided by hand."""

_DEEDS: Final[dict[type, Deed]] = {
    Redirected: Deed.LEAD_MOVED,
    Held: Deed.LEAD_HELD,
    Released: Deed.LEAD_RELEASED,
    OptedOut: Deed.LEAD_STOPPED,
}
_KINDS: Final = [Kind.STEERED, Kind.REDIRECTED, Kind.HELD, Kind.RELEASED, Kind.OPTED_OUT]

_SOON: Final = timedelta(minutes=2)
"""What was decided longer ago than this is not waited for by any page."""

_OF_A_STEP: Final = {Verb.SEND_NOW: Deed.LETTER_SENT_NOW, Verb.SKIP: Deed.STEP_SKIPPED}


async def decide(
    session: AsyncSession, lead: Lead, decision: Decision, *, by: str, because: str, now: datetime, source: str, key: str | None = None
) -> int | None:
    """Store a decision of ``by`` (a name of the team) and give its number; None where ``key`` was stored before, and nothing changes.

    The lead is locked by whoever calls. Raises WrongEngagement.
    """
    happenings = Happenings(session, now, source)
    checked = await happenings.checked(lead, decision)
    stood = await standings.of_lead(session, lead.id)
    seq = await happenings.store(lead, checked, key=key, details={"by": by, "because": because})
    if seq is not None:
        deed = _OF_A_STEP[decision.verb] if isinstance(decision, Steered) else _DEEDS[type(decision)]
        places = [f"{place.track}.{place.step}" for place in stood.positions] if stood else []
        before = {"at": places, "held_until": str(stood.held_until) if stood and stood.held_until else ""}
        after = {name: said for name, said in engagements.facts_of(decision).items() if name not in ("kind", "at")}
        await audit.note(session, by, deed, On.LEAD, lead.id, now, before=before, after=after)
    return seq


@dataclass(frozen=True, slots=True)
class ByHand:
    """Whether somebody ever hurried a letter of a lead or had a step left out, and decided something that is not written down yet."""

    steered: bool
    is_new: bool


async def by_hand(session: AsyncSession, lead_id: UUID, now: datetime) -> ByHand:
    """What people have decided about a lead. Its workflow writes down what it hears of, mostly within a second."""
    known = {"lead": lead_id, "since": now - _SOON, "kinds": _KINDS, "steered": Kind.STEERED}
    return ByHand(*(await session.execute(_BY_HAND, known)).one())


async def as_told(session: AsyncSession, lead_id: UUID, now: datetime) -> tuple[History, LeadState]:
    """What is kept of a lead, and the state that it is in by that, once its workflow has heard of all of it."""
    history = await history_of(session, lead_id)
    turns = retell(history, max(now, history.latest_at or now))
    return history, reduce(fold, history.coming, turns[-1].after if turns else newcomer(lead_id))


_BY_HAND: Final = text("""
    SELECT coalesce(bool_or(kind = :steered), false),
        coalesce(bool_or(at >= :since AND seq > (SELECT coalesce(max(seen), 0) FROM notes WHERE lead_id = :lead)), false)
    FROM engagements WHERE lead_id = :lead AND kind = ANY(CAST(:kinds AS text[]))
""")
