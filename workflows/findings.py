"""What the doctor says of a lead that would be forgotten: why, and what to do."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from store.journeys.standings import Orphan, Trouble
from store.looks.renewals import Unwatched
from workflows.visibility import Look

REPAIRABLE: Final = frozenset({Trouble.GONE, Trouble.NOT_RELAYED})
"""What the doctor may put right by itself, because nothing can be doubled or lost by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A lead that would be forgotten: why, and what to do about it."""

    lead_id: UUID
    kind: Trouble
    why: str
    do: str


def of_orphan(orphan: Orphan) -> Finding:
    """What the store tells alone."""
    return _finding(orphan.lead_id, orphan.kind, orphan.why)


def of_contract(contract: Unwatched) -> Finding:
    """A contract whose renewal nobody plans."""
    enroll = f"enroll it: campaign start campaigns/{contract.campaign}.yaml --lead {contract.lead_id}"
    return Finding(
        lead_id=contract.lead_id,
        kind=Trouble.NO_RENEWAL,
        why=f"its contract ends on {contract.ends_on}, and no campaign that it is in plans the renewal",
        do=enroll if contract.campaign else "start a campaign with a rule 'contract_ends_in'",
    )


def of_disagreement(lead_id: UUID, kind: Trouble) -> Finding:
    """The store and Temporal say different things of a lead."""
    return _finding(lead_id, kind, _WHY[kind])


def of_stuck(lead_id: UUID, look: Look, problem: str) -> Finding:
    """A workflow that fails again and again; ``problem`` is Temporal's word for it, empty where it has none."""
    why = "the code of the worker does not fit its history" if problem.startswith("NonDeterministic") else "its code fails"
    return _finding(lead_id, Trouble.STUCK, f"{why}: tried {look.attempt} times, and nothing is done for it until that works")


def of_late(finding: Finding, look: Look | None) -> Finding:
    """The same, with what is being tried for the lead all this time."""
    if look is None or not look.errand or finding.kind not in (Trouble.OVERDUE, Trouble.NOT_ESCALATED):
        return finding
    why = f"{finding.why}; '{look.errand}' is under way for it, attempt {look.errand_attempt}"
    return Finding(lead_id=finding.lead_id, kind=finding.kind, why=why, do=_UNDER_WAY)


def _finding(lead_id: UUID, kind: Trouble, why: str) -> Finding:
    return Finding(lead_id=lead_id, kind=kind, why=why, do=_DO[kind].format(id=lead_id))


_LOOK_CLOSER: Final = "see that a worker runs (python worker.py), then look closer: lead show {id}"
_UNDER_WAY: Final = "see in the worker's log what is away: a mail server, a notification service, the database"

_WHY: Final = {
    Trouble.GONE: "it is open, but its workflow does not run",
    Trouble.STILL_RUNS: "nothing is left to do for it, as the database knows it, but its workflow runs",
    Trouble.UNKNOWN: "a workflow runs for it, but the database knows no such lead",
}

_DO: Final = {
    Trouble.UNOWNED: _LOOK_CLOSER,
    Trouble.OVERDUE: _LOOK_CLOSER,
    Trouble.SILENT: _LOOK_CLOSER,
    Trouble.NOT_ESCALATED: _LOOK_CLOSER,
    Trouble.NOT_RELAYED: "see that a worker runs (python worker.py), or have it relayed from here: doctor --repair",
    Trouble.GONE: "somebody ended it; have it taken up again: doctor --repair",
    Trouble.STUCK: "put the version back that ran before, or correct this one until it passes: release check --lead {id}",
    Trouble.STILL_RUNS: "its workflow knows better; ask it: lead show {id}",
    Trouble.UNKNOWN: "was an older backup restored? See its history in Temporal: temporal workflow show --workflow-id lead-{id}",
}
