"""Steps and rules of a campaign in the reader's language, a line for each way that they lead."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nurture.plan.rule import Rule, When
from nurture.plan.spans import Span
from nurture.plan.track import (
    Awaited,
    Branch,
    Email,
    End,
    EnrollIn,
    Go,
    Message,
    Notify,
    Pause,
    Set,
    SetHours,
    Split,
    Step,
    Task,
    Until,
    WaitFor,
)
from web.desk.stagerange import stage_name
from web.drawing.plan import Mark
from web.formfields import readable
from web.words import words


@dataclass(frozen=True, slots=True)
class Said:
    """A line, and the track that it leads to, if any."""

    mark: Mark
    text: str
    to: str | None = None
    more: bool = False


def sources_of(rule: Rule) -> tuple[str, ...]:
    """The tracks that a rule takes leads from; none for one that takes them from anywhere."""
    bound = rule.when.enters or rule.when.leaves
    return (bound,) if bound else rule.within


def rule_in_words(rule: Rule, language: str) -> str:
    """``warm: recent_score >= 8 comes true, if fit != "poor"``."""
    w, when = words(language), _when_in_words(rule.when, language)
    return w["chart_rule_if" if rule.condition else "chart_rule"].format(name=rule.name, when=when, condition=rule.condition)


def leads_everyone_away(step: Step) -> bool:
    """Whether nobody is left in a track after this step."""
    match step:
        case Go() | End():
            return True
        case WaitFor(wait_for=awaited):
            return bool(awaited.then and awaited.silence)
        case Branch(branch=ways):
            return any(way.condition is None and way.go for way in ways)
        case Split(split=shares):
            return all(share.go for share in shares)
        case _:
            return False


def step_in_lines(step: Step, language: str) -> Iterator[Said]:
    """A step in words; one that leads several ways has a line for each."""
    w = words(language)
    match step:
        case Email(email=letter, condition=condition):
            yield Said(Mark.LETTER, w["chart_letter_if" if condition else "chart_letter"].format(letter=letter, condition=condition))
        case Pause(wait=wait):
            yield Said(Mark.PAUSE, _wait_in_words(wait, language))
        case WaitFor(wait_for=awaited):
            yield from _awaited_in_lines(awaited, language)
        case Task(task=plan):
            yield Said(Mark.TASK, w["chart_task"].format(reason=plan.reason, span=span_in_words(plan.deadline, language)))
        case Message(message=plan):
            said = w["chart_message"].format(channel=readable(plan.channel), span=span_in_words(plan.deadline, language))
            yield Said(Mark.TASK, said)
        case Branch(branch=ways):
            for place, way in enumerate(ways):
                key = f"chart_way{'' if way.condition else '_else'}{'' if way.go else '_on'}"
                yield Said(Mark.WAY, w[key].format(condition=way.condition, track=way.go), way.go, more=place > 0)
        case Split(split=shares):
            whole = sum(share.share for share in shares)
            for place, share in enumerate(shares):
                said = w["chart_share" if share.go else "chart_share_on"].format(share=share.share, all=whole, track=share.go)
                yield Said(Mark.WAY, said, share.go, more=place > 0)
        case Go(go=track):
            yield Said(Mark.WAY, w["chart_go"].format(track=track), track)
        case End(end=end):
            yield Said(Mark.END, w["chart_end"].format(end=end))
        case EnrollIn(enroll=other):
            yield Said(Mark.OTHER, w["chart_enroll"].format(campaign=other))
        case Set(set=values):
            yield Said(Mark.OTHER, w["chart_set"].format(values=", ".join(f"{name} = {value}" for name, value in values.items())))
        case SetHours():
            yield Said(Mark.OTHER, w["chart_hours"])
        case Notify(notify=notice):
            yield Said(Mark.OTHER, w["chart_notify"].format(audience=notice.to, say=notice.say))


def _awaited_in_lines(awaited: Awaited, language: str) -> Iterator[Said]:
    w = words(language)
    wanted = w["chart_or"].join([*(_kind_in_words(one, language) for one in awaited.any), *filter(None, [awaited.condition])])
    yield Said(Mark.PAUSE, w["chart_wait_for"].format(awaited=wanted, span=span_in_words(awaited.at_most, language)))
    for key, track in (("chart_came", awaited.then), ("chart_silence", awaited.silence)):
        if track:
            yield Said(Mark.WAY, w[key].format(track=track), track, more=True)


def _wait_in_words(wait: Span | Until, language: str) -> str:
    w = words(language)
    if isinstance(wait, Span):
        return w["chart_pause"].format(span=span_in_words(wait, language))
    span = wait.plus or wait.minus
    if span is None:
        return w["chart_until"].format(until=wait.until)
    return w["chart_until_plus" if wait.plus else "chart_until_minus"].format(until=wait.until, span=span_in_words(span, language))


def span_in_words(span: Span, language: str) -> str:
    """``2 working days``."""
    return words(language)[f"span_{span.unit}{'' if span.amount == 1 else 's'}"].format(n=span.amount)


def _kind_in_words(kind: str, language: str) -> str:
    """An engagement, or one with a content as ``downloaded:pricing_guide``."""
    w = words(language)
    name, _, content = kind.partition(":")
    said = w.get(f"kind_{name}", readable(name))
    return w["when_engagement_more"].format(kind=said, content=content) if content else said


def _when_in_words(when: When, language: str) -> str:
    w = words(language)
    span = when.silence or when.for_ or when.contract_ends_in or when.ahead
    values: dict[str, Any] = {
        "span": span_in_words(span, language) if span else "",
        "kind": _kind_in_words(when.engagement or when.colleague or when.quiet_after or "", language),
        "content": when.content,
        "outcome": w.get(f"outcome_{when.outcome or when.answered}", ""),
        "touches": when.touches,
        "condition": when.becomes,
        "date": when.date,
        "track": when.enters or when.leaves,
        "stage": stage_name(when.reaches or "", language),
    }
    more = {"engagement": when.content, "colleague": when.answered, "silence": when.touches, "date": when.ahead}.get(when.trigger)
    return w[f"when_{when.trigger}{'_more' if more else ''}"].format(**values)
