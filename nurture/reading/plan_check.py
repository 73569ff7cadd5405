"""Checks a campaign as a whole: its names, its ways, and the values that belong together."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from nurture.plan.problems import Fault, Path, did_you_mean
from nurture.reading.condition_check import faults_in
from nurture.reading.consent_check import faults_of_consent
from nurture.reading.late_check import faults_of_lateness
from nurture.reading.outline import Outline, outline
from nurture.reading.span_check import faults_of_spans
from nurture.reading.stops import listed, mapped, word
from nurture.reading.value_check import faults_of_values
from nurture.reading.way_check import faults_of_ways
from nurture.stages import STAGE_SETS, purchase_of, selling_begins

_MOST: Final = {"tracks": 200, "rules": 200, "fields": 60}
_MOST_STEPS: Final = 100


def faults_of_plan(data: Mapping[str, Any], *, whole: bool) -> Iterator[Fault]:
    """What is wrong with the campaign in ``data`` as a whole.

    Without ``whole`` there are parts that could not be made out. Then nothing is said to be absent: it might be in them. A campaign that is
    too large is not looked at further.
    """
    plan = outline(data)
    if too_large := [*_too_large(data, plan)]:
        yield from too_large
        return
    yield from _unknown_tracks(plan)
    yield from _unknown_stages(data, plan)
    yield from _letters_too_early(data, plan)
    yield from _wrong_conditions(plan)
    yield from faults_of_lateness(plan)
    yield from faults_of_spans(data)
    yield from _same_names(plan)
    yield from faults_of_consent(data, whole=whole)
    yield from faults_of_values(data, plan, whole=whole)
    yield from faults_of_ways(plan, whole=whole)


def _too_large(data: Mapping[str, Any], plan: Outline) -> Iterator[Fault]:
    for key, most in _MOST.items():
        if len(found := mapped(data.get(key)) or listed(data.get(key))) > most:
            yield Fault(path=(key,), what=f"there are {len(found)} {key}", fix=f"{most} at most: make two campaigns of it")
    for track, stops in plan.tracks.items():
        if len(stops) > _MOST_STEPS:
            fix = f"{_MOST_STEPS} at most: make two tracks of it"
            yield Fault(path=("tracks", track, "steps"), what=f"track '{track}' has {len(stops)} steps", fix=fix)


def _unknown_tracks(plan: Outline) -> Iterator[Fault]:
    for path, track in plan.mentions():
        if track and track not in plan.tracks:
            yield Fault(path=path, what=f"there is no track '{track}'", fix=did_you_mean(track, plan.tracks, "the tracks are"))


def _unknown_stages(data: Mapping[str, Any], plan: Outline) -> Iterator[Fault]:
    if plan.model not in STAGE_SETS:
        if plan.model:
            fix = did_you_mean(plan.model, STAGE_SETS, "they are")
            yield Fault(path=("stages",), what=f"there is no model of stages '{plan.model}'", fix=fix)
        return
    stages = STAGE_SETS[plan.model]
    named: list[tuple[Path, str]] = [(("tracks", track, "stage"), stage) for track, stage in plan.stages.items()]
    named += [((*rule.path, "when", "reaches"), word(rule.when.get("reaches"))) for rule in plan.rules]
    named += [(("off", place), word(stage)) for place, stage in enumerate(listed(data.get("off")))]
    for path, stage in named:
        if stage and stage not in stages:
            yield Fault(path=path, what=f"'{stage}' is not a stage", fix=did_you_mean(stage, stages, "a stage is one of"))


def _letters_too_early(data: Mapping[str, Any], plan: Outline) -> Iterator[Fault]:
    """Nothing is sold to those who still learn, and nobody is welcomed who has not bought (S2-60)."""
    if plan.model not in STAGE_SETS:
        return
    stages, purposes = STAGE_SETS[plan.model], mapped(data.get("purposes"))
    begins = {"sales": ("selling", selling_begins(plan.model)), "onboarding": ("onboarding", purchase_of(plan.model))}
    for track, stop in plan.stops():
        stage, purpose = plan.stages[track], word(purposes.get(word(stop.value))) if stop.kind == "email" else ""
        if purpose not in begins:
            continue
        what, first = begins[purpose]
        said = f"the purpose of '{stop.value}' is {purpose}, and track '{track}'"
        if not stage:
            fix = f"say the stage of the track: {what} begins in stage '{first}'"
            yield Fault(path=("tracks", track), what=f"{said} names no stage", fix=fix)
        elif stage in stages and stages.index(stage) < stages.index(first):
            fix = f"{what} begins in stage '{first}': take the letter out here, or see if its purpose is right"
            yield Fault(path=stop.path, what=f"{said} is for stage '{stage}'", fix=fix)


def _wrong_conditions(plan: Outline) -> Iterator[Fault]:
    for path, condition in plan.conditions():
        yield from (Fault(path=path, what=what, fix=fix) for what, fix in faults_in(condition, plan.known))


def _same_names(plan: Outline) -> Iterator[Fault]:
    for track, stops in plan.tracks.items():
        seen: set[str] = set()
        for stop in stops:
            if stop.kind and stop.name in seen:
                fix = f"give this one a name of its own, like 'name: {stop.name}-2'"
                yield Fault(path=stop.path, what=f"'{stop.name}' comes twice in track '{track}'", fix=fix)
            seen.add(stop.name)
    named: set[str] = set()
    for rule in plan.rules:
        if rule.name and rule.name in named:
            what, fix = f"there is a rule '{rule.name}' already", "give this one a name of its own"
            yield Fault(path=(*rule.path, "name"), what=what, fix=fix)
        named.add(rule.name)
