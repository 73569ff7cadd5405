"""The reps of the demonstration: what they answer to tasks, when, and what they write down. The same seed, the same answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from demo.cast import Character, Role
from demo.notebook import CHECKS, NOTES
from nurture.kinds import Outcome
from nurture.profile import Contract


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a rep will answer: ``fields`` are the inbox's form. One that is late lets the deadline pass; one that claims says so first.

    After a good talk a rep may send a proposal, ``proposes_after`` the answer.
    """

    rep: str
    wait: timedelta
    late: bool
    claims: bool
    fields: Mapping[str, str]
    proposes_after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A task as a rep sees it. ``time`` counts the lead's tasks for this reason, ``today`` is the lead's."""

    reason: str
    time: int
    today: date
    opened_at: datetime
    deadline_at: datetime
    email: str
    language: str
    contract: Contract | None
    checklist: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = tuple(Outcome)
    wants_artefact: bool = False


@dataclass(frozen=True, slots=True)
class Team:
    """The people who answer the tasks of one district: the reps, and the leader who takes what they are late with."""

    leader: str
    reps: tuple[str, ...]


TEAMS: Final = (Team("Kimura", ("Mori", "Tanabe")), Team("Haddad", ("Okafor", "Lindqvist")))
"""A team for each district. Nobody is of two: their clocks differ, and a session that one calls old another has just begun."""

_OUTCOMES: Final[Mapping[str, Mapping[Outcome, int]]] = {
    "demo": {Outcome.WON: 55, Outcome.NURTURE: 25, Outcome.NOT_NOW: 12, Outcome.LOST: 8},
    "decision": {Outcome.WON: 45, Outcome.NURTURE: 25, Outcome.NOT_NOW: 12, Outcome.LOST: 18},
    "pricing": {Outcome.WON: 25, Outcome.NURTURE: 45, Outcome.NOT_NOW: 18, Outcome.LOST: 12},
    "replied": {Outcome.NURTURE: 50, Outcome.NOT_NOW: 35, Outcome.LOST: 15},
    "out_of_nowhere": {Outcome.WON: 48, Outcome.NURTURE: 32, Outcome.NOT_NOW: 12, Outcome.LOST: 8},
    "research": {Outcome.DONE: 80, Outcome.WON: 14, Outcome.LOST: 6},
    "warm": {Outcome.NURTURE: 60, Outcome.NOT_NOW: 20, Outcome.WON: 20},
    "everybody_gone": {
        Outcome.NURTURE: 52,
        Outcome.NO_ANSWER: 20,
        Outcome.NOT_NOW: 10,
        Outcome.OTHER_CONTACT: 8,
        Outcome.BAD_FIT: 4,
        Outcome.LOST: 6,
    },
    "ask_a_colleague": {Outcome.DONE: 75, Outcome.OTHER_CONTACT: 15, Outcome.LOST: 10},
    "low_frequency": {Outcome.NURTURE: 60, Outcome.NO_ANSWER: 30, Outcome.LOST: 10},
    "handwritten_note": {Outcome.DONE: 90, Outcome.DECLINED: 10},
    "beyond_the_machine": {Outcome.DONE: 62, Outcome.NOT_NOW: 16, Outcome.WON: 6, Outcome.LOST: 16},
    "propose_a_meeting": {Outcome.MEETING_SET: 48, Outcome.DECLINED: 27, Outcome.NO_ANSWER: 25},
    "meeting": {Outcome.WON: 50, Outcome.NURTURE: 32, Outcome.LOST: 18},
    "call_after_fair": {
        Outcome.NURTURE: 47,
        Outcome.NO_ANSWER: 12,
        Outcome.NOT_NOW: 18,
        Outcome.WON: 9,
        Outcome.BAD_FIT: 6,
        Outcome.LOST: 8,
    },
    "stalled_after_proposal": {
        Outcome.NURTURE: 40,
        Outcome.NOT_NOW: 20,
        Outcome.OTHER_PROJECT: 5,
        Outcome.NO_ANSWER: 10,
        Outcome.WON: 15,
        Outcome.LOST: 10,
    },
    "follow_up_after_proposal": {Outcome.NURTURE: 40, Outcome.NOT_NOW: 20, Outcome.WON: 20, Outcome.LOST: 20},
    "linkedin": {Outcome.DONE: 85, Outcome.DECLINED: 15},
    "unreachable": {Outcome.OTHER_CONTACT: 45, Outcome.LOST: 35, Outcome.BAD_FIT: 20},
    "first_review": {Outcome.DONE: 100},
    "customer_wrote": {Outcome.DONE: 100},
    "usage_fell": {Outcome.DONE: 90, Outcome.LOST: 10},
    "unhappy": {Outcome.DONE: 92, Outcome.LOST: 8},
    "thanks": {Outcome.DONE: 100},
    "expansion": {Outcome.WON: 20, Outcome.DONE: 40, Outcome.DECLINED: 25, Outcome.NOT_NOW: 15},
    "renewal": {Outcome.WON: 66, Outcome.NURTURE: 16, Outcome.LOST: 18},
    "contract_over": {Outcome.WON: 30, Outcome.LOST: 70},
    "win_back": {Outcome.WON: 25, Outcome.LOST: 75},
}
_OTHERWISE: Final = {Outcome.NURTURE: 60, Outcome.LOST: 40}
_GOOD_TALKS: Final = ("demo", "pricing", "decision", "research", "meeting")
_AT_ONCE: Final = {"demo": timedelta(hours=2), "out_of_nowhere": timedelta(minutes=20), "large_opportunity": timedelta(minutes=30)}
_ALWAYS: Final = {
    (Role.LATER, "replied"): Outcome.NOT_NOW,
    (Role.WRONG_PERSON, "replied"): Outcome.OTHER_CONTACT,
    (Role.WRONG_PERSON, "call_after_fair"): Outcome.OTHER_CONTACT,
    (Role.MISFIT, "replied"): Outcome.BAD_FIT,
    (Role.MISFIT, "everybody_gone"): Outcome.BAD_FIT,
    (Role.BUYER, "replied"): Outcome.NURTURE,
}
_ASKED: Final[Mapping[str, Mapping[str, int]]] = {
    "size": {"small": 50, "medium": 40, "large": 10},
    "relationship": {"0": 30, "1": 40, "2": 20, "3": 10},
    "why_stuck": {"specific_need": 30, "timing": 50, "window_shopper": 20},
    "may_remind": {"on": 60, "": 40},
    "plans": {"this_year": 15, "later": 45, "no_plan": 40},
    "next_period": {"same": 60, "more_people": 25, "less": 15},
}
"""What is typed into the fields that a task asks for."""


def response_to(character: Character, case: Case, team: Team, seed: int) -> Response:
    """What a rep will answer to this task, and when. About one task in nine is left until the leader has heard of it."""
    luck = Random(f"{seed}:{character.key}:{case.reason}:{case.time}")
    odds = _OUTCOMES.get(case.reason, _OTHERWISE)
    odds = {outcome: n for outcome, n in odds.items() if outcome in case.outcomes} or {case.outcomes[0]: 1}
    outcome = luck.choices(list(odds), list(odds.values()))[0]
    if case.time == 1:
        outcome = _ALWAYS.get((character.role, case.reason), outcome)
    late = luck.random() < 0.11
    proposes = case.reason in _GOOD_TALKS and outcome in (Outcome.NURTURE, Outcome.DONE) and luck.random() < 0.4
    past_deadline = case.deadline_at - case.opened_at + timedelta(days=luck.randint(1, 6))
    return Response(
        rep=team.leader if late else luck.choice(team.reps),
        wait=past_deadline if late else _AT_ONCE.get(case.reason) or timedelta(hours=luck.randint(3, 40)),
        late=late,
        claims=not late and luck.random() < 0.6,
        fields={
            "outcome": outcome,
            "notes": NOTES[outcome][case.language == "ja"],
            **_details(outcome, case, luck),
            **_asked(case, luck),
        },
        proposes_after=timedelta(hours=luck.randint(20, 100)) if proposes else None,
    )


def _details(outcome: Outcome, case: Case, luck: Random) -> dict[str, str]:
    match outcome:
        case Outcome.WON:
            ends_on = case.contract.ends_on if case.contract and case.contract.ends_on else case.today
            fields = {"ends_on": f"{max(ends_on, case.today) + timedelta(days=365)}"}
            return fields | ({"auto_renews": "yes"} if luck.random() < 0.3 else {})
        case Outcome.NOT_NOW:
            return {"until": f"{case.today + timedelta(days=luck.randint(45, 400))}"}
        case Outcome.OTHER_CONTACT:
            local, _, domain = case.email.partition("@")
            family, given = ("青葉", "遥") if case.language == "ja" else ("Ashby", "Robin")
            return {"family_name": family, "given_name": given, "email": f"colleague.of.{local}@{domain}"}
        case _:
            return {}


def _asked(case: Case, luck: Random) -> dict[str, str]:
    """What the task itself wants: its checklist answered, its fields filled in, a link to what was made."""
    known = CHECKS.get(case.reason, ())
    fields = {}
    for number in range(len(case.checklist)):
        english_and_japanese = known[number] if number < len(known) else ("As in the notes.", "メモのとおりです。")
        fields[f"check-{number + 1}"] = english_and_japanese[case.language == "ja"]
    for name in case.asks:
        odds = _ASKED.get(name, {"": 1})
        fields[f"set-{name}"] = luck.choices(list(odds), list(odds.values()))[0]
    return fields | ({"artefact": f"https://example.com/made-for-you/{luck.randint(1000, 9999)}"} if case.wants_artefact else {})
