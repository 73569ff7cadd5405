"""Slips of the pen in campaign files, and what a marketer is told about each."""

from pathlib import Path

import pytest

from nurture.plan.problems import CampaignError
from nurture.reading.language import read_campaign

RIGHT = (Path(__file__).parent / "right.yaml").read_text("utf-8")
RICH = (Path(__file__).parent / "rich.yaml").read_text("utf-8")

OPENED = (
    "'opened' cannot be asked for: mail programs and gateways fetch pictures by themselves, so nobody knows who opened a letter",
    "ask for what a person does: clicked, replied or downloaded, or in a condition clicks, replies or downloads",
)

WRONG = {
    "a misspelt step": ("- email: hello", "- emial: hello", 22, "'emial' is not known here", "did you mean 'email'?"),
    "a step of an unknown kind": (
        "- email: hello",
        "- telephone: hello",
        22,
        "'telephone' is not known here",
        "a step begins with one of email, wait, wait_for, task, message, branch, split, set, hours, notify, go, enroll, end",
    ),
    "a step that is only a word": (
        "- email: hello",
        "- hello",
        22,
        "'hello' is not a step",
        "a step begins with one of email, wait, wait_for, task, message, branch, split, set, hours, notify, go, enroll, end",
    ),
    "a step without its value": ("- email: hello", "- email", 22, "the step 'email' says nothing", "write 'email: …'"),
    "two steps in one": (
        "- email: hello\n      - wait",
        "- email: hello\n        wait",
        23,
        "'wait' is not known here",
        "begin a step of its own with '- wait: …'",
    ),
    "a misspelt key of a task": ("reason: demo", "resaon: demo", 30, "'resaon' is not known here", "did you mean 'reason'?"),
    "a misspelt key of the file": ("start: educate", "strat: educate", 4, "'strat' is not known here", "did you mean 'start'?"),
    "the name of a field instead of its key": (
        "in: [educate]",
        "within: [educate]",
        44,
        "'within' is not known here",
        "known here are in",
    ),
    "a key that is missing": ("topic: insights\n", "", 1, "'topic' is missing here", "add 'topic: …'"),
    "a rule without a name": ("- name: wrote\n    when", "- when", 47, "'name' is missing here", "add 'name: …'"),
    "a wrong unit of time": (
        "3 working days",
        "3 wroking days",
        23,
        "'3 wroking days' is not a length of time",
        "did you mean '3 working days'?",
    ),
    "a number without a unit": (
        "3 working days",
        "3",
        23,
        "3 is not a length of time",
        "write it like '3 days', '2 working days', '4 hours' or '1 week'",
    ),
    "a deadline without a blank": ("4 hours", "4hours", 32, "'4hours' is not a length of time", "did you mean '4 hours'?"),
    "an unknown outcome": (
        "{outcome: won}",
        "{outcome: wonn}",
        40,
        "'wonn' is not an outcome",
        "did you mean 'won'?",
    ),
    "an unknown engagement": ("when: replied", "when: repleid", 48, "'repleid' is not an engagement", "did you mean 'replied'?"),
    "an opening of a letter": ("when: replied", "when: opened", 48, *OPENED),
    "an engagement that no form can send": (
        "engagement: downloaded\n",
        "engagement: visited\n",
        12,
        "a form's engagement is one of downloaded, demo_requested, attended, subscribed, quote_requested, trial_started, meeting_booked",
        "",
    ),
    "a trigger of two kinds": (
        "{outcome: won}",
        "{outcome: won, silence: 3 days}",
        40,
        "a rule needs exactly one of engagement, outcome, colleague, silence, quiet_after, contract_ends_in, date, becomes, enters, "
        "leaves, reaches or touches",
        "",
    ),
    "an unknown day": ("[tue, wed]", "[tue, wdn]", 7, "'wdn' is not a day of the week", "did you mean 'wed'?"),
    "an hour as a number": ("16:30", "16", 9, "16 is not a time of day", "write it like '09:00' or '17:30'"),
    "an hour of one digit": ("16:30", "9:30", 9, "'9:30' is not a time of day", "did you mean '09:30'?"),
    "an hour with a zone": ("16:30", "16:30Z", 9, "'16:30Z' is not a time of day", "write it like '09:00' or '17:30'"),
    "an hour that no day has": ("16:30", "25:30", 9, "'25:30' is not a time of day", "write it like '09:00' or '17:30'"),
    "a window that closes before it opens": ("16:30", "08:30", 6, "the window opens at 09:30 and must close later, not at 08:30", ""),
    "a cap that is too high": ("touches: 2,", "touches: 101,", 10, "101 is too much for 'touches'", "100 at most"),
    "a cap below zero": ("touches: 2,", "touches: -1,", 10, "-1 is too little for 'touches'", "0 at least"),
    "a yes for a number": ("touches: 2,", "touches: true,", 10, "'touches' cannot be true", "write a whole number"),
    "a text for a yes": ("  to: 16:30", "  holidays: yes", 9, "'holidays' cannot be 'yes'", "write true or false"),
    "a name with blanks": (
        "campaign: welcome",
        "campaign: Welcome 2026",
        1,
        "'Welcome 2026' is not a name",
        "did you mean 'welcome-2026'?",
    ),
    "a number for a name": ("campaign: welcome", "campaign: 2026", 1, "'campaign' cannot be 2026", "write a text"),
    "a language in full": (
        "language: ja",
        "language: japanese",
        3,
        "'japanese' is not a language",
        "did you mean 'ja'?",
    ),
    "a word for a list": ("in: [educate]", "in: educate", 44, "'in' cannot be 'educate'", "write a list, [educate]"),
    "a key with nothing below it": (
        "cap: {touches: 2, per: 7 days}",
        "cap:",
        10,
        "'cap' cannot be empty",
        "write keys and values, indented below it",
    ),
    "a key twice": (
        "topic: insights",
        "topic: insights\ntopic: news",
        3,
        "'topic' is written twice here, first on line 2",
        "keep one of them",
    ),
    "a track twice": ("rules:", "  talk: {}\nrules:", 38, "'talk' is written twice here, first on line 26", "keep one of them"),
    "a tab": ("    stage: interest", "\tstage: interest", 20, "a tab stands where spaces belong", "indent with spaces"),
    "a second document": (
        "rules:",
        "---\nrules:",
        38,
        "a second document begins here",
        "one file is one campaign: take the line '---' or '...' out",
    ),
    "an alias of nothing": (
        "topic: insights",
        "topic: *insights",
        2,
        "a name after '*' is not defined above",
        "quote the text if the star belongs to it",
    ),
    "a tag": ("topic: insights", "topic: !python insights", 2, "'!python' is not known here", "quote the text if the '!' belongs to it"),
    "a merge": ("topic: insights", "topic: insights\n<<: {a: 1}", 3, "'<<' is not known here", "write out what belongs here"),
    "a key that is a list": ("topic: insights", "topic: insights\n? [a]\n: b", 3, "a key is a single word", "write 'key: value'"),
    "a character that no database takes": (
        "say: Call them.",
        'say: "Call\\0"',
        31,
        "there is a character that is not text",
        "take it out",
    ),
}
"""What stands in the right file, what is written instead, and the line, reason and fix that are said."""

RICH_WRONG = {
    "a weekday without 'until'": ("{until: tue 09:30}", "tue 09:30", "'tue 09:30' is not a length of time", "write '{until: tue 09:30}'"),
    "a wait that is no time": (
        "wait: 30 days",
        "wait: a while",
        "'a while' is not a length of time",
        "write it like '3 days', or '{until: contract_end}', or '{until: tue 09:30}'",
    ),
    "a misspelt key of a wait": ("minus: 2 weeks", "mnus: 2 weeks", "'mnus' is not known here", "did you mean 'minus'?"),
    "a wrong offset": ("minus: 2 weeks", "minus: 2 wekes", "'2 wekes' is not a length of time", "did you mean '2 weeks'?"),
    "a wrong way to be late": ("late: human", "late: humans", "'humans' is not a way to be late", "did you mean 'human'?"),
    "a misspelt engagement to wait for": ("[replied,", "[repleid,", "'repleid' is not an engagement", "did you mean 'replied'?"),
    "a letter that is opened to wait for": ("[replied,", "[opened,", *OPENED),
    "a misspelt engagement with a content": (
        '"downloaded:prices"]',
        '"downlaoded:prices"]',
        "'downlaoded' is not an engagement",
        "did you mean 'downloaded:prices'?",
    ),
    "a wait for something without an end": ("          at_most: 14 days\n", "", "'at_most' is missing here", "add 'at_most: …'"),
    "a misspelt end of waiting": ("at_most: 14", "at_mots: 14", "'at_mots' is not known here", "did you mean 'at_most'?"),
    "a wait for nothing": (
        '          any: [replied, "downloaded:prices"]\n          if: score >= 20\n',
        "",
        "wait_for needs 'any' with engagements, or 'if' with a condition",
        "",
    ),
    "a branch without ways": (
        'branch:\n          - {if: has_budget and size == "large", go: talk}\n          - {go: later}',
        "branch: []",
        "'branch' has no entries",
        "1 at least",
    ),
    "a misspelt way": ("- {go: later}", "- {og: later}", "'og' is not known here", "known here are if, go"),
    "a split with one side": ("          - {share: 1}\n", "", "'split' has 1 entry", "2 at least"),
    "a misspelt share": ("{share: 1}", "{shre: 1}", "'shre' is not known here", "did you mean 'share'?"),
    "a share below zero": ("{share: 1}", "{share: -1}", "-1 is too little for 'share'", "0 at least"),
    "a wrong half of the window": ("hours: flip", "hours: flap", "'flap' is not a half of the window", "did you mean 'flip'?"),
    "a channel with blanks": ("channel: social", "channel: Social Net", "'Social Net' is not a name", "did you mean 'social-net'?"),
    "a value of a field that is a list": (
        "size: large, seats",
        "size: [large], seats",
        "'size' cannot be a list",
        "write a text, a whole number, true or false",
    ),
    "a notice to nobody": ("to: leader", "to: leaders", "'leaders' is not somebody of us", "did you mean 'leader'?"),
    "a task for nobody": ("to: owner", "to: me", "'me' is not somebody of us", "it is one of reps, owner, leader, service, marketing"),
    "a question without words": ("[Who decides?]", "['']", "'checklist' cannot be empty", "write something, or take it out"),
    "too many questions": ("[Who decides?]", f"[{', '.join(['a'] * 13)}]", "'checklist' has 13 entries", "12 at most"),
    "an outcome to choose from": ("[won, not_now]", "[won, not_nw]", "'not_nw' is not an outcome", "did you mean 'not_now'?"),
    "a kind of field that is none": ("seats: number", "seats: numbr", "'numbr' is not what a field can be", "did you mean 'number'?"),
    "a field without choices": (
        "[small, large]",
        "[]",
        "'size' has no entries",
        "write its choices, like [small, large], or one of number, yes_no, date",
    ),
    "a field with a hyphen": ("asks: [size,", "asks: [si-ze,", "there is no field 'si-ze'", "did you mean 'size'?"),
    "a depth that is none": ("guide: top", "guide: tpo", "'tpo' is not a depth", "did you mean 'top'?"),
    "a purpose that is none": ("offer: sales", "offer: sale", "'sale' is not a purpose", "did you mean 'sales'?"),
    "points for everything": ("downloaded: 2", "downloaded: 1000", "1000 is too much for 'downloaded'", "100 at most"),
    "quiet days without an end": (
        "12-28 to 01-04",
        "12-28",
        "'12-28' is no stretch of days",
        "write it as months and days, like '12-28 to 01-04'",
    ),
    "a time to come again that is none": (
        "least: 60 days",
        "again: 180 dayz",
        "'180 dayz' is not a time after which a lead may come again",
        "did you mean '180 days'?",
    ),
    "a focus that is none": (
        "least: 60 days",
        "focus: new",
        "'new' is not a focus",
        "it is one of all, new_customers, existing_customers",
    ),
    "a colleague who did something unknown": (
        "colleague: demo_requested",
        "colleague: demo_requestd",
        "'demo_requestd' is not an engagement",
        "did you mean 'demo_requested'?",
    ),
}
"""What stands in the rich file, what is written instead, and the reason and fix that are said at its line."""


def problems_of(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(CampaignError) as refused:
        read_campaign(text, "welcome.yaml")
    assert str(refused.value).splitlines() == [str(problem) for problem in refused.value.problems]
    return [(problem.line, problem.what, problem.fix) for problem in refused.value.problems]


@pytest.mark.parametrize(("right", "wrong", "line", "what", "fix"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_refused_with_line_reason_and_fix(right: str, wrong: str, line: int, what: str, fix: str) -> None:
    assert RIGHT.count(right) >= 1

    assert (line, what, fix) in problems_of(RIGHT.replace(right, wrong, 1))


@pytest.mark.parametrize("name", sorted(WRONG))
def test_one_slip_is_said_once(name: str) -> None:
    right, wrong, *_ = WRONG[name]

    assert len(problems_of(RIGHT.replace(right, wrong, 1))) == 1


@pytest.mark.parametrize(("right", "wrong", "what", "fix"), RICH_WRONG.values(), ids=RICH_WRONG)
def test_a_slip_in_any_word_of_the_language_is_said_once_with_line_and_fix(right: str, wrong: str, what: str, fix: str) -> None:
    assert RICH.count(right) >= 1
    line = RICH[: RICH.index(right)].count("\n") + 1

    [problem] = problems_of(RICH.replace(right, wrong, 1))

    assert problem[1:] == (what, fix)
    assert line - 3 <= problem[0] <= line + 1
