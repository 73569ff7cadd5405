"""Campaign files that are well written and would go wrong: each is refused before anything starts."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from nurture.campaign import name_of_step
from nurture.language import CampaignError, read_campaign
from nurture.outline import outline
from store.files import read_campaign_file

CAMPAIGNS = Path(__file__).parents[2] / "campaigns"
RIGHT = (Path(__file__).parent / "right.yaml").read_text("utf-8")

WRONG = {
    "a deadline of no time": ("4 hours", "0 hours", 32, "'0 hours' is no time at all", "write 1 or more, or take it out"),
    "the end of a contract in hours": (
        "when: replied",
        "when: {contract_ends_in: 90 hours}",
        48,
        "'90 hours' cannot be counted back from the end of a contract",
        "write days or weeks, like '90 days'",
    ),
    "a start that is no track": ("start: educate", "start: educat", 4, "there is no track 'educat'", "did you mean 'educate'?"),
    "a step to no track": ("- go: talk", "- go: tallk", 25, "there is no track 'tallk'", "did you mean 'talk'?"),
    "a rule to no track": (
        "when: replied\n    go: talk",
        "when: replied\n    go: nowhere",
        49,
        "there is no track 'nowhere'",
        "the tracks are educate, talk, closed",
    ),
    "a rule in no track": ("in: [educate]", "in: [Educate]", 44, "there is no track 'Educate'", "did you mean 'educate'?"),
    "an unknown stage": ("stage: interest", "stage: intrest", 20, "'intrest' is not a stage", "did you mean 'interest'?"),
    "an unknown fact": ('fit != "poor"', 'fitt != "poor"', 45, "'fitt' is not a fact of a lead", "did you mean 'fit'?"),
    "a condition on a track that is none": (
        'fit != "poor"',
        'track != "educat"',
        45,
        "'educat' is not a track",
        "did you mean 'educate'?",
    ),
    "a step after the end": (
        "- end: won",
        "- end: won\n      - email: hello",
        38,
        "this step is never reached, after 'end'",
        "move it above 'end', or take it out",
    ),
    "a letter twice in a track": (
        "- email: basics",
        "- email: hello",
        24,
        "'hello' comes twice in track 'educate'",
        "give this one a name of its own, like 'name: hello-2'",
    ),
    "a rule's name twice": ("- name: wrote", "- name: won", 47, "there is a rule 'won' already", "give this one a name of its own"),
    "a track that nobody reaches": (
        "- go: talk\n",
        "- end: done\n  island:\n    steps:\n      - wait: 3 days\n",
        26,
        "track 'island' is never reached",
        "lead to it with a step 'go: island' or a rule, or take it out",
    ),
    "a track behind a rule in a track that nobody reaches": (
        "rules:\n",
        "  a: {steps: [wait: 1 day]}\n  b: {steps: [wait: 1 day, go: a]}\nrules:\n  - {name: x, when: clicked, in: [b], go: b}\n",
        38,
        "track 'a' is never reached",
        "lead to it with a step 'go: a' or a rule, or take it out",
    ),
    "a circle that takes no time": (
        "      - enroll: customer\n      - end: won",
        "      - enroll: customer\n      - go: closed",
        37,
        "closed -> closed goes round without taking time",
        "put a 'wait' or a 'task' before 'go'",
    ),
    "a circle of letters alone, which a lead who refused would run through for ever": (
        "      - wait: 3 working days\n      - email: basics\n      - go: talk",
        "      - go: educate",
        23,
        "educate -> educate goes round without taking time when its letters may not be sent",
        "put a 'wait' or a 'task' before 'go'",
    ),
    "a task whose win nobody follows": (
        "{outcome: won}",
        "{outcome: lost}",
        29,
        "a rep may answer 'won' to this task, and no rule says what happens then",
        "add a rule with 'when: {outcome: won}'",
    ),
    "a wide rule above a narrow one": (
        "  - name: prices",
        "  - {name: any, when: downloaded, go: closed}\n  - name: prices",
        43,
        "rule 'prices' never has its turn: 'any' above it always wins",
        "move it above 'any', or take it out",
    ),
}
"""What stands in the right file, what is written instead, and the line, reason and fix that are said."""


def problems_of(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(CampaignError) as refused:
        read_campaign(text, "welcome.yaml")
    assert str(refused.value).splitlines() == [str(problem) for problem in refused.value.problems]
    return [(problem.line, problem.what, problem.fix) for problem in refused.value.problems]


@pytest.mark.parametrize(("right", "wrong", "line", "what", "fix"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_refused_with_line_reason_and_fix(right: str, wrong: str, line: int, what: str, fix: str) -> None:
    assert RIGHT.count(right) >= 1

    assert (line, what, fix) in problems_of(RIGHT.replace(right, wrong, 1))


@pytest.mark.parametrize("name", sorted(WRONG.keys() - {"a track behind a rule in a track that nobody reaches"}))
def test_one_slip_is_said_once(name: str) -> None:
    right, wrong, *_ = WRONG[name]

    assert len(problems_of(RIGHT.replace(right, wrong, 1))) == 1


@pytest.mark.parametrize(
    "name",
    [
        "a narrower rule above a wider one",
        "a wider rule that leads elsewhere",
        "an own name for a letter sent twice",
        "a rule with a condition",
    ],
)
def test_what_only_looks_wrong_is_taken(name: str) -> None:
    right, other = {
        "a narrower rule above a wider one": ("rules:\n", "rules:\n  - {name: any, when: replied, in: [talk], go: closed}\n"),
        "a wider rule that leads elsewhere": ("rules:\n", "rules:\n  - {name: any, when: downloaded, in: [closed], go: educate}\n"),
        "an own name for a letter sent twice": ("- email: basics", "- {email: hello, name: hello-again}"),
        "a rule with a condition": ("rules:\n", "rules:\n  - {name: any, when: replied, if: is_customer, go: closed}\n"),
    }[name]

    assert read_campaign(RIGHT.replace(right, other, 1), "welcome.yaml").name == "welcome"


def test_the_outline_calls_every_step_as_keys_and_reports_do() -> None:
    for path in sorted(CAMPAIGNS.glob("*.yaml")):
        campaign, text = read_campaign_file(path)
        tracks = outline(YAML(typ="safe", pure=True).load(text)).tracks

        assert {name: [stop.name for stop in stops] for name, stops in tracks.items()} == {
            name: [name_of_step(track, place) for place in range(len(track.steps))] for name, track in campaign.tracks.items()
        }
