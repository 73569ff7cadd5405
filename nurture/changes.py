"""What changes about a lead as a whole: its contract, a hold, and what is over for it."""

from datetime import datetime

from nurture.enrollment import Enrollment
from nurture.frozen import replace
from nurture.profile import Contract, Values
from nurture.state import Hold, LeadState


def with_contract(state: LeadState, contract: Contract) -> LeadState:
    """The contract as it is now. With another end, what was opened for the old one may open again, should the old one come back."""
    was = state.contract
    state = replace(state, contract=contract)
    if state.rules < 2 or was is None or was.ends_on == contract.ends_on:
        return state
    for enrollment in state.enrollments:
        rules = tuple(f"{rule.name}:" for rule in enrollment.campaign.rules if rule.when.contract_ends_in)
        state = state.having(replace(enrollment, fired=tuple(name for name in enrollment.fired if not name.startswith(rules))))
    return state


def held(state: LeadState, at: datetime, hold: Hold) -> LeadState:
    """The state on hold."""
    return replace(state, hold=hold).noting(at, f"on hold until {hold.until}", hold.why)


def lifted(state: LeadState, at: datetime, why: str) -> LeadState:
    """The state without the hold that it was on."""
    return replace(state, hold=None, lifted_at=at).noting(at, "hold lifted", why)


def ended(state: LeadState, enrollment: Enrollment, at: datetime, why: str, *, by: str = "", inputs: Values = ()) -> LeadState:
    """The state with this campaign over for the lead."""
    campaign = enrollment.campaign
    what = f"{campaign.name}: over"
    return state.without(enrollment.number).noting(at, what, why, by=by, ref=campaign.ref, inputs=inputs, over=True)


def touched(state: LeadState, at: datetime, *, sells: bool = False) -> LeadState:
    """A letter went: caps count it, and silence begins with the first that nobody answers."""
    most = max([e.campaign.cap.touches for e in state.enrollments], default=0)
    most_sold = max([e.campaign.sales_cap.touches for e in state.enrollments], default=0) if sells else 0
    return replace(
        state,
        touch_at=at,
        touched_at=(*state.touched_at, at)[-most:] if most else (),
        sold_at=(*state.sold_at, at)[-most_sold:] if most_sold else state.sold_at,
        unanswered=state.unanswered + 1,
        silent_since=state.silent_since or at,
    )


def forgotten(state: LeadState) -> LeadState:
    """What is left of a lead that was erased: nothing to decide with, and the numbers by which the store tells late from early."""
    return LeadState(lead=state.lead, rules=state.rules, seen=state.seen, records=state.records, noted=state.noted)
