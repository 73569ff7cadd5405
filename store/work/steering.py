"""What a person decides about one lead by hand: stored with who and why, told to its workflow, and written into the audit log."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from nurture.engagements import Held, OptedOut, Redirected, Released, Steered
from nurture.kinds import Verb
from nurture.state import LeadState, newcomer
from nurture.why.retelling import History, retell
from store.journeys import standings
from store.journeys.retelling import history_of
from store.leads import engagements
from store.tables import Lead
from store.team import audit
from store.team.audit import Deed, On
from store.work.happenings import Happenings

Decision = Steered | Redirected | Held | Released | OptedOut
"""What can be decided by hand."""

_DEEDS: Final[dict[type, Deed]] = {
    Redirected: Deed.LEAD_MOVED,
    Held: Deed.LEAD_HELD,
    Released: Deed.LEAD_RELEASED,
    OptedOut: Deed.LEAD_STOPPED,
}
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


async def as_told(session: AsyncSession, lead_id: UUID, now: datetime) -> tuple[History, LeadState]:
    """What is kept of a lead, and the state that it is in by that."""
    history = await history_of(session, lead_id)
    turns = retell(history, max(now, history.latest_at or now))
    return history, turns[-1].after if turns else newcomer(lead_id)
