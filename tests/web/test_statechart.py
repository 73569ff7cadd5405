"""The picture of a campaign: no box lies over another, every arrow runs from its box to its box and through none, in both languages."""

from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from nurture.plan.campaign import Campaign
from nurture.reading.language import read_campaign
from store.campaigns.files import read_campaign_file
from web.desk.campaignplans import Whereabouts, in_words, plan_of
from web.drawing.chart import Box, Chart
from web.drawing.corners import rounded
from web.drawing.lettering import cut, width, wrapped
from web.drawing.plan import Mark, Plan, Shape, Tie
from web.drawing.ribbons import Stream, Way
from web.drawing.ribbons import drawn as flow_of
from web.drawing.statechart import drawn

CAMPAIGNS = Path(__file__).parents[2] / "campaigns"
SAMPLES = sorted(path.stem for path in CAMPAIGNS.glob("*.yaml"))


def sample(name: str) -> Campaign:
    return read_campaign_file(CAMPAIGNS / f"{name}.yaml")[0]


def far_apart() -> Plan:
    """Tracks in a ring of seven, each with a way to each: more ways than any campaign has."""
    names = [f"track_{n}" for n in range(7)]
    shapes = tuple(Shape(name=name, band=n % 3, lines=(), is_start=n == 0) for n, name in enumerate(names))
    chain = [Tie(source=a, target=b) for a, b in pairwise(names)]
    return Plan(bands=("a", "b", "c"), shapes=shapes, ties=(*chain, *(Tie(source=a, target=b) for b in names for a in names if a != b)))


def plans() -> Iterator[tuple[str, Plan]]:
    for name in SAMPLES:
        for language in ("en", "ja"):
            yield f"{name} {language}", plan_of(sample(name), Whereabouts(), language)
    yield "far apart", far_apart()


PLANS = dict(plans())


@pytest.fixture(params=PLANS)
def plan(request: pytest.FixtureRequest) -> Plan:
    return PLANS[request.param]


def overlap(one: Box, other: Box) -> bool:
    beside = one.x + one.width <= other.x or other.x + other.width <= one.x
    return not (beside or one.y + one.height <= other.y or other.y + other.height <= one.y)


def inside(chart: Chart, box: Box) -> bool:
    return box.x >= 0 and box.x + box.width <= chart.width and box.y >= 0 and box.y + box.height <= chart.height


def at_a_side(box: Box, point: tuple[float, float]) -> bool:
    x, y = point
    return x in (box.x, box.x + box.width) and box.y < y < box.y + box.height


def runs_through(box: Box, start: tuple[float, float], end: tuple[float, float]) -> bool:
    (left, right), (top, bottom) = sorted((start[0], end[0])), sorted((start[1], end[1]))
    return left < box.x + box.width and right > box.x and top < box.y + box.height and bottom > box.y


def test_no_box_lies_over_another_and_all_are_in_the_picture(plan: Plan) -> None:
    chart = drawn(plan)

    assert {box.name for box in chart.boxes} == {shape.name for shape in plan.shapes}
    assert [(a.name, b.name) for a, b in combinations(chart.boxes, 2) if overlap(a, b)] == []
    assert [box.name for box in chart.boxes if not inside(chart, box)] == []


def test_every_arrow_runs_from_its_box_to_its_box_and_through_none(plan: Plan) -> None:
    chart = drawn(plan)
    boxes = {box.name: box for box in chart.boxes}

    assert sorted((arrow.source, arrow.target) for arrow in chart.arrows) == sorted((tie.source, tie.target) for tie in plan.ties)
    for arrow in chart.arrows:
        assert at_a_side(boxes[arrow.source], arrow.points[0]), arrow
        assert at_a_side(boxes[arrow.target], arrow.points[-1]), arrow
        for start, end in pairwise(arrow.points):
            assert start[0] == end[0] or start[1] == end[1], f"{arrow} is not straight"
            assert [box.name for box in chart.boxes if runs_through(box, start, end)] == [], arrow


def test_a_stage_is_a_band_and_every_track_stands_in_its_own(plan: Plan) -> None:
    chart = drawn(plan)
    bands = {shape.name: shape.band for shape in plan.shapes}

    for box in chart.boxes:
        band = chart.bands[bands[box.name]]
        assert band.y < box.y < box.y + box.height < band.y + band.height, box.name
    assert all(upper.y + upper.height == lower.y for upper, lower in pairwise(chart.bands))


def test_arrows_of_other_targets_never_run_over_one_another_between_columns(plan: Plan) -> None:
    chart = drawn(plan)
    upright: dict[float, list[tuple[float, float, tuple[float, float]]]] = {}
    for arrow in chart.arrows:
        for start, end in pairwise(arrow.points):
            if start[0] == end[0]:
                top, bottom = sorted((start[1], end[1]))
                upright.setdefault(start[0], []).append((top, bottom, arrow.points[-1]))

    for x, runs in upright.items():
        for one, other in combinations(runs, 2):
            assert one[2] == other[2] or one[1] < other[0] or other[1] < one[0], f"at {x}"


def test_the_picture_and_its_words_have_every_step_and_every_rule_of_the_file() -> None:
    campaign = sample("welcome")
    plan = plan_of(campaign, Whereabouts(at={("educate", "hello"): 12}, moved={("rule warm", "warm"): 7}), "en")
    shapes = {shape.name: shape for shape in plan.shapes}

    assert {rule.name for rule in campaign.rules} == {
        line.said.partition(":")[0] for shape in plan.shapes for line in shape.lines if line.mark is Mark.RULE
    }
    assert [line.said for line in shapes["educate"].lines[:2]] == ["hello", "wait 4 days"]
    assert shapes["educate"].leads == 12
    assert shapes["educate"].lines[0].leads == 12
    [warm] = [line for line in shapes["warm"].lines if line.mark is Mark.RULE]
    assert (warm.said, warm.moved) == ('warm: recent_score >= 8 comes true, if fit != "poor"', 7)
    told = {track.name: track for track in in_words(plan, "ja")}
    assert told["educate"].stage == "Interest"
    assert told["educate"].is_start
    assert ("educate, long_hold から") in [source for _, source in told["warm"].lines]
    assert ("どこからでも") in [source for _, source in told["fast_track"].lines]


def test_a_track_that_nobody_stays_in_does_not_say_that_leads_rest_there() -> None:
    shapes = {shape.name: shape for shape in plan_of(sample("customer"), Whereabouts(), "en").shapes}

    assert shapes["watch_use"].lines[-1].said == "nothing came: to use_fell"
    assert shapes["contract_over"].lines[-1].mark is Mark.REST


def test_every_kind_of_step_is_said_in_both_languages() -> None:
    text = """
        campaign: all_kinds
        topic: news
        start: first
        fields: {size: [small, large], day: date}
        tracks:
          first:
            stage: interest
            steps:
              - wait: {until: tue 09:30}
              - wait: {until: day, minus: 3 days, late: skip}
              - set: {size: small}
              - hours: flip
              - notify: {to: leader, say: Look at this}
              - message: {channel: linkedin, say: Say hello}
              - wait_for: {any: ["downloaded:guide", replied], at_most: 2 weeks, then: second}
              - split: [{share: 30, go: second}, {share: 70}]
              - branch: [{if: size == "large"}, {go: second}]
          second:
            stage: interest
            steps:
              - wait: 1 day
              - end: done
        rules:
          - {name: gone_quiet, when: {quiet_after: proposal_sent, for: 7 days}, go: second}
          - {name: birthday, when: {date: day, ahead: 1 day}, go: second}
          - {name: near, when: {colleague: task_completed, answered: won}, go: second}
    """
    campaign = read_campaign("\n".join(line[8:] for line in text.splitlines()), "all_kinds.yaml")

    for language, expected in (
        (
            "en",
            [
                "wait until tue 09:30",
                "wait until 3 days before day",
                "remember size = small",
                "letters at other hours",
                "word to leader: Look at this",
                "message by Linkedin, within 3 working days",
                "wait for downloaded guide or replied, 2 weeks at most",
                "it came: to second",
                "30 of 100: to second",
                "70 of 100: on",
                'if size == "large": on',
                "else: to second",
            ],
        ),
        (
            "ja",
            [
                "tue 09:30 まで待つ",
                "day の3日前まで待つ",
                "記録する size = small",
                "メールの時間帯を変える",
                "leader に知らせる：Look at this",
                "Linkedin で連絡（3営業日以内）",
                "資料ダウンロード（guide） または 返信 を最長2週間待つ",
                "あれば second へ",
                "100分の30は second へ",
                "100分の70は次へ",
                'size == "large" なら次へ',
                "それ以外は second へ",
            ],
        ),
    ):
        first, second = plan_of(campaign, Whereabouts(), language).shapes
        assert [line.said for line in first.lines] == expected
        assert len([line for line in second.lines if line.mark is Mark.RULE]) == 3


def test_words_in_a_box_stay_in_it() -> None:
    for said in (
        "a_very_long_name_of_a_track_that_somebody_thought_of",
        "短い文と、とても長くて一行に入りきらない日本語の文章です。",
        "x" * 200,
    ):
        lines = wrapped(said, 120, most=3)
        assert len(lines) <= 3
        assert all(width(line) <= 120 for line in lines)
    assert wrapped("short", 120) == ("short",)
    for room in range(60, 130, 5):
        assert not any(line[0] in "」。、" for line in wrapped("とても「短い」文、です。", room, most=20))
    assert cut("a long line", 40).endswith("…")


def test_a_corner_is_round_only_as_far_as_its_sides_have_room() -> None:
    assert rounded(((0, 0), (20, 0), (20, 30))) == "M0 0L14 0Q20 0 20 6L20 30"
    assert rounded(((0, 0), (4, 0), (4, 30))) == "M0 0L2 0Q4 0 4 2L4 30"
    assert rounded(((0, 5), (10, 5), (10, 5), (30, 5))) == "M0 5L5 5Q10 5 15 5L30 5"


def test_a_ribbon_is_as_broad_as_leads_went_that_way_and_places_do_not_overlap() -> None:
    streams = [Stream(source="", target="b", leads=10), Stream(source="a", target="b", leads=80), Stream(source="b", target="a", leads=10)]

    picture = flow_of(streams, ["", "a", "b"], lambda stream: Way.NEW if not stream.source else Way.ON)

    assert [(place.name, place.leads) for place in picture.left] == [("", 10), ("a", 80), ("b", 10)]
    assert [(place.name, place.leads) for place in picture.right] == [("a", 10), ("b", 90)]
    for side in (picture.left, picture.right):
        assert all(upper.y + upper.height < lower.y for upper, lower in pairwise(side))
        assert all(place.y + place.height <= picture.height for place in side)
    heights = {place.name: place.height for place in picture.left}
    assert heights["a"] == pytest.approx(8 * heights["b"])
    assert [ribbon.way for ribbon in picture.ribbons] == [Way.NEW, Way.ON, Way.ON]
