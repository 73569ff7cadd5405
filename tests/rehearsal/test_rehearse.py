"""A rehearsal is the production code at work: letters as they would arrive, tasks, waits and moves, each with its reason."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from rehearsal.diary import Entry, Rehearsal, Sort, Story, letters_of
from rehearsal.paper import local, recorded


def of(played: Rehearsal, persona: str) -> Story:
    return next(story for story in played.stories if story.persona == persona)


def one(story: Story, sort: Sort, name: str) -> Entry:
    return next(entry for entry in story.of(sort) if name in (entry.name, entry.what))


def test_letters_are_as_they_would_arrive_in_the_leads_own_language_and_window(played: Rehearsal) -> None:
    japanese, english = of(played, "silent"), of(played, "eager")

    hello = one(japanese, Sort.LETTER, "hello")
    assert letters_of(japanese.entries)[:3] == ["hello", "planning_basics", "example_week"]
    assert "神崎 様" in hello.text
    assert "これからお届けする内容について" in hello.html
    assert one(english, Sort.LETTER, "hello").subject == "Thank you for your interest in maintenance planning"
    for story in (japanese, english):
        for entry in story.of(Sort.LETTER):
            at = local(entry.at, story)
            if entry.campaign == "welcome":
                assert at.strftime("%a") in ("Tue", "Wed", "Thu")
                assert 9 <= at.hour <= 16


def test_everything_says_why_and_waits_say_until_when(played: Rehearsal) -> None:
    for story in played.stories:
        assert all(entry.why for entry in story.of(Sort.LETTER, Sort.TASK, Sort.WAIT))
        assert [entry.at.replace(second=0, microsecond=0) for entry in story.entries] == sorted(
            entry.at.replace(second=0, microsecond=0) for entry in story.entries
        )
    silent = of(played, "silent")
    assert one(silent, Sort.MOVE, "welcome: educate → everybody_gone").why == "rule 'everybody_gone': no answer for 21 days to 3 letters"
    first_wait = silent.of(Sort.WAIT)[0]
    assert first_wait.until is not None
    assert abs((first_wait.until - one(silent, Sort.LETTER, "hello").at).total_seconds()) < 60


def test_a_persona_acts_and_reps_answer_so_that_a_whole_sale_is_seen(played: Rehearsal) -> None:
    eager = of(played, "eager")

    assert [entry.name for entry in eager.of(Sort.TASK)] == ["pricing", "demo", "decision", "first_review"]
    assert one(eager, Sort.TASK, "demo").until is not None
    assert {"clicked in hello", "downloaded planning_guide", "attended webinar"} <= {entry.what for entry in eager.of(Sort.LEAD)}
    assert letters_of(eager.entries)[-2:] == ["welcome_aboard", "first_month"]
    assert (eager.stage, eager.tracks, eager.open) == ("purchase", ("steady",), True)


def test_an_absence_note_is_no_reply_and_the_reply_calls_a_person(played: Rehearsal) -> None:
    absent = of(played, "absent")

    away = next(entry for entry in absent.of(Sort.LEAD) if entry.what.startswith("absent until"))
    replied = one(absent, Sort.LEAD, "replied")
    back = datetime.combine(date.fromisoformat(away.what.rpartition(" ")[2]), time(), ZoneInfo("Asia/Tokyo"))
    assert not [entry for entry in absent.of(Sort.LETTER) if away.at < entry.at < back]
    assert [entry for entry in absent.of(Sort.LETTER) if back < entry.at < replied.at]
    assert not [entry for entry in absent.of(Sort.TASK) if away.at <= entry.at < replied.at]
    assert one(absent, Sort.TASK, "replied").at >= replied.at


def test_a_script_happens_on_its_days_on_the_leads_own_clock(played: Rehearsal) -> None:
    grace = of(played, "grace")

    did = [(local(entry.at, grace).strftime("%Y-%m-%d %H:%M"), entry.what) for entry in grace.of(Sort.LEAD)]
    assert did == [("2040-04-05 14:30", "downloaded planning_guide"), ("2040-05-02 10:00", "opted out of everything")]
    refused_at = grace.of(Sort.LEAD)[-1].at
    assert all(entry.at < refused_at for entry in grace.of(Sort.LETTER))
    assert grace.began_at.astimezone(ZoneInfo("America/Los_Angeles")).strftime("%Y-%m-%d %H:%M") == "2040-04-02 09:00"


def test_the_whole_rehearsal_can_be_recorded_without_anything_that_changes_by_itself(played: Rehearsal) -> None:
    lines = recorded(played, of(played, "silent"))

    assert lines[0].startswith("silent: ")
    assert "Tue 03  letter    welcome/hello: 保全計画に役立つ情報をお届けします" in lines
    assert not [line for line in lines if "/u/" in line and not line.endswith("/u/…")]


@pytest.mark.parametrize("persona", ["silent", "eager", "absent", "grace"])
def test_no_lead_is_left_without_a_next_moment_or_an_end(played: Rehearsal, persona: str) -> None:
    story = of(played, persona)

    assert story.next_at is not None or not story.open
