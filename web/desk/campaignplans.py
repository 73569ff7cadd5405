"""What a campaign does, line by line in the reader's language: for the picture of its plan, and for the same in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from nurture.plan.campaign import Campaign
from nurture.plan.rule import Rule
from nurture.stages import STAGE_SETS
from web.desk.stagerange import stage_name
from web.desk.stepwords import leads_everyone_away, rule_in_words, sources_of, step_in_lines
from web.drawing.plan import Line, Mark, Plan, Shape, Tie
from web.words import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where leads are, by track and step, and how often a way was taken lately, by what led there and the track that it led into."""

    at: Mapping[tuple[str, str], int] = field(default_factory=dict)
    moved: Mapping[tuple[str, str], int] = field(default_factory=dict)


def plan_of(campaign: Campaign, whereabouts: Whereabouts, language: str) -> Plan:
    """The campaign as it is drawn, with the tracks of a stage in the order of the file."""
    stages = [stage for stage in STAGE_SETS[campaign.stages] if any(track.stage == stage for track in campaign.tracks.values())]
    bands = [*stages, *([""] if any(track.stage not in stages for track in campaign.tracks.values()) else [])]
    w = words(language)
    shapes, ties = list[Shape](), list[Tie]()
    rows = {rule.name: row for name in campaign.tracks for row, rule in enumerate(_rules_into(campaign, name))}
    for name, track in campaign.tracks.items():
        lines = [_rule_line(rule, whereabouts.moved.get((f"rule {rule.name}", name), 0), language) for rule in _rules_into(campaign, name)]
        for place, step in enumerate(track.steps):
            called = track.step_names[place]
            by = f"step {name}.{called}"
            for said in step_in_lines(step, language):
                if said.to in campaign.tracks and said.to != name:
                    ties.append(Tie(source=name, target=said.to, out=len(lines)))
                moved = whereabouts.moved.get((by, said.to), 0) if said.to else None
                leads = 0 if said.more else whereabouts.at.get((name, called), 0)
                lines.append(Line(mark=said.mark, said=said.text, leads=leads, moved=moved, is_of_step_before=said.more))
        if not track.steps or not leads_everyone_away(track.steps[-1]):
            lines.append(Line(mark=Mark.REST, said=w["chart_rest"], leads=whereabouts.at.get((name, "rest"), 0)))
        leads = sum(there for (at, _), there in whereabouts.at.items() if at == name)
        band = bands.index(track.stage if track.stage in stages else "")
        shapes.append(Shape(name=name, band=band, lines=tuple(lines), leads=leads, is_start=name == campaign.start))
    for rule in campaign.rules:
        for source in sources_of(rule):
            if source in campaign.tracks and source != rule.go:
                ties.append(Tie(source=source, target=rule.go, into=rows[rule.name]))
    called_bands = tuple(stage_name(band, language) if band else w["chart_no_stage"] for band in bands)
    return Plan(bands=called_bands, shapes=tuple(shapes), ties=tuple(ties))


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackView:
    """A track in words: its stage, and its lines, each with what it takes leads from where that is said."""

    name: str
    stage: str
    leads: int
    is_start: bool
    lines: tuple[tuple[Line, str], ...]


def in_words(plan: Plan, language: str) -> list[TrackView]:
    """The same plan for whoever reads it instead of looking at it."""
    w = words(language)
    sources: dict[tuple[str, int | None], list[str]] = {}
    for tie in plan.ties:
        sources.setdefault((tie.target, tie.into), []).append(tie.source)

    def where_from(shape: Shape, row: int, line: Line) -> str:
        if line.is_from_anywhere:
            return w["chart_from_anywhere"]
        tracks = sources.get((shape.name, row), ())
        return w["chart_from_tracks"].format(tracks=", ".join(tracks)) if tracks else ""

    return [
        TrackView(
            name=shape.name,
            stage=plan.bands[shape.band],
            leads=shape.leads,
            is_start=shape.is_start,
            lines=tuple((line, where_from(shape, row, line)) for row, line in enumerate(shape.lines)),
        )
        for shape in plan.shapes
    ]


def _rules_into(campaign: Campaign, track: str) -> list[Rule]:
    return [rule for rule in campaign.rules if rule.go == track]


def _rule_line(rule: Rule, moved: int, language: str) -> Line:
    return Line(mark=Mark.RULE, said=rule_in_words(rule, language), moved=moved, is_from_anywhere=not sources_of(rule))
