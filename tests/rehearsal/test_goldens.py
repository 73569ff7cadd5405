"""Golden rehearsals: read with place and fix for every mistake, and judged by what happened."""

from pathlib import Path

import pytest

from commands.files.checking import campaigns_beside
from nurture.plan.problems import CampaignError
from rehearsal.diary import Story
from rehearsal.goldens import START, Golden, beside, read_goldens, waves
from rehearsal.judging import differences, judge, update
from store.campaigns.files import read_campaign_file
from tests.rehearsal.tales import letter, move, rehearsal, story, task

ROOT = Path(__file__).parents[2]
SAMPLES = sorted((ROOT / "campaigns").glob("*.yaml"))
WELCOME = {"welcome": read_campaign_file(ROOT / "campaigns" / "welcome.yaml")[0]}


def golden(tmp_path: Path, expects: str) -> Golden:
    path = tmp_path / "welcome.yaml"
    path.write_text(f"ada:\n{expects}", encoding="utf-8")
    return read_goldens(path, WELCOME)[0]


def judged(tmp_path: Path, expects: str, happened: Story) -> list[str]:
    return [str(problem).removeprefix(f"{tmp_path}/") for problem in judge(golden(tmp_path, expects), happened)]


HAPPENED = story(
    letter("hello", 1),
    letter("planning_basics", 8),
    task("demo", 8.5),
    move("after_demo", 9),
    letter("after_talk", 10),
    letter("webinar", 50),
    stage="consideration",
    tracks=("after_demo",),
)


@pytest.mark.parametrize(
    "met",
    [
        "must: [{letters: [hello, after_talk]}]",
        "must: [{only_letters: [hello, planning_basics, after_talk, webinar]}]",
        "must: [{letter: hello, within: 1 day}]",
        "must: [{task: demo, within: 9 days}, {tasks: [demo]}]",
        "must: [{enters: after_demo, within: 9 days}, {enters: educate}, {ends_in: after_demo}]",
        "must: [{stage: consideration}, {open: true}]",
        "must: [{at_most: 3 letters in 30 days}, {at_most: 1 task}, {at_most: 4 letters}]",
        "must_not: [{letter: no_time}, {letter: webinar, within: 49 days}, {letters: [webinar, hello]}, {task: pricing}]",
        "must_not: [{enters: long_hold}, {ends_in: educate}, {stage: purchase}]",
    ],
)
def test_what_was_expected_and_happened_is_silent(tmp_path: Path, met: str) -> None:
    assert judged(tmp_path, f"  {met}\n", HAPPENED) == []


@pytest.mark.parametrize(
    ("unmet", "said"),
    [
        (
            "must: [{letters: [hello, webinar, after_talk]}]",
            "the letter 'after_talk' does not come in the order hello, webinar, after_talk; "
            "what came was hello, planning_basics, after_talk, webinar",
        ),
        ("must: [{only_letters: [hello]}]", "the letters are hello, but they were hello, planning_basics, after_talk, webinar"),
        ("must: [{letter: no_time}]", "the letter 'no_time' must come, but it never did"),
        (
            "must: [{letter: webinar, within: 30 days}]",
            "the letter 'webinar' must come within 30 days, but it came on Tue 22 May 2040, after 50 days",
        ),
        ("must: [{task: pricing}]", "the task 'pricing' must come, but it never did"),
        ("must: [{tasks: [demo, decision]}]", "the task 'decision' does not come in the order demo, decision; what came was demo"),
        ("must: [{enters: long_hold}]", "the lead never enters the track 'long_hold'; it was in educate, after_demo"),
        (
            "must: [{enters: after_demo, within: 2 days}]",
            "the track 'after_demo' must come within 2 days, but it came on Wed 11 Apr 2040, after 9 days",
        ),
        ("must: [{ends_in: educate}]", "the lead never ends in the track 'educate'; it ended in after_demo"),
        ("must: [{stage: purchase}]", "the lead never ends in the stage 'purchase'; it ended in 'consideration'"),
        ("must: [{open: false}]", "at the end it was still open: a pause"),
        (
            "must: [{at_most: 2 letters in 10 days}]",
            "at most 2 letters in 10 days, but there were 3 from Tue 03 Apr 2040 on: "
            "hello (Tue 03 Apr 2040), planning_basics (Tue 10 Apr 2040), after_talk (Thu 12 Apr 2040)",
        ),
        ("must: [{at_most: 0 tasks}]", "at most 0 tasks, but there were 1 from Tue 10 Apr 2040 on: demo (Tue 10 Apr 2040)"),
        ("must_not: [{letter: webinar}]", "the letter 'webinar' must not come, but did on Tue 22 May 2040: it is next"),
        ("must_not: [{letters: [hello, webinar]}]", "the letters hello, webinar must not come one after the other, and did"),
        ("must_not: [{enters: after_demo}]", "the lead wrongly enters the track 'after_demo'"),
    ],
)
def test_what_was_expected_and_did_not_happen_is_said_with_what_did(tmp_path: Path, unmet: str, said: str) -> None:
    assert judged(tmp_path, f"  {unmet}\n", HAPPENED) == [f"welcome.yaml:2: ada: {said}"]


def test_every_mistake_in_a_file_of_rehearsals_is_said_at_once(tmp_path: Path) -> None:
    path = tmp_path / "welcome.yaml"
    path.write_text(
        "ada:\n"
        "  persona: silnet\n"
        "  start: 2026-04-02\n"
        "  days: 30\n"
        "  years: 2\n"
        "  must:\n"
        "    - letter: helo\n"
        "    - stage: purchased\n"
        "    - at_most: many letters\n"
        "    - letters: [hello]\n"
        "      within: 3 days\n"
        "    - {letter: hello, task: demo}\n"
        "  must_not:\n"
        "    - only_letters: [hello]\n"
        "    - track: educate\n"
        "nothing_at_all:\n"
        "  persona: silent\n"
        "Ada Two:\n"
        "  record: true\n",
        encoding="utf-8",
    )

    with pytest.raises(CampaignError) as wrong:
        read_goldens(path, WELCOME)

    said = [str(problem).removeprefix(f"{path}:") for problem in wrong.value.problems]
    assert [line.partition(";")[0] for line in said] == [
        "2: 'silnet' is no persona",
        "3: 2026-04-02 comes too soon: these rehearsals are to be the same for years",
        "4: a rehearsal has one length",
        "7: 'helo' is no letter of these campaigns",
        "8: 'purchased' is no stage of these campaigns",
        "9: 'many letters' does not say how many",
        "11: 'within' does not go with 'letters'",
        "12: this says not just one thing",
        "14: 'only_letters' does not belong under must_not",
        "15: 'track' is not known here",
        "16: 'nothing_at_all' expects nothing",
        "18: 'Ada Two' is not a name",
    ]
    assert all(line.partition("; ")[2] for line in said)


def test_a_golden_rehearsal_is_a_persona_with_what_is_said_otherwise_and_always_begins_on_the_same_day(tmp_path: Path) -> None:
    one = golden(tmp_path, "  persona: eager\n  lead: {language: ja}\n  reps: {demo: lost}\n  record: true\n")

    assert (one.part.since, one.part.days, one.recording) == (START, 730, tmp_path / "welcome" / "ada.txt")
    assert one.part.persona.person.language == "ja"
    assert one.part.persona.person.email.startswith("ada@")
    assert one.part.persona.cues
    assert {"demo", "decision"} <= one.part.persona.answers.keys()


def test_rehearsals_of_one_company_are_not_played_together_because_colleagues_hear_of_one_another(tmp_path: Path) -> None:
    path = tmp_path / "welcome.yaml"
    path.write_text(
        "".join(f"{name}: {{persona: {who}, record: true}}\n" for name, who in (("a", "silent"), ("b", "eager"), ("c", "silent")))
    )

    assert [[one.name for one in wave] for wave in waves(read_goldens(path, WELCOME))] == [["a", "b"], ["c"]]


def test_a_recorded_calendar_shows_a_changed_letter_and_a_changed_day_until_it_is_accepted(tmp_path: Path) -> None:
    one = golden(tmp_path, "  record: true\n")
    before, after = story(letter("hello", 1), move("after_demo", 9)), story(letter("hello", 1, "Good day."), move("after_demo", 10))
    assert "not recorded yet" in differences(one, rehearsal(before), before)[0]

    update(one, rehearsal(before), before)
    assert differences(one, rehearsal(before), before) == []
    changed = [line for line in differences(one, rehearsal(after), after) if line[:1] in "+-" and line[:3] not in ("+++", "---")]

    assert changed == [
        "-                  | Hello.",
        "-Wed 11  move      welcome: educate → after_demo",
        "+                  | Good day.",
        "+Thu 12  move      welcome: educate → after_demo",
    ]
    update(one, rehearsal(after), after)
    assert differences(one, rehearsal(after), after) == []


def test_a_recording_says_days_and_not_minutes_because_minutes_are_nobodys_plan(tmp_path: Path) -> None:
    one = golden(tmp_path, "  record: true\n")
    update(one, rehearsal(first := story(letter("hello", 1))), first)

    assert differences(one, rehearsal(later := story(letter("hello", 1.01))), later) == []


@pytest.mark.parametrize("campaign", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_campaign_has_rehearsals(campaign: Path) -> None:
    assert beside(campaign).is_file()


def test_no_command_takes_rehearsals_for_campaigns() -> None:
    assert campaigns_beside(SAMPLES[0]) == {path.stem for path in SAMPLES}
