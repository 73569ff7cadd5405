"""Campaign files that are well written and would go wrong: each is refused before anything starts."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from nurture.plan.problems import CampaignError
from nurture.plan.track import name_of_step
from nurture.reading.language import read_campaign
from nurture.reading.outline import outline
from nurture.reading.telling import told
from store.campaigns.files import read_campaign_file

CAMPAIGNS = Path(__file__).parents[2] / "campaigns"
RIGHT = (Path(__file__).parent / "right.yaml").read_text("utf-8")
RICH = (Path(__file__).parent / "rich.yaml").read_text("utf-8")

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

RICH_WRONG = {
    "a misspelt model of stages": ("stages: btob", "stages: bto", "there is no model of stages 'bto'", "did you mean 'btob'?"),
    "a stage that is off and unknown": ("off: [repeat]", "off: [repeet]", "'repeet' is not a stage", "did you mean 'repeat'?"),
    "a stage that nobody reaches": ("reaches: purchase", "reaches: purchas", "'purchas' is not a stage", "did you mean 'purchase'?"),
    "a stage of another model": (
        "stage: purchase",
        "stage: renew",
        "'renew' is not a stage",
        "a stage is one of unknown, aware, interest, consideration, purchase, repeat",
    ),
    "a sales letter for those who still learn": (
        "- email: hello",
        "- email: offer",
        "the purpose of 'offer' is sales, and track 'welcome' is for stage 'interest'",
        "selling begins in stage 'consideration': take the letter out here, or see if its purpose is right",
    ),
    "onboarding for those who have not bought": (
        "- email: again",
        "- email: first_steps",
        "the purpose of 'first_steps' is onboarding, and track 'later' is for stage 'interest'",
        "onboarding begins in stage 'purchase': take the letter out here, or see if its purpose is right",
    ),
    "a sales letter in a track without a stage": (
        "  talk:\n    stage: consideration\n",
        "  talk:\n",
        "the purpose of 'offer' is sales, and track 'talk' names no stage",
        "say the stage of the track: selling begins in stage 'consideration'",
    ),
    "a purpose of no letter": ("offer: sales", "ofer: sales", "no step sends a letter 'ofer'", "did you mean 'offer'?"),
    "a depth of no content": ("guide: top", "gide: top", "no form, rule or step has a content 'gide'", "did you mean 'guide'?"),
    "points for nothing that happens": (
        "{downloaded: 2",
        "{downlaoded: 2",
        "'downlaoded' is not an engagement",
        "did you mean 'downloaded'?",
    ),
    "points for letters that were opened": (
        "{downloaded: 2",
        "{opened: 2",
        "'opened' cannot be asked for: mail programs and gateways fetch pictures by themselves, so nobody knows who opened a letter",
        "ask for what a person does: clicked, replied or downloaded, or in a condition clicks, replies or downloads",
    ),
    "points for a content of what has none": ("{downloaded: 2", '{"replied:x": 2', "'replied' has no content", "write 'replied'"),
    "points for a content without a name": (
        "{downloaded: 2",
        '{"visited:": 2',
        "'' is not the name of a content",
        "write 'visited', or a name after the colon, like 'visited:pricing_guide'",
    ),
    "a wait for a content of what has none": ('"downloaded:prices"]', '"clicked:offer"]', "'clicked' has no content", "write 'clicked'"),
    "a country that is none": (
        "becomes: recent_score >= 20",
        'becomes: country == "ZZ"',
        "there is no country 'ZZ'",
        "write its two letters of ISO 3166-1, like JP",
    ),
    "a language that is none": ("language: en", "language: jp", "'jp' is not a language", "did you mean 'ja'?"),
    "a letter on a wrong condition": ("seats > 10", "seets > 10", "'seets' is not a fact of a lead", "did you mean 'seats'?"),
    "a wait for a wrong condition": ("if: score >= 20", "if: scor >= 20", "'scor' is not a fact of a lead", "did you mean 'score'?"),
    "a branch on a wrong condition": ('size == "large", go', 'size == "larg", go', "'larg' is not a size", "did you mean 'large'?"),
    "a trigger on a wrong condition": (
        "becomes: recent_score",
        "becomes: recent_scor",
        "'recent_scor' is not a fact of a lead",
        "did you mean 'recent_score'?",
    ),
    "a date in a condition": (
        "if: usage_fell",
        "if: review_on > 3",
        "'review_on' is a date, and a condition compares none",
        "use 'when: {date: review_on}' or 'wait: {until: review_on}'",
    ),
    "a way to no track": ("- {go: later}", "- {go: latr}", "there is no track 'latr'", "did you mean 'later'?"),
    "a side to no track": ("{share: 9, go: by_hand}", "{share: 9, go: by_hnd}", "there is no track 'by_hnd'", "did you mean 'by_hand'?"),
    "an answer that leads to no track": ("then: talk", "then: tlak", "there is no track 'tlak'", "did you mean 'talk'?"),
    "a silence that leads to no track": ("silence: sides", "silence: side", "there is no track 'side'", "did you mean 'sides'?"),
    "a rule on coming into no track": ("enters: closed", "enters: closd", "there is no track 'closd'", "did you mean 'closed'?"),
    "a rule on leaving no track": ("leaves: talk", "leaves: tlk", "there is no track 'tlk'", "did you mean 'talk'?"),
    "a question about no field": ("asks: [size,", "asks: [siz,", "there is no field 'siz'", "did you mean 'size'?"),
    "a value of no field": ("seats: 20", "seets: 20", "there is no field 'seets'", "did you mean 'seats'?"),
    "a choice that is none": ("size: large, seats", "size: huge, seats", "'size' cannot be 'huge'", "it is one of small, large"),
    "a number that is none": ("seats: 20", "seats: true", "'seats' cannot be true", "write a whole number, like 3"),
    "a yes that is none": ("has_budget: true", "has_budget: 1", "'has_budget' cannot be 1", "write true or false"),
    "a day that no year has": ('"2027-04-01"', '"2027-02-30"', "'review_on' cannot be '2027-02-30'", "write it like '2027-03-31'"),
    "nothing to set": (
        '{size: large, seats: 20, has_budget: true, review_on: "2027-04-01"}',
        "{}",
        "nothing is set here",
        "write a field and its value, like 'size: large'",
    ),
    "a wait for an unknown date": ("until: review_on", "until: reviw_on", "there is no date 'reviw_on'", "did you mean 'review_on'?"),
    "a wait for what is no date": (
        "until: review_on",
        "until: seats",
        "'seats' is not a date",
        "use a field that is one, like 'review_on'",
    ),
    "a rule on an unknown date": ("date: review_on,", "date: reviw_on,", "there is no date 'reviw_on'", "did you mean 'review_on'?"),
    "a rule on the end of the contract, written as a date": (
        "date: review_on,",
        "date: contract_end,",
        "'contract_end' has a key of its own",
        "write 'contract_ends_in: 90 days' instead of 'date' and 'ahead'",
    ),
    "an hour of one digit": ("tue 09:30", "tue 9:30", "'tue 9:30' is not a weekday and hour", "did you mean 'tue 09:30'?"),
    "a day in full": ("tue 09:30", "Tuesday 09:30", "'Tuesday 09:30' is not a weekday and hour", "did you mean 'tue 09:30'?"),
    "a length of time to wait until": (
        "tue 09:30",
        "2 weeks",
        "'2 weeks' is not a weekday and hour",
        "write it like 'tue 09:30'; a length of time needs no 'until'",
    ),
    "an offset beside a weekday": ("tue 09:30}", "tue 09:30, plus: 1 day}", "'plus' does nothing beside a weekday", "take it out"),
    "two offsets": ("minus: 2 weeks", "minus: 2 weeks, plus: 1 day", "'plus' and 'minus' exclude each other", "keep one of them"),
    "working days before a date": (
        "minus: 2 weeks",
        "minus: 2 working days",
        "'2 working days' cannot be counted back from a date",
        "write days or weeks, like '90 days'",
    ),
    "hours ahead of a date": (
        "ahead: 14 days",
        "ahead: 14 hours",
        "'14 hours' cannot be counted back from a date",
        "write days or weeks, like '90 days'",
    ),
    "an offset of no time": ("plus: 1 day", "plus: 0 days", "'0 days' is no time at all", "write 1 or more, or take it out"),
    "a wait of no time": ("at_most: 14 days", "at_most: 0 days", "'0 days' is no time at all", "write 1 or more, or take it out"),
    "quiet for no time": ("for: 21 days", "for: 0 days", "'0 days' is no time at all", "write 1 or more, or take it out"),
    "touches that never end": ("least: 60 days", "least: 0 days", "'0 days' is no time at all", "write 1 or more, or take it out"),
    "a lead that comes again after no time": (
        "least: 60 days",
        "again: 0 days",
        "'0 days' is no time at all",
        "write 1 or more, or 'at once'",
    ),
    "recent hours": (
        "recent: 30 days",
        "recent: 30 hours",
        "'30 hours' cannot be how far back points count: they are kept by the day",
        "write days or weeks, like '90 days'",
    ),
    "recent years": ("recent: 30 days", "recent: 60 weeks", "'60 weeks' is too far back", "366 days at most"),
    "a quiet day that no year has": ("12-28 to 01-04", "12-28 to 02-30", "'02-30' is no day of the year", "write month-day, like '12-28'"),
    "a year of quiet days": (
        "12-28 to 01-04",
        "01-05 to 12-27, 12-24 to 12-31",
        "hardly a day is left on which a letter could go",
        "leave at least 14 days in a row open",
    ),
    "a field that is a fact": (
        "has_budget: yes_no",
        "has_budget: yes_no\n  score: number",
        "'score' is a fact of every lead",
        "give the field another name, like 'our_score'",
    ),
    "a field that is a word of conditions": (
        "has_budget: yes_no",
        "has_budget: yes_no\n  not: number",
        "'not' means something else in a campaign",
        "give the field another name, like 'our_not'",
    ),
    "a choice twice": ("[small, large]", "[small, large, small]", "'small' stands twice in 'size'", "keep one of them"),
    "a way after the one for everyone": (
        "- {go: later}",
        "- {go: later}\n          - {if: is_customer, go: talk}",
        "this way is never gone: the one above is for everyone",
        "move it above that one, or take it out",
    ),
    "a step after ways that all lead elsewhere": (
        "- {go: later}",
        "- {go: later}\n      - email: late",
        "this step is never reached, after 'branch'",
        "move it above 'branch', or take it out",
    ),
    "a step after sides that all lead elsewhere": (
        "- {share: 1}",
        "- {share: 1, go: later}",
        "this step is never reached, after 'split'",
        "move it above 'split', or take it out",
    ),
    "a step after a wait that leads elsewhere either way": (
        "silence: sides",
        "silence: sides\n      - email: late",
        "this step is never reached, after 'wait_for'",
        "move it above 'wait_for', or take it out",
    ),
    "a circle through a branch": (
        "      - message: {channel: social, say: Say hello., deadline: 3 working days}\n",
        "      - branch: [{if: is_customer, go: by_hand}]\n",
        "by_hand -> by_hand goes round without taking time",
        "put a 'wait' or a 'task' before 'branch'",
    ),
    "a circle past a date that may have passed": (
        "      - wait: {until: review_on, minus: 2 weeks, late: human}\n      - email: again\n"
        "      - wait: {until: contract_end, plus: 1 day, late: skip}\n      - enroll: customer\n      - end: done",
        "      - wait: {until: review_on}\n      - go: later",
        "later -> later goes round without taking time when its dates have passed",
        "put a 'wait' or a 'task' before 'go'",
    ),
    "a track that only its own rule leads to": (
        "rules:\n",
        "  island: {steps: [wait: 1 day]}\nrules:\n  - {name: x, when: {enters: island}, go: island}\n",
        "track 'island' is never reached",
        "lead to it with a step 'go: island' or a rule, or take it out",
    ),
}
"""What stands in the rich file, what is written instead, and the reason and fix that are said."""


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
    for path in [*sorted(CAMPAIGNS.glob("*.yaml")), Path(__file__).parent / "rich.yaml"]:
        campaign, text = read_campaign_file(path)
        tracks = outline(told(YAML(typ="safe", pure=True).load(text)).data).tracks

        assert {name: [stop.name for stop in stops] for name, stops in tracks.items()} == {
            name: [name_of_step(track, place) for place in range(len(track.steps))] for name, track in campaign.tracks.items()
        }


@pytest.mark.parametrize(("right", "wrong", "what", "fix"), RICH_WRONG.values(), ids=RICH_WRONG)
def test_whatever_cannot_belong_together_is_said(right: str, wrong: str, what: str, fix: str) -> None:
    assert RICH.count(right) >= 1
    line = RICH[: RICH.index(right)].count("\n") + 1

    found = problems_of(RICH.replace(right, wrong, 1))

    assert (what, fix) in [problem[1:] for problem in found]
    assert min(abs(problem[0] - line) for problem in found if problem[1] == what) <= 1 + wrong.count("\n")


def campaign_of(tracks: str, rules: str = "") -> str:
    """A campaign whose first track is 'one'."""
    head = "campaign: c\ntopic: t\nstart: one\nfields: {day: date}\ncontents: {}\n"
    return f"{head}tracks:\n{tracks}\nrules:\n  - {{name: back, when: replied, go: two}}\n{rules}"


TWO = "\n  two: {steps: [wait: 1 day]}"
CIRCLES = {
    "a branch": ("  one: {steps: [branch: [{if: is_customer, go: one}]]}" + TWO, "one -> one goes round without taking time"),
    "a split": (
        "  one: {steps: [split: [{share: 1, go: one}, {share: 1}], wait: 1 day]}" + TWO,
        "one -> one goes round without taking time",
    ),
    "what is only said": (
        "  one: {steps: [hours: flip, notify: {say: Hello.}, go: two]}\n  two: {steps: [go: one]}",
        "one -> two -> one goes round without taking time",
    ),
    "a second way": (
        "  one: {steps: [branch: [{if: is_customer, go: two}], go: three]}" + TWO + "\n  three: {steps: [go: one]}",
        "one -> three -> one goes round without taking time",
    ),
    "a date": (
        "  one: {steps: [wait: {until: day, late: skip}, email: a, go: one]}" + TWO,
        "one -> one goes round without taking time when its letters may not be sent",
    ),
    "a date and no letter": (
        "  one: {steps: [wait: {until: day}, go: one]}" + TWO,
        "one -> one goes round without taking time when its dates have passed",
    ),
    "what is so already": (
        "  one: {steps: [wait_for: {if: is_customer, at_most: 3 days, then: one}]}" + TWO,
        "one -> one goes round without taking time when what it waits for is so already",
    ),
}


@pytest.mark.parametrize(("tracks", "what"), CIRCLES.values(), ids=CIRCLES)
def test_a_circle_without_time_is_refused_through(tracks: str, what: str) -> None:
    assert what in [problem[1] for problem in problems_of(campaign_of(tracks))]


@pytest.mark.parametrize(
    ("tracks", "rule", "what"),
    [
        ("  one: {steps: [go: two]}" + TWO, "{enters: two}, go: one", "one -> two -> one goes round without taking time"),
        ("  one: {steps: [go: two]}" + TWO, "{leaves: one}, go: one", None),
        ("  one: {steps: [wait: 1 day, go: two]}" + TWO, "{enters: two}, go: one", None),
    ],
)
def test_a_rule_about_coming_into_a_track_can_close_a_circle(tracks: str, rule: str, what: str | None) -> None:
    text = campaign_of(tracks, f"  - {{name: r, when: {rule}}}")

    if what is None:
        assert read_campaign(text, "c.yaml").name == "c"
    else:
        assert what in [problem[1] for problem in problems_of(text)]


@pytest.mark.parametrize(
    "step",
    [
        "wait: 1 day",
        "wait: {until: tue 09:30}",
        "wait: {until: day, late: human}",
        "wait_for: {any: [replied], at_most: 3 days}",
        "wait_for: {if: is_customer, at_most: 3 days, then: two}",
        "message: {channel: paper}",
    ],
)
def test_a_circle_that_takes_time_may_go_on_for_ever(step: str) -> None:
    assert read_campaign(campaign_of(f"  one: {{steps: [{step}, go: one]}}" + TWO), "c.yaml").name == "c"


@pytest.mark.parametrize(
    "steps",
    [
        "branch: [{if: is_customer, go: two}]",
        "branch: [{if: is_customer, go: two}, {}]",
        "split: [{share: 1, go: two}, {share: 1}]",
        "wait_for: {any: [replied], at_most: 3 days, then: two}",
        "wait: {until: day, late: skip}, go: two",
        "wait: {until: day}",
    ],
)
def test_a_step_that_some_leads_reach_may_stand_where_it_is(steps: str) -> None:
    assert read_campaign(campaign_of(f"  one: {{steps: [{steps}, email: a]}}" + TWO), "c.yaml").letters == ["a"]


@pytest.mark.parametrize(
    ("tracks", "rules", "what", "fix"),
    [
        (201, 0, "there are 201 tracks", "200 at most: make two campaigns of it"),
        (1, 201, "there are 201 rules", "200 at most: make two campaigns of it"),
    ],
)
def test_a_campaign_that_nobody_could_read_is_refused(tracks: int, rules: int, what: str, fix: str) -> None:
    named = "\n".join(f"  t{place}: {{steps: [wait: 1 day]}}" for place in range(tracks))
    ruled = "\n".join(f"  - {{name: r{place}, when: replied, go: t0}}" for place in range(rules))

    assert [problem[1:] for problem in problems_of(f"campaign: c\ntopic: t\nstart: t0\ntracks:\n{named}\nrules:\n{ruled or '  []'}")] == [
        (what, fix)
    ]


def test_a_track_that_nobody_could_read_is_refused() -> None:
    steps = ", ".join(["wait: 1 day"] * 101)

    assert [problem[1:] for problem in problems_of(campaign_of(f"  one: {{steps: [{steps}]}}" + TWO))] == [
        ("track 'one' has 101 steps", "100 at most: make two tracks of it")
    ]


def test_more_fields_than_anyone_asks_for_are_refused() -> None:
    fields = ", ".join(f"f{place}: number" for place in range(61))

    assert [problem[1:] for problem in problems_of(campaign_of("  one: {}" + TWO).replace("{day: date}", f"{{{fields}}}"))] == [
        ("there are 61 fields", "60 at most: make two campaigns of it")
    ]


def test_a_lead_may_wait_for_a_date_that_nobody_knows_yet() -> None:
    text = campaign_of("  one: {steps: [wait: {until: day}, email: a]}" + TWO)

    assert read_campaign(text, "c.yaml").letters == ["a"]


@pytest.mark.parametrize(
    ("preset", "early", "late"),
    [("btob", "interest", "consideration"), ("lifecycle", "educate", "convert"), ("cloud", "explore", "evaluate")],
)
def test_selling_begins_when_the_customer_chooses(preset: str, early: str, late: str) -> None:
    text = campaign_of(f"  one: {{stage: {late}, steps: [email: offer]}}" + TWO) + f"stages: {preset}\npurposes: {{offer: sales}}\n"

    assert read_campaign(text, "c.yaml").letters == ["offer"]
    assert f"selling begins in stage '{late}'" in problems_of(text.replace(f"stage: {late}", f"stage: {early}"))[0][2]


def test_a_task_that_nobody_can_win_needs_no_rule_for_it() -> None:
    text = campaign_of("  one: {steps: [task: {reason: research, outcomes: [done]}]}" + TWO)

    assert read_campaign(text, "c.yaml").name == "c"
    assert problems_of(text.replace(", outcomes: [done]", ""))[0][1].startswith("a rep may answer 'won'")


def test_a_wrong_start_is_said_once_and_no_track_is_blamed_for_it() -> None:
    text = campaign_of("  one: {steps: [email: hello]}" + TWO)

    assert [what for _, what, _ in problems_of(text.replace("start: one", "start: on"))] == ["there is no track 'on'"]
