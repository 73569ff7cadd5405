"""What campaign files can say: each word does on the real thing what a marketer reads into it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4, uuid5

import pytest

from local.town import Town
from nurture.actions import Move
from nurture.engagements import Engagement
from nurture.enrollment import Enrollment
from nurture.kinds import Kind, Outcome
from nurture.leadside import Acted, DemoRequested, Downloaded, IssueOpened, Replied
from nurture.ourside import FactsLearned, IssueClosed
from nurture.profile import Contract
from nurture.state import newcomer
from nurture.steps import at_step
from store.journeys import standings
from store.leads import corrections
from store.leads.persons import Person
from tests.scenarios.telling import answer, campaign, enrolled, reasons, rule, standing, task, the_task
from workflows.runs import runs_of

pytestmark = pytest.mark.anyio

LEARN = [{"email": "hello"}, {"wait": "7 days"}, {"email": "planning_basics"}, {"wait": "14 days"}, {"email": "example_week"}]


@pytest.mark.parametrize(
    ("seconds_late", "comes_first", "letter"),
    [(-1, "answer", "after_talk"), (0, "answer", "check_in"), (0, "time", "check_in")],
    ids=["a_second_before", "as_the_time_ends", "just_after_the_timer"],
)
async def test_when_answer_and_timeout_fall_together_exactly_one_branch_runs(
    town: Town, ada: Person, seconds_late: int, comes_first: str, letter: str
) -> None:
    plan = campaign(
        tracks={
            "ask": [{"wait_for": {"any": ["downloaded:guide"], "at_most": "2 days", "then": "read", "silence": "quiet"}}],
            "read": [{"email": "after_talk"}],
            "quiet": [{"email": "check_in"}],
        }
    )
    lead = await enrolled(town, ada, plan)
    ends_at = (await standing(town, lead)).next_at
    assert ends_at is not None
    await town.skip_to(ends_at + timedelta(seconds=1) if comes_first == "time" else ends_at - timedelta(minutes=1))
    await town.settle([lead])  # the server that skips time hangs when a signal meets a timer that is just firing
    await town.engage(lead, Downloaded(at=ends_at + timedelta(seconds=seconds_late), content="guide"))

    await town.skip(days=6)

    assert await town.letters_to(lead) == [letter]


def test_a_split_is_stable_for_each_lead_and_near_its_weights_over_many() -> None:
    plan = campaign(tracks={"try": [{"split": [{"share": 3, "go": "a"}, {"share": 1, "go": "b"}]}], "a": [], "b": []})
    at = datetime(2040, 3, 5, tzinfo=UTC)

    def side(lead: UUID, visit: int) -> str | None:
        enrollment = Enrollment(number=1, campaign=plan, track="try", enrolled_at=at, arrived_at=at, visit=visit)
        move = at_step(newcomer(lead), enrollment, at)
        assert isinstance(move, Move)
        return move.track

    leads = [uuid5(UUID(int=7), str(number)) for number in range(8000)]
    sides = [side(lead, 1) for lead in leads]

    assert sides == [side(lead, 9) for lead in leads]
    assert 0.73 < sides.count("a") / len(sides) < 0.77
    assert set(sides) == {"a", "b"}


@pytest.mark.parametrize(
    ("late", "letters", "human"),
    [("now", ["hello", "planning_basics"], []), ("skip", ["planning_basics"], []), ("human", [], ["too_late"])],
)
async def test_a_step_whose_time_has_passed_goes_at_once_is_left_out_or_asks_a_human(
    town: Town, ada: Person, late: str, letters: list[str], human: list[str]
) -> None:
    plan = campaign(
        fields={"fair": "date"},
        tracks={
            "fair": [
                {"set": {"fair": "2040-02-10"}},
                {"wait": {"until": "fair", "plus": "2 days", "late": late}},
                {"email": "hello"},
                {"email": "planning_basics"},
            ]
        },
    )
    lead = await enrolled(town, ada, plan)

    await town.skip(days=3)

    assert await town.letters_to(lead) == letters
    assert await reasons(town, lead) == human


async def test_a_pause_lasts_until_the_next_such_weekday_and_hour_on_the_leads_clock(town: Town, hanako: Person) -> None:
    plan = campaign(tracks={"tuesdays": [{"wait": {"until": "tue 13:30"}}, {"email": "webinar"}]})
    lead = await enrolled(town, hanako, plan)

    await town.skip(days=5)

    assert await town.letters_to(lead) == ["webinar"]
    assert f"{town.post.letters(to=hanako.email)[0].at:%a %H:%M}" == "Tue 04:30"


async def test_who_moves_to_another_zone_is_planned_again_at_once_by_its_clock_there_wherever_it_sleeps(town: Town, hanako: Person) -> None:
    plan = campaign(tracks={"tuesdays": [{"wait": {"until": "tue 13:30"}}, {"email": "webinar"}, {"wait": "5 days"}, {"email": "hello"}]})
    lead = await enrolled(town, hanako, plan)
    async with town.database.transaction() as session:
        await corrections.correct(session, lead, {"zone": "America/Los_Angeles", "country": "US"}, town.now)
    await town.settle([lead])
    assert f"{(await standing(town, lead)).next_at:%a %H:%M}" == "Tue 21:30"

    await town.skip(days=10)
    async with town.database.transaction() as session:
        await corrections.correct(session, lead, {"zone": "Asia/Tokyo", "country": "JP"}, town.now)

    await town.skip(days=3)

    letters = town.post.letters(to=hanako.email)
    assert [f"{letter.at:%a}" for letter in letters] == ["Tue", "Mon"]
    assert f"{letters[0].at:%H:%M}" == "21:30"


async def test_a_loop_runs_fifty_rounds_and_its_history_stays_short(town: Town, ada: Person) -> None:
    round_trip = [{"email": "hello"}, {"wait": "1 day"}, {"branch": [{"if": "touches < 50", "go": "round"}]}, task("enough")]
    lead = await enrolled(town, ada, campaign(tracks={"round": round_trip}, cap={"touches": 0}, window={"always": True}))

    await town.skip(days=60)

    assert await town.letters_to(lead) == ["hello"] * 50
    assert await reasons(town, lead) == ["enough"]
    runs = await runs_of(town.client, lead)
    assert len(runs) > 2
    assert max(len(run.events) for run in runs) < 250


async def test_of_two_campaigns_of_one_lead_the_more_important_writes_first(town: Town, ada: Person) -> None:
    cap = {"touches": 1, "per": "7 days"}
    usual = campaign(tracks={"learn": [{"email": "hello"}]}, cap=cap)
    urgent = campaign("exhibition", tracks={"fair": [{"email": "thank_you"}, {"email": "what_we_showed"}]}, cap=cap, priority=5)
    lead = await enrolled(town, ada, usual, urgent)

    await town.skip(days=30)

    assert await town.letters_to(lead) == ["thank_you", "what_we_showed", "hello"]


async def test_no_letter_goes_in_a_quiet_period_also_over_the_new_year(town: Town, ada: Person) -> None:
    plan = campaign(tracks={"learn": LEARN}, window={"quiet": ["03-01 to 03-14", "12-24 to 01-06"]})
    first = await enrolled(town, ada, plan)
    await town.skip(days=15)
    assert [f"{letter.at:%m-%d}" for letter in town.post.letters(to=ada.email)] == ["03-15"]
    assert await town.letters_to(first) == ["hello"]

    await town.skip_to(town.now.replace(month=12, day=24))
    second = await enrolled(town, Person(email="late@example.com", zone="Europe/London"), plan)
    await town.skip(days=13)
    assert await town.letters_to(second) == []
    await town.skip(days=4)
    assert await town.letters_to(second) == ["hello"]


async def test_hours_flip_from_morning_to_afternoon_and_back(town: Town, hanako: Person) -> None:
    letters = ("hello", "planning_basics", "example_week")
    steps = [step for name in letters for step in ({"email": name}, {"hours": "flip"}, {"wait": "7 days"})]
    lead = await enrolled(town, hanako, campaign(tracks={"learn": steps}))

    await town.skip(days=30)

    assert await town.letters_to(lead) == [*letters]
    hours = [(letter.at + timedelta(hours=9)).hour for letter in town.post.letters(to=hanako.email)]
    assert [hour < 13 for hour in hours] == [True, False, True]


@pytest.mark.requirement("S0-16")
async def test_unanswered_letters_are_few_and_further_and_further_apart(town: Town, ada: Person) -> None:
    plan = campaign(
        tracks={"learn": [*LEARN, {"wait": "21 days"}, {"email": "check_in"}, {"go": "learn"}]},
        stories={"everybody_gone": {"letters": ["still_helpful", "yearly_review"]}},
    )
    lead = await enrolled(town, ada, plan)
    await town.skip(days=30)
    assert await reasons(town, lead) == ["everybody_gone"]
    await answer(town, lead, Outcome.NO_ANSWER)
    await answer(town, lead, Outcome.DONE)
    for _ in range(2):
        await town.skip(days=200)
        assert await reasons(town, lead) == ["low_frequency"]
        await answer(town, lead, Outcome.NO_ANSWER)

    assert await town.letters_to(lead) == ["hello", "planning_basics", "example_week", *["still_helpful", "yearly_review"] * 2]
    gaps = [(later.at - earlier.at).days for earlier, later in pairwise(town.post.letters(to=ada.email))]
    assert gaps[:4] == sorted(gaps[:4])
    assert min(gaps[2:]) >= 59
    assert await town.gateway.is_open(lead)


@pytest.mark.requirement("S2-87")
async def test_an_open_complaint_suspends_every_letter_until_it_is_settled(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada, campaign(tracks={"learn": LEARN}))
    complaint = uuid4()
    await town.engage(lead, IssueOpened(at=town.now, issue=complaint, complaint=True))

    await town.skip(days=60)
    assert await town.letters_to(lead) == []
    assert "waits until the complaint is settled" in (await standing(town, lead)).why

    await town.engage(lead, IssueClosed(at=town.now, issue=complaint))
    await town.skip(days=4)
    assert await town.letters_to(lead) == ["hello"]


@pytest.mark.requirement("S3-93")
async def test_what_we_promise_depends_on_segment_trade_and_what_was_searched_for(town: Town) -> None:
    fits = {"spare_parts": "theme == 'spare_parts'", "no_time": "segment == 'small'", "example_week": "trade == 'pumps'"}
    plan = campaign(
        fields={"theme": ["spare_parts", "downtime"], "trade": ["pumps", "printing"]},
        tracks={
            "learn": [
                {"wait": "1 day"},
                {"branch": [{"if": condition, "go": f"to_{letter}"} for letter, condition in fits.items()]},
                {"email": "hello"},
            ]
        }
        | {f"to_{letter}": [{"email": letter}] for letter in fits},
    )
    got = {}
    for number, (segment, *learned) in enumerate(
        [
            ("small", ("theme", "spare_parts")),
            ("small", ("theme", "downtime")),
            ("large", ("trade", "pumps")),
            ("large", ("trade", "printing")),
        ]
    ):
        lead = await enrolled(town, Person(email=f"number{number}@example.com", segment=segment), plan)
        await town.engage(lead, FactsLearned(at=town.now, learned=tuple(learned)))
        got[lead] = number
    await town.skip(days=4)

    assert [await town.letters_to(lead) for lead in got] == [["spare_parts"], ["no_time"], ["example_week"], ["hello"]]


@pytest.mark.requirement("S3-94")
async def test_who_evaluates_is_touched_by_what_was_tried_and_read_and_told(town: Town) -> None:
    plan = campaign(
        fields={"sites": "number"},
        contents={"comparison": "middle"},
        tracks={
            "evaluate": {
                "stage": "consideration",
                "steps": [
                    {"wait": "5 days"},
                    {
                        "branch": [
                            {"if": "sites >= 3", "go": "large"},
                            {"if": "on_trial", "go": "trial"},
                            {"if": "downloads_middle > 0", "go": "reader"},
                            {"if": "demos > 0", "go": "seen"},
                        ]
                    },
                ],
            },
            "trial": [{"email": "shutdown_checklist"}],
            "reader": [{"email": "example_week"}],
            "seen": [{"email": "after_talk"}],
            "large": [task("several_sites", asks=["sites"])],
        },
        rules=[rule("guide", {"engagement": "downloaded", "content": "comparison"}, "evaluate")],
    )
    did: dict[str, Engagement] = {
        "trial": Acted(at=town.now, kind=Kind.TRIAL_STARTED),
        "reader": Downloaded(at=town.now, content="comparison"),
        "seen": DemoRequested(at=town.now),
        "large": FactsLearned(at=town.now, learned=(("sites", 4),)),
    }
    leads = {name: await enrolled(town, Person(email=f"{name}@example.com"), plan) for name in did}
    for name, what in did.items():
        await town.engage(leads[name], what)

    await town.skip(days=8)

    letters = {name: await town.letters_to(lead) for name, lead in leads.items()}
    assert letters == {"trial": ["shutdown_checklist"], "reader": ["example_week"], "seen": ["after_talk"], "large": []}
    assert await reasons(town, leads["large"]) == ["several_sites"]


@pytest.mark.requirement("S3-105")
async def test_a_hot_signal_late_in_the_journey_skips_everything_that_was_queued(town: Town, ada: Person) -> None:
    plan = campaign(
        tracks={"learn": [*LEARN, {"wait": "1 day"}, {"email": "webinar"}], "talk": [task("talk", deadline="1 hour"), {"wait": "90 days"}]},
        rules=[rule("hot", {"becomes": "demos > 0 or recent_score >= 8"}, "talk")],
    )
    asked, read = await enrolled(town, ada, plan), await enrolled(town, Person(email="reader@example.com"), plan)
    await town.skip(days=10)
    await town.engage(asked, DemoRequested(at=town.now))
    await town.engage(read, Acted(at=town.now, kind=Kind.TRIAL_STARTED))
    for lead in (asked, read):
        assert await reasons(town, lead) == ["talk"]
        assert (await the_task(town, lead)).opened_at - town.now < timedelta(seconds=10)
        await answer(town, lead, Outcome.NURTURE)

    await town.skip(days=60)

    assert [await town.letters_to(lead) for lead in (asked, read)] == [["hello", "planning_basics"]] * 2


async def test_a_demo_request_that_also_makes_a_lead_warm_calls_its_human_first(town: Town, ada: Person) -> None:
    plan = campaign(
        tracks={"learn": [{"wait": "90 days"}], "talk": [task("talk"), {"go": "learn"}], "warm": [{"email": "example_week"}]},
        rules=[rule("asks", "demo_requested", "talk"), rule("warm", {"becomes": "recent_score >= 5"}, "warm")],
    )
    lead = await enrolled(town, ada, plan)

    await town.engage(lead, DemoRequested(at=town.now))
    assert await reasons(town, lead) == ["talk"]
    await answer(town, lead, Outcome.NURTURE)
    await town.skip(days=3)

    assert await town.letters_to(lead) == ["example_week"]


@pytest.mark.requirement("S2-84")
async def test_every_lead_has_a_next_wake_up_or_an_owner_with_a_deadline_at_any_time(town: Town) -> None:
    plan = campaign(
        tracks={
            "learn": [*LEARN, {"wait_for": {"any": ["clicked"], "at_most": "20 days"}}],
            "talk": [task("talk"), {"go": "rest"}],
            "rest": [],
        },
        rules=[rule("reply", "replied", "talk")],
    )
    leads = {name: await enrolled(town, Person(email=f"{name}@example.com"), plan) for name in ("reads", "replies", "complains", "done")}
    await town.engage(leads["complains"], IssueOpened(at=town.now, issue=uuid4(), complaint=True))
    for lead in (leads["replies"], leads["done"]):
        await town.engage(lead, Replied(at=town.now))
    await answer(town, leads["done"], Outcome.NURTURE)

    for _ in range(8):
        await town.skip(days=13)
        async with town.database.transaction() as session:
            assert await standings.orphans(session, town.now) == []
        for lead in leads.values():
            now = await standing(town, lead)
            assert now.open
            assert now.next_at is not None
            assert now.next_at > town.now
    [late] = await town.tasks_of(leads["replies"])
    assert late.owner == "leader"


@pytest.mark.requirement("S2-78")
async def test_every_new_contact_is_welcomed_and_nurtured_and_every_new_customer_brought_on_board(town: Town) -> None:
    await town.start(
        campaign("customer", tracks={"onboarding": [{"email": "welcome_aboard"}, {"wait": "21 days"}, {"email": "first_month"}]})
    )
    plan = campaign(
        tracks={"learn": LEARN, "talk": [task("talk")], "won": [{"enroll": "customer"}, {"end": "won"}]},
        rules=[rule("asks", "demo_requested", "talk"), rule("won", {"outcome": "won"}, "won")],
    )
    leads = [await enrolled(town, Person(email=f"new{number}@example.com"), plan) for number in range(3)]
    await town.skip(days=10)
    assert [await town.letters_to(lead) for lead in leads] == [["hello", "planning_basics"]] * 3

    await town.engage(leads[0], DemoRequested(at=town.now))
    await answer(town, leads[0], Outcome.WON, contract=Contract(ends_on=None))
    await town.skip(days=30)
    assert (await town.letters_to(leads[0]))[2:] == ["welcome_aboard", "first_month"]
