"""Campaigns written at random: every kind of step and every trigger of the language."""

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any

from nurture.kinds import Audience
from nurture.plan.campaign import Campaign
from nurture.reading.plan_check import faults_of_plan

START = datetime(2040, 3, 4, 12, tzinfo=UTC)
TOPICS = ("news", "offers")
TRACKS = ("one", "two", "last")

SPANS = ("6 hours", "1 day", "2 working days", "5 days", "3 weeks")
LONG = ("10 days", "30 days", "8 weeks")
CONDITIONS = (
    "touches >= 2",
    "is_customer",
    "score >= 3",
    "recent_score > 1",
    "plan == 'pro'",
    "seats > 5 and not vip",
    "fit == 'good'",
    "days_since_touch > 9",
    "issues > 0",
    "track == 'two'",
    "stage in ['interest', 'consideration']",
)
AWAITED = ("replied", "downloaded:guide", "visited:pricing", "rated", "clicked")
UNTIL = ("contract_end", "renewal_on", "tue 09:30", "sun 23:00")
SET = ({"plan": "pro"}, {"seats": 9}, {"vip": True}, {"renewal_on": "2040-05-01"})
WINDOWS: tuple[dict[str, Any], ...] = (
    {},
    {"from": "10:00", "to": "10:30", "quiet": ["04-28 to 05-06"]},
    {"days": ["sun", "mon"], "holidays": False, "quiet": ["12-20 to 01-10"]},
    {"always": True, "quiet": ["03-10 to 03-20"]},
)


class Pen(Random):
    """Writes a campaign: the same seed writes the same."""

    def maybe(self, value: Any, often: float = 0.5) -> Any:
        return value if self.random() < often else None


def said(**keys: Any) -> dict[str, Any]:
    """The keys that are given, as a file writes them."""
    return {key.rstrip("_"): value for key, value in keys.items() if value is not None}


def _wait(pen: Pen) -> Any:
    until = pen.maybe(pen.choice(UNTIL), 0.3)
    offset = (
        said() if not until or ":" in until else said(late=pen.maybe(pen.choice(["now", "skip", "human"])), minus=pen.maybe("10 days", 0.3))
    )
    return {"until": until} | offset if until else pen.choice(SPANS)


def _wait_for(pen: Pen) -> dict[str, Any]:
    only, way = pen.maybe(pen.choice(CONDITIONS)), pen.choice(["then", "silence"])
    return said(any=None if only else [pen.choice(AWAITED)], if_=only, at_most=pen.choice(SPANS), **{way: pen.maybe(pen.choice(TRACKS))})


STEPS: dict[str, Callable[[Pen], Any]] = {
    "email": lambda pen: pen.choice("abc"),
    "wait": _wait,
    "wait_for": _wait_for,
    "task": lambda pen: {"reason": "call", "deadline": pen.choice(SPANS)},
    "message": lambda pen: {"channel": "letter", "deadline": pen.choice(SPANS)},
    "branch": lambda pen: [said(if_=pen.choice(CONDITIONS), go=pen.choice(TRACKS)), *pen.choice([[], [{}]])],
    "split": lambda pen: [{"share": pen.randrange(4), "go": pen.choice(TRACKS)}, {"share": 1}],
    "set": lambda pen: pen.choice(SET),
    "hours": lambda pen: pen.choice(["early", "late", "flip", "any"]),
    "notify": lambda pen: {"to": pen.choice([*Audience]), "say": "Look at this lead."},
    "go": lambda pen: pen.choice(TRACKS),
    "enroll": lambda pen: "other",
    "end": lambda pen: "over",
}
"""How each kind of step is written."""

TRIGGERS: dict[str, Callable[[Pen], dict[str, Any]]] = {
    "engagement": lambda pen: {"engagement": pen.choice(["demo_requested", "issue_opened", "absent", "contract_changed", "redirected"])},
    "outcome": lambda pen: {"outcome": pen.choice(["lost", "not_now", "done", "no_answer"])},
    "colleague": lambda pen: {"colleague": pen.choice(["replied", "issue_opened"])},
    "silence": lambda pen: said(silence=pen.choice(LONG), touches=pen.maybe(2)),
    "quiet_after": lambda pen: {"quiet_after": pen.choice(["proposal_sent", "visited"]), "for": pen.choice(LONG)},
    "contract_ends_in": lambda pen: {"contract_ends_in": pen.choice(["30 days", "0 days", "90 days"])},
    "date": lambda pen: said(date="renewal_on", ahead=pen.maybe("10 days")),
    "becomes": lambda pen: {"becomes": pen.choice(CONDITIONS)},
    "enters": lambda pen: {"enters": pen.choice(TRACKS)},
    "leaves": lambda pen: {"leaves": pen.choice(TRACKS)},
    "reaches": lambda pen: {"reaches": pen.choice(["interest", "purchase"])},
    "touches": lambda pen: {"touches": pen.randrange(1, 5)},
}
"""How each trigger of a rule is written."""


def _steps(pen: Pen) -> list[dict[str, Any]]:
    kinds = [pen.choice(["wait", "wait_for", "email", "email", "email", "task"])]
    kinds += pen.choices(["email", "email", "email", "email", "wait", "wait", *STEPS], k=pen.randrange(6))
    kinds = [kind for kind in kinds if kind not in ("go", "end")] + [kind for kind in [pen.choice(["go", "end", ""])] if kind]
    only = [pen.maybe(pen.choice(CONDITIONS), 0.15) if kind == "email" else None for kind in kinds]
    late = [pen.maybe(_late(pen), 0.15) if kind == "email" else None for kind in kinds]
    return [said(**{kind: STEPS[kind](pen)}, if_=only[place], late=late[place], name=f"s{place}") for place, kind in enumerate(kinds)]


def _late(pen: Pen) -> dict[str, str]:
    return {"after": pen.choice(["1 hour", "2 days"]), "then": pen.choice(["now", "skip", "human"])}


def _rules(pen: Pen) -> list[dict[str, Any]]:
    """A way into each track, and what a contract that is won leads to."""
    rules = [
        said(
            name=f"r{number}",
            when=TRIGGERS[trigger](pen),
            go=TRACKS[number % len(TRACKS)],
            if_=pen.maybe(pen.choice(CONDITIONS), 0.3),
            in_=pen.maybe(["one", "two"], 0.3),
        )
        for number, trigger in enumerate(pen.sample(sorted(TRIGGERS), k=pen.randrange(3, 6)))
    ]
    return [*rules, {"name": "won", "when": {"outcome": "won"}, "go": "last"}]


def plan(pen: Pen) -> dict[str, Any]:
    """The data of a campaign file, which may be wrong: a circle without time, a rule that never has its turn."""
    tracks = {track: {"steps": _steps(pen)} | said(stage=pen.maybe(pen.choice(["consideration", "purchase"]), 0.3)) for track in TRACKS}
    for track in tracks.values():
        if any(step.get("email") == "c" for step in track["steps"]):
            track.setdefault("stage", "consideration")
    return said(
        topic=pen.choice(TOPICS),
        start="one",
        horizon=pen.choice(["60 days", "730 days"]),
        priority=pen.choice([0, 5]),
        late=pen.maybe(_late(pen), 0.2),
        off=pen.maybe(["purchase"], 0.2),
        least=pen.maybe("14 days", 0.3),
        fields={"plan": ["basic", "pro"], "seats": "number", "vip": "yes_no", "renewal_on": "date"},
        window=pen.choice(WINDOWS),
        tracks=tracks,
        purposes={"c": "sales"} if any(step.get("email") == "c" for track in tracks.values() for step in track["steps"]) else {},
        rules=_rules(pen),
    )


def written(seed: int, name: str, **shared: Any) -> Campaign:
    """A campaign that the language takes, with values that it has in common with others of the lead."""
    pen = Pen(seed)
    for _ in range(50):
        data = {"campaign": name} | plan(pen) | shared
        if not [*faults_of_plan(data, whole=True)]:
            return Campaign.model_validate(data)
    raise AssertionError("hardly any of these campaigns is right")
