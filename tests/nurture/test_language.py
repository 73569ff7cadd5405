"""Campaign files: a right one is read, and a wrong one is refused with line, reason and fix."""

import copy
import json
import random
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from nurture.plan.campaign import Campaign
from nurture.plan.problems import CampaignError, Problem
from nurture.plan.rule import When
from nurture.plan.source import LARGEST
from nurture.plan.track import STEPS, Branch, Go, Late, Pause, Split, Step, Until, WaitFor
from nurture.reading.language import read_campaign
from store.campaigns.files import read_campaign_file

CAMPAIGNS = Path(__file__).parents[2] / "campaigns"

RIGHT = (Path(__file__).parent / "right.yaml").read_text("utf-8")
RICH = (Path(__file__).parent / "rich.yaml").read_text("utf-8")
"""A campaign with every word of the language."""


def problems_of(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(CampaignError) as refused:
        read_campaign(text, "welcome.yaml")
    assert str(refused.value).splitlines() == [str(problem) for problem in refused.value.problems]
    return [(problem.line, problem.what, problem.fix) for problem in refused.value.problems]


def test_a_right_file_is_read_whole() -> None:
    campaign = read_campaign(RIGHT, "welcome.yaml")

    assert campaign.letters == ["hello", "basics"]
    assert [rule.name for rule in campaign.rules] == ["won", "prices", "wrote"]
    assert f"{campaign.window.closes:%H:%M}" == "16:30"
    assert campaign.forms["download"].consent == "Please write to me. ／ 案内メールを希望します。"


def test_the_rich_file_has_every_kind_of_step_and_trigger() -> None:
    campaign = read_campaign(RICH, "rich.yaml")
    steps = {type(step) for track in campaign.tracks.values() for step in track.steps}
    triggers = {key for rule in (*campaign.rules, *read_campaign(RIGHT, "right.yaml").rules) for key in rule.when.model_fields_set}

    assert steps == {*STEPS.values()}
    assert triggers >= {*When.model_fields} - {"answered", "silence", "touches", "contract_ends_in"}


@pytest.mark.parametrize("text", [RIGHT, RICH, *(path.read_text("utf-8") for path in sorted(CAMPAIGNS.glob("*.yaml")))])
def test_a_campaign_is_the_same_after_it_was_kept_and_restored(text: str) -> None:
    campaign = read_campaign(text, "welcome.yaml")
    restored = Campaign.restore(campaign.ref, campaign.to_json())

    assert restored == campaign
    assert restored.to_json() == campaign.to_json()
    assert restored.ref == campaign.ref


def test_all_problems_are_said_at_once_and_in_the_order_of_the_file() -> None:
    text = (
        RIGHT.replace("start: educate", "start: educat").replace("- email: hello", "- emial: hello").replace("outcome: won", "outcome: wno")
    )
    text = text.replace("fit != ", "fitt != ").replace("topic: insights", "topic: insights\ntopic: other")

    assert [(line, what) for line, what, _ in problems_of(text)] == [
        (3, "'topic' is written twice here, first on line 2"),
        (5, "there is no track 'educat'"),
        (23, "'emial' is not known here"),
        (41, "'wno' is not an outcome"),
        (46, "'fitt' is not a fact of a lead"),
    ]


def test_a_problem_reads_as_place_reason_and_fix() -> None:
    with pytest.raises(CampaignError) as refused:
        read_campaign(RIGHT.replace("- email: hello", "- emial: hello"), "campaigns/welcome.yaml")

    assert str(refused.value) == "campaigns/welcome.yaml:22: 'emial' is not known here; did you mean 'email'?"
    assert refused.value.problems == (
        Problem(file="campaigns/welcome.yaml", line=22, what="'emial' is not known here", fix="did you mean 'email'?"),
    )


def test_yaml_anchors_may_save_some_writing() -> None:
    text = RIGHT.replace("deadline: 4 hours", "deadline: &soon 4 hours").replace("- end: talked", "- wait: *soon\n      - end: talked")

    wait = read_campaign(text, "welcome.yaml").tracks["talk"].steps[1]
    assert isinstance(wait, Pause)
    assert str(wait.wait) == "4 hours"


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", 1, "the file is empty"),
        ("# only a comment\n\n", 1, "the file is empty"),
        ("null\n", 1, "this is not a campaign"),
        ("\n- campaign: welcome\n", 2, "this is not a campaign"),
        ("welcome", 1, "this is not a campaign"),
        ("a: " + "x" * LARGEST, 0, "the file is too large"),
        ("a: " + "あ" * (LARGEST // 2), 0, "the file is too large"),
        ("a: [\n" + "[" * 1000, 1, "this is nested too deeply"),
        ("a: " + "[" * 40 + "]" * 40, 1, "this is nested too deeply"),
        ("a: &a [*a]", 1, "this is nested too deeply"),
        (BOMB, 1, "this repeats itself too often"),
        ("a: 1\nb: \x00", 2, "this cannot be read as YAML"),
        ("a: 1\nb: 'x", 2, "this cannot be read as YAML: found unexpected end of stream"),
        ("a: 1\nb: [x,\n   y\n", 2, "this cannot be read as YAML: expected ',' or ']', but got '<stream end>'"),
    ],
)
def test_what_is_no_campaign_at_all_is_refused(text: str, line: int, what: str) -> None:
    assert [problem[:2] for problem in problems_of(text)] == [(line, what)]


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "welcome.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + RIGHT.replace("\n", "\r\n").encode())

    assert read_campaign_file(path)[0] == read_campaign(RIGHT, "welcome.yaml")


def test_a_file_is_read_with_its_text(tmp_path: Path) -> None:
    path = tmp_path / "welcome.yaml"
    path.write_text(RIGHT, "utf-8")

    assert read_campaign_file(path) == (read_campaign(RIGHT, "welcome.yaml"), RIGHT)


def test_a_file_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CampaignError) as refused:
        read_campaign_file(tmp_path / "welcom.yaml")

    assert str(refused.value) == f"{tmp_path}/welcom.yaml: there is no such file; see if its name is right"


@pytest.mark.parametrize("name", [".", "with\0zero"])
def test_what_is_no_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CampaignError):
        read_campaign_file(f"{tmp_path}/{name}")


def test_a_file_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "welcome.yaml"
    path.write_bytes(RIGHT.encode("cp932"))

    with pytest.raises(CampaignError) as refused:
        read_campaign_file(path)

    assert [(problem.line, problem.what) for problem in refused.value.problems] == [(17, "this is not UTF-8")]


JUNK = [*"-:#'\"[]{}&*!|>%@?9", "&a ", "*a ", "!x ", "<<: ", "null", "true", "1e400", ".nan", "0o8", "2026-02-30", "09:30Z", "won", "{{"]
JUNK += ["go: ", "if: ", "name: ", "task: ", "email: ", "when: "]
JUNK += ["", " ", "\t", "\n", "- ", ": ", "---\n", "...\n", "0x" + "f" * 30, "0 days", "99999 weeks", '"\\ud800"', "\\", "go: educate"]
JUNK += ["\0", "\r", "\x85", "\u2028", "\ud800", "\ufeff", "ゃ"]
JUNK += [
    "wait: ",
    "wait_for: ",
    "until: ",
    "branch: ",
    "split: ",
    "set: ",
    "hours: ",
    "notify: ",
    "message: ",
    "any: ",
    "at_most: ",
    "share: ",
]
JUNK += [
    "plus: ",
    "becomes: ",
    "enters: ",
    "date: ",
    "fields: ",
    "score",
    "size == ",
    "replied:x",
    "tue 09:30",
    "12-28 to 02-30",
    "[[",
    "{{}",
]
VALUES: list[Any] = [None, True, 0, -1, 10**30, 1.5, "", "x", "talk", "09:00Z", [], {}, ["talk"], {"go": "talk"}]
VALUES += ["3 days", "tue 09:30", "contract_end", "size", "replied", "downloaded:x", "yes_no", "date", "never", "score > 1", "size == 'x'"]
VALUES += [
    {"until": "x"},
    {"any": [1]},
    {"Until": {"until": 1}, "until": {}},
    {"bool": {"int": 1}},
    [{"share": 0}],
    [{"if": None}, {}],
    [[]],
    [{}, 1],
]
PLAIN: dict[str, Any] = {text: YAML(typ="safe", pure=True).load(text) for text in (RIGHT, RICH)}
CUTS = st.lists(
    st.tuples(st.integers(0, len(RICH)), st.integers(0, 12), st.sampled_from(JUNK) | st.text(max_size=4)), min_size=1, max_size=4
)


@settings(max_examples=100, deadline=None, database=None)
@given(st.sampled_from([RIGHT, RICH]), CUTS)
def test_a_file_with_anything_wrong_in_it_is_refused_or_read_and_never_breaks(text: str, cuts: list[tuple[int, int, str]]) -> None:
    for at, length, junk in cuts:
        text = text[:at] + junk + text[at + length :]
    _is_read_or_refused(text)


@settings(max_examples=120, deadline=None, database=None)
@given(
    st.sampled_from([RIGHT, RICH, RICH]),
    st.randoms(use_true_random=False),
    st.lists(st.sampled_from(VALUES), min_size=1, max_size=3),
)
def test_any_value_at_any_place_is_refused_or_read_and_never_breaks(text: str, chance: random.Random, values: list[object]) -> None:
    data = copy.deepcopy(PLAIN[text])
    for value in values:
        _put_somewhere(value, data, chance)
    _is_read_or_refused(json.dumps(data))


def _put_somewhere(value: object, data: Any, chance: random.Random) -> None:
    part = data
    while True:
        key = chance.choice([*part] if isinstance(part, dict) else [*range(len(part))])
        if not (isinstance(part[key], (dict, list)) and part[key]) or chance.random() < 0.2:
            break
        part = part[key]
    if chance.random() < 0.3 and isinstance(part, dict):
        part["x"] = part.pop(key)
    part[key] = copy.deepcopy(value)


def _is_read_or_refused(text: str) -> None:
    """Anything but a campaign or a CampaignError comes out of here as it is."""
    try:
        campaign = read_campaign(text, "welcome.yaml")
    except CampaignError as refused:
        problems = refused.problems
    else:
        assert Campaign.restore(campaign.ref, campaign.to_json()) == campaign
        return
    lines = [problem.line for problem in problems]
    assert problems
    assert all(problem.what for problem in problems)
    assert lines == sorted(lines)
    assert lines[0] >= 0
    assert lines[-1] <= sum(text.count(end) for end in "\n\r\x85\u2028\u2029") + 1


def test_reading_warns_of_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        problems_of("a: &x 1\nb: &x 2\nc: *x\n")


STEPS_OF_ALL_KINDS = """
- email: a
- wait: 1 day
- wait: {until: day}
- wait: {until: day, late: skip}
- hours: flip
- go: one
- go: two
- branch: [{if: is_customer, go: two}, {go: one}]
- branch: [{go: two}, {}]
- split: [{share: 1, go: one}, {share: 1}]
- wait_for: {any: [replied], at_most: 3 days, silence: one}
- wait_for: {if: is_customer, at_most: 3 days, then: two}
""".strip().splitlines()


@given(st.lists(st.sampled_from(STEPS_OF_ALL_KINDS), max_size=6))
@settings(max_examples=100, deadline=None, database=None)
def test_a_campaign_that_is_read_leads_every_lead_to_a_step_that_takes_time_or_to_rest(steps: list[str]) -> None:
    """Whatever a lead meets on its way, also where nothing may be sent and every date has passed."""
    one = "\n".join(f"      {step}\n        name: s{place}" for place, step in enumerate(steps))
    text = f"campaign: c\ntopic: t\nstart: one\nfields: {{day: date}}\ntracks:\n  one:\n    steps:\n{one or '      []'}\n"
    text += "  two: {steps: [go: one]}\nrules:\n  - {name: r, when: replied, go: two}\n"
    try:
        campaign = read_campaign(text, "c.yaml")
    except CampaignError:
        return
    coming, met = [("one", 0, 0)], set()
    while coming:
        track, place, visits = coming.pop()
        assert visits <= len(campaign.tracks)
        if (track, place, visits) in met or place >= len(campaign.tracks[track].steps):
            continue
        met.add((track, place, visits))
        for go, ahead in _next_at_once(campaign.tracks[track].steps[place]):
            coming.append((go, 0, visits + 1) if go else (track, place + ahead, visits))


def _next_at_once(step: Step) -> list[tuple[str | None, int]]:
    """Where a lead may be in the same moment: another track, or so many steps further on."""
    match step:
        case Go(go=track):
            return [(track, 0)]
        case Branch(branch=ways):
            return [(way.go, 1) for way in ways]
        case Split(split=ways):
            return [(way.go, 1) for way in ways]
        case WaitFor(wait_for=awaited):
            return [(awaited.then, 1)] if awaited.condition else []
        case Pause(wait=Until(late=late)):
            return [(None, 2 if late is Late.SKIP else 1), (None, 1)]
        case Pause():
            return []
        case _:
            return [(None, 1)]
