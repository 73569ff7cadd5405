"""The ways into a track, in words: the rules and the steps that lead there, and what each asks of a lead."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from nurture.enrollment import Enrollment
from nurture.facts import facts_of
from nurture.plan.campaign import Campaign
from nurture.plan.conditions import holds
from nurture.plan.rule import Rule, When
from nurture.plan.track import Branch, Go, Split, WaitFor, name_of_step
from nurture.state import LeadState
from nurture.why.decisions import facts_in_words
from nurture.witness import conditions_of, inputs_of


@dataclass(frozen=True, slots=True, kw_only=True)
class WayIn:
    """A way into a track. ``track`` and ``step`` say where a step leads there; both are empty for a rule."""

    says: str
    rule: str = ""
    track: str = ""
    step: str = ""
    is_split: bool = False


def ways_into(campaign: Campaign, track: str, state: LeadState, enrollment: Enrollment, now: datetime) -> list[WayIn]:
    """Every way into a track, with what its conditions ask and what the answer is at ``now``."""
    return [*_rules_into(campaign, track, state, enrollment, now), *_steps_into(campaign, track)]


def _rules_into(campaign: Campaign, track: str, state: LeadState, enrollment: Enrollment, now: datetime) -> Iterator[WayIn]:
    for rule in campaign.rules:
        if rule.go == track:
            yield WayIn(says=f"The rule '{rule.name}' leads there {_rule_in_words(rule, state, enrollment, now)}.", rule=rule.name)


def _rule_in_words(rule: Rule, state: LeadState, enrollment: Enrollment, now: datetime) -> str:
    parts = [when_in_words(rule.when)]
    if rule.within:
        here = "it is there" if enrollment.track in rule.within else f"it is in '{enrollment.track}'"
        parts.append(f"while it is in {' or '.join(map(repr, rule.within))} ({here})")
    for condition in conditions_of(rule):
        facts = facts_of(state, enrollment, now)
        answer = "holds" if holds(condition, facts) else "does not hold"
        parts.append(f"if {condition}, which {answer}: {facts_in_words(inputs_of((condition,), facts))}")
    return ", ".join(parts)


def when_in_words(when: When) -> str:
    """What sets a rule off."""
    match when:
        case When(engagement=kind) if kind is not None:
            return f"when this comes in: {kind.replace('_', ' ')}{f' {when.content}' if when.content else ''}"
        case When(outcome=outcome) if outcome is not None:
            return f"when a rep answers {outcome.replace('_', ' ')}"
        case When(colleague=kind) if kind is not None:
            answered = f" {when.answered}" if when.answered else ""
            return f"when this comes in of a colleague: {kind.replace('_', ' ')}{answered}"
        case When(silence=span) if span is not None:
            return f"after {span} without an answer to {when.touches or 1} letter{'' if (when.touches or 1) == 1 else 's'}"
        case When(quiet_after=kind) if kind is not None:
            return f"when nothing is heard for {when.for_} after {kind.replace('_', ' ')}"
        case When(contract_ends_in=span) if span is not None:
            return f"{span} before the contract ends"
        case When(date=field) if field is not None:
            return f"{f'{when.ahead} before' if when.ahead else 'on'} the date '{field}'"
        case When(becomes=condition) if condition is not None:
            return "as soon as its condition comes true"
        case When(enters=track) if track is not None:
            return f"when the lead comes into '{track}'"
        case When(leaves=track) if track is not None:
            return f"when the lead leaves '{track}'"
        case When(reaches=stage) if stage is not None:
            return f"when the customer reaches the stage '{stage}'"
        case _:
            return f"after {when.touches} letters in this campaign"


def _steps_into(campaign: Campaign, track: str) -> Iterator[WayIn]:
    if campaign.start == track:
        yield WayIn(says="Every lead of this campaign begins there.")
    for name, there in campaign.tracks.items():
        for place, step in enumerate(there.steps):
            called = name_of_step(there, place)
            for says in _step_in_words(step, track):
                yield WayIn(says=f"The step '{called}' of '{name}' {says}.", track=name, step=called, is_split=isinstance(step, Split))


def _step_in_words(step: object, track: str) -> Iterator[str]:
    match step:
        case Go(go=there) if there == track:
            yield "leads there"
        case Branch(branch=ways):
            for way in ways:
                if way.go == track:
                    yield f"leads there if {way.condition}" if way.condition else "leads everyone else there"
        case Split(split=shares):
            for side, share in enumerate(shares, 1):
                if share.go == track:
                    yield f"sends side {side} there, {share.share} of {sum(one.share for one in shares)} leads"
        case WaitFor(wait_for=awaited):
            if awaited.then == track:
                yield f"leads there when this comes: {awaited.in_words}"
            if awaited.silence == track:
                yield f"leads there when nothing comes within {awaited.at_most}"
        case _:
            return
