"""A campaign changes while leads are in it: nobody loses its place, and nothing comes twice."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from nurture.actions import HandOff, Move, SendTouch, Wait
from nurture.counting.difference import difference
from nurture.counting.outlook import Standpoint, outlook
from nurture.decide import next_action
from nurture.edition import Landing, changed, landing
from nurture.enrollment import Enrollment, OpenTask
from nurture.fold import fold
from nurture.foresee import settle
from nurture.kinds import Fit
from nurture.ourside import Course, EditionChanged, Enrolled
from nurture.plan.campaign import Campaign
from nurture.profile import Profile
from nurture.reentry import may_begin_again
from nurture.state import LeadState

MONDAY = datetime(2027, 3, 1, 10, tzinfo=UTC)
LEAD = UUID("01920000-0000-7000-8000-000000000001")


def email(*letters: str) -> list[dict[str, Any]]:
    return [{"email": letter} for letter in letters]


def wait(days: int) -> dict[str, Any]:
    return {"wait": f"{days} days"}


def task(reason: str) -> dict[str, Any]:
    return {"task": {"reason": reason}}


def plan(*steps: dict[str, Any], others: dict[str, Any] | None = None, **more: Any) -> Campaign:
    tracks = {"main": {"steps": list(steps)}, **{name: {"steps": them} for name, them in (others or {}).items()}}
    return Campaign.model_validate(
        {"campaign": "welcome", "topic": "news", "start": "main", "tracks": tracks, "cap": {"touches": 0}} | more
    )


HELLO, BASICS, CASE, CHECK = email("hello", "basics", "case", "check")
OLD = plan(HELLO, wait(3), BASICS, wait(5), CASE, wait(7), CHECK)


def at(step: int, campaign: Campaign = OLD, **more: Any) -> Enrollment:
    values: dict[str, Any] = {"number": 1, "track": "main", "enrolled_at": MONDAY, "arrived_at": MONDAY + timedelta(days=step)}
    return Enrollment(**(values | {"campaign": campaign, "step": step} | more))


PLACES: list[tuple[str, Campaign, int, str, Landing]] = [
    ("nothing changed", OLD, 2, "basics", Landing.KEPT),
    ("a step was put in above", plan(HELLO, wait(3), *email("extra"), wait(3), BASICS, wait(5), CASE), 4, "case", Landing.KEPT),
    ("a pause belongs to the letter before it", plan(HELLO, *email("extra"), wait(1), BASICS, wait(9), CASE), 3, "wait-5", Landing.KEPT),
    ("or to the letter after it", plan(HELLO, wait(3), *email("better"), wait(5), CASE), 3, "wait-4", Landing.KEPT),
    ("a letter is gone", plan(HELLO, wait(3), CASE, wait(7), CHECK), 2, "case", Landing.NEXT_STEP),
    ("a letter and its pause are gone", plan(HELLO, CASE, wait(7), CHECK), 2, "case", Landing.NEXT_STEP),
    ("all that was ahead is gone", plan(HELLO, wait(3), BASICS), 4, "rest", Landing.END_OF_TRACK),
    ("at rest", plan(HELLO, wait(3), BASICS, wait(5), CASE, wait(7), CHECK, wait(1), *email("more")), 7, "rest", Landing.KEPT),
    ("the track is gone", plan(others={"other": [HELLO]}, start="other", tracks={"other": {"steps": [HELLO]}}), 2, "hello", Landing.START),
]


@pytest.mark.parametrize(("why", "new", "step", "where", "how"), PLACES, ids=[place[0] for place in PLACES])
def test_a_lead_goes_on_at_its_step_or_at_the_next_that_is_still_there(
    why: str, new: Campaign, step: int, where: str, how: Landing
) -> None:
    there = changed(at(step), new, Course.MIGRATE, MONDAY + timedelta(days=30))

    assert (there.step_name, landing(OLD, new, "main", step).landing) == (where, how)
    assert there.campaign == new
    assert there.visit == (2 if how is Landing.START else 1)


def test_since_when_a_lead_is_at_its_step_stays_so_that_a_pause_is_planned_again_from_its_beginning() -> None:
    shorter = plan(HELLO, wait(3), BASICS, wait(4), CASE)
    state = LeadState(lead=LEAD, enrollments=(at(3),))
    told = EditionChanged(at=MONDAY + timedelta(days=4), seq=1, enrollment=1, campaign=shorter)

    before = next_action(state, MONDAY + timedelta(days=4))
    after = next_action(fold(state, told), MONDAY + timedelta(days=4))

    assert isinstance(before, Wait)
    assert isinstance(after, Wait)
    assert before.until is not None
    assert after.until is not None
    assert before.until - after.until == timedelta(days=1)


def test_what_a_lead_has_behind_it_is_passed_over_where_it_now_stands_ahead_and_once_only() -> None:
    new = plan(CASE, HELLO, task("call"), wait(1), *email("extra"), {"go": "main"})
    old = plan(HELLO, task("call"), CASE, {"go": "main"})
    there = changed(at(2, old), new, Course.MIGRATE, MONDAY)

    assert (there.step_name, there.passed) == ("case", ("hello", "call"))
    letters: list[str] = []
    state, now = LeadState(lead=LEAD, enrollments=(there,)), MONDAY
    for _ in range(20):
        action = next_action(state, now)
        enrollment = state.enrollments[0]
        match action:
            case Move():
                state, action = settle(state, now)
                continue
            case Wait():
                assert action.until is not None
                now = action.until
                continue
            case SendTouch():
                letters.append(action.letter)
            case HandOff():
                letters.append(action.reason)
            case _:
                raise AssertionError(action)
        state = state.having(enrollment.passing(now))

    assert letters[:6] == ["case", "extra", "case", "hello", "call", "extra"]


def test_a_letter_that_moved_to_another_track_does_not_come_again_but_one_that_stood_there_before_does() -> None:
    old = plan(HELLO, BASICS, CASE, others={"later": [HELLO]})
    new = plan(CASE, others={"later": [HELLO, BASICS], "last": [HELLO]})

    there = changed(at(2, old), new, Course.MIGRATE, MONDAY)

    assert there.passed == ("basics", "hello")
    assert changed(at(2, old), plan(CASE, others={"later": [HELLO, BASICS]}), Course.MIGRATE, MONDAY).passed == ("basics",)


LEFT = plan(HELLO, wait(3), BASICS, others={"talk": [task("talk"), CASE], "later": [CHECK]})
"""A lead that is in 'talk' has left 'main' behind it."""

HAD_EARLIER: list[tuple[str, Campaign, tuple[str, ...]]] = [
    (
        "the same plan: a rule may lead there again",
        plan(HELLO, wait(9), BASICS, others={"talk": [task("talk"), CASE], "later": [CHECK]}),
        (),
    ),
    ("it moved into the lead's track", plan(HELLO, others={"talk": [task("talk"), BASICS, CASE], "later": [CHECK]}), ("basics",)),
    ("it moved into another track", plan(HELLO, others={"talk": [task("talk"), CASE], "later": [BASICS, CHECK]}), ("basics",)),
    ("its track is called otherwise", plan(CASE, others={"talk": [task("talk"), CASE], "first": [HELLO, BASICS]}), ("hello", "basics")),
    ("the lead has to begin again", plan(HELLO, wait(3), BASICS, others={"later": [CHECK]}), ("hello", "basics")),
    (
        "and steps lead on from there",
        plan(HELLO, {"branch": [{"if": "touches > 1", "go": "later"}]}, others={"later": [BASICS, {"go": "main"}]}),
        ("hello", "basics"),
    ),
]


@pytest.mark.parametrize(("why", "new", "passed"), HAD_EARLIER, ids=[case[0] for case in HAD_EARLIER])
def test_a_letter_of_a_track_that_was_left_does_not_come_again_by_a_change(why: str, new: Campaign, passed: tuple[str, ...]) -> None:
    talking = at(0, LEFT, track="talk", visit=2)

    there = changed(talking, new, Course.MIGRATE, MONDAY, ("basics", "hello"))

    assert there.passed == passed
    assert changed(talking, new, Course.MIGRATE, MONDAY).passed == ()


def test_in_a_second_round_what_is_ahead_still_comes_after_a_change() -> None:
    old = plan(HELLO, wait(3), BASICS, wait(5), CASE, {"go": "main"})
    longer = plan(HELLO, wait(3), BASICS, wait(9), CASE, {"go": "main"})

    assert changed(at(2, old, visit=2), longer, Course.MIGRATE, MONDAY, ("hello", "basics", "case")).passed == ()


def test_what_was_passed_over_in_one_change_is_passed_over_after_the_next_too() -> None:
    first = changed(at(2), plan(BASICS, HELLO, CASE), Course.MIGRATE, MONDAY)
    second = changed(first, plan(BASICS, CASE, HELLO), Course.MIGRATE, MONDAY)

    assert (first.passed, second.passed) == (("hello",), ("hello",))


def test_restarting_begins_at_the_first_step_and_forgets_what_was_passed() -> None:
    now = MONDAY + timedelta(days=9)
    there = changed(at(4, visit=3, fired=("silent:1",), passed=("x",), touches=5, human_steps=2), OLD, Course.RESTART, now)

    assert (there.step_name, there.visit, there.arrived_at, there.horizon_from) == ("hello", 4, now, now)
    assert (there.fired, there.passed, there.touches, there.human_steps) == ((), (), 0, 2)


def open_task(step: str) -> OpenTask:
    return OpenTask(id=LEAD, reason="call", opened_at=MONDAY, deadline_at=MONDAY + timedelta(days=2), step=step)


@pytest.mark.parametrize("course", Course)
def test_an_open_task_stays_open_and_nothing_goes_out_meanwhile(course: Course) -> None:
    old = plan(HELLO, task("call"), CASE)
    busy = at(1, old, task=open_task("1.call"))

    there = changed(busy, plan(HELLO, CASE, CHECK), course, MONDAY)

    assert there.task == busy.task
    assert isinstance(next_action(LeadState(lead=LEAD, enrollments=(there,)), MONDAY), Wait)


def test_a_task_still_belongs_to_its_step_or_to_the_one_that_takes_its_place() -> None:
    old = plan(HELLO, task("call"), CASE)
    busy = at(1, old, task=open_task("1.call"))

    kept = changed(busy, plan(task("first"), HELLO, task("call")), Course.MIGRATE, MONDAY)
    replaced = changed(busy, plan(HELLO, CASE, task("case2")), Course.MIGRATE, MONDAY)

    assert kept.task is not None
    assert replaced.task is not None
    assert (kept.task.step, kept.here) == ("1.call", "1.call")
    assert (replaced.here, replaced.task.step) == ("1.case", "1.call")


def test_a_change_reaches_only_the_enrollment_that_it_is_for_and_is_folded_once() -> None:
    enrolled = Enrolled(at=MONDAY, seq=1, campaign=OLD, enrollment=1, profile=Profile(fit=Fit.GOOD))
    state = fold(LeadState(lead=LEAD), enrolled)
    new = plan(HELLO, CHECK)
    told = EditionChanged(at=MONDAY, seq=2, enrollment=1, campaign=new, course=Course.RESTART)
    for_another = EditionChanged(at=MONDAY, seq=3, enrollment=2, campaign=new)

    after = fold(state, told)

    assert after.enrollments[0].campaign == new
    assert fold(after, told) == after
    assert fold(after, for_another).enrollments == after.enrollments


DIFFERENCES: list[tuple[Campaign, list[tuple[str, str]]]] = [
    (OLD, []),
    (
        plan(HELLO, wait(4), BASICS, wait(5), CASE, wait(7), CHECK),
        [("track 'main', step 'wait-2'", "wait was 3 days, is 4 days")],
    ),
    (
        plan(HELLO, wait(3), BASICS, wait(5), *email("extra"), wait(5), CASE, wait(7)),
        [
            ("track 'main', step 'check'", "the letter 'check' is gone"),
            ("track 'main', step 'extra'", "the letter 'extra' is new"),
            ("track 'main', step 'wait-6'", "the pause of 5 days is new"),
        ],
    ),
    (
        plan(BASICS, wait(5), HELLO, wait(3), CASE, wait(7), CHECK),
        [
            ("track 'main', step 'basics'", "moved: it stands at the beginning"),
            ("track 'main', step 'wait-4'", "moved: it stands after 'basics'"),
        ],
    ),
    (
        plan(*(OLD.tracks["main"].model_dump(mode="json", by_alias=True, exclude_none=True)["steps"]), others={"new": [HELLO]}),
        [("track 'new'", "the track is new, with 1 step")],
    ),
]


@pytest.mark.parametrize(("new", "told"), DIFFERENCES)
def test_differences_are_told_with_their_place(new: Campaign, told: list[tuple[str, str]]) -> None:
    assert [(change.where, change.what) for change in difference(OLD, new)] == told


def test_settings_rules_and_forms_are_compared_too() -> None:
    rule = {"name": "demo", "when": "demo_requested", "go": "main"}
    form = {"engagement": "demo_requested"}
    old = plan(HELLO, others={"gone": [task("call")]}, rules=[rule, rule | {"name": "other"}], forms={"demo": form})
    new = plan(
        HELLO,
        window={"from": "10:00"},
        cap={"touches": 3},
        rules=[rule | {"name": "other"}, rule | {"if": "touches > 3"}, rule | {"name": "third"}],
        forms={"demo": form | {"consent": "Yes, write to me."}},
    )

    assert [(change.where, change.what) for change in difference(old, new)] == [
        ("the campaign", "window from was 09:00, is 10:00"),
        ("the campaign", "cap touches was 0, is 3"),
        ("form 'demo'", "consent was not given, is Yes, write to me."),
        ("track 'gone'", "the track is gone"),
        ("rule 'demo'", "if was not given, is touches > 3"),
        ("rule 'third'", "the rule is new"),
        ("the rules", "they stand in another order, and the first that fits wins: other, demo, third"),
    ]


def test_leads_are_counted_before_at_and_behind_each_change() -> None:
    new = plan(HELLO, wait(3), BASICS, *email("extra"), wait(5), CASE)
    where = [("", "", 1), ("main", "hello", 2), ("main", "basics", 4), ("main", "wait-4", 8), ("main", "check", 16), ("main", "rest", 32)]

    seen = outlook(OLD, new, [Standpoint(track=track, step=step, leads=leads) for track, step, leads in where])

    assert seen.leads == 63
    assert [(effect.change.step, effect.before, effect.at, effect.after) for effect in seen.effects] == [
        (5, 15, 0, 48),
        (6, 15, 16, 32),
        (3, 7, 0, 56),
    ]
    assert [(onward.step, onward.leads, onward.landing, onward.to_step) for onward in seen.onward] == [
        ("check", 16, Landing.END_OF_TRACK, "rest")
    ]


AGAIN: list[tuple[str, int | None, bool]] = [
    ("never", 1000, False),
    ("at once", 0, True),
    ("at once", None, False),
    ("180 days", 179, False),
    ("180 days", 180, True),
    ("180 days", None, False),
]


@pytest.mark.parametrize(("again", "days", "may"), AGAIN)
def test_a_lead_may_begin_again_as_the_campaign_says_and_never_while_it_is_in_it(again: str, days: int | None, may: bool) -> None:
    over_at = None if days is None else MONDAY - timedelta(days=days)

    assert may_begin_again(plan(HELLO, again=again), over_at, Profile(), MONDAY) is may
