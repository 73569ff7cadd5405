"""Where the customer is: moved in any direction by what the customer does, and by nothing else."""

from datetime import timedelta
from typing import Any, get_args
from uuid import uuid4

import pytest

from local.town import Town
from nurture.engagements import Engagement
from nurture.kinds import Fit, Kind, Outcome
from nurture.leadside import Acted, ActedKind, DemoRequested, Downloaded, IssueOpened, Replied, Visited
from nurture.ourside import ContractChanged, Held, IssueClosed, Observed, Released, TaskCompleted
from nurture.profile import Contract
from nurture.stage_names import STAGE_NAMES
from nurture.stages import STAGE_SETS
from store.desk import tasks
from store.leads.persons import Person
from tests.scenarios.telling import answer, campaign, enrolled, reasons, rule, said, stage, standing, task, tracks

pytestmark = pytest.mark.anyio

EDUCATE = [{"email": "hello"}, {"wait": "30 days"}, {"email": "planning_basics"}, {"wait": "30 days"}, {"email": "example_week"}]
DEMO, QUOTE, BUDGET = "demo_requested", "quote_requested", "budgeted"


def happened(town: Town, what: str) -> Any:
    match what:
        case "visited" | "downloaded":
            return (Visited if what == "visited" else Downloaded)(at=town.now, content="guide")
        case "demo_requested":
            return DemoRequested(at=town.now)
        case "contract":
            return ContractChanged(at=town.now, contract=Contract(ends_on=None))
        case "bought_again":
            return TaskCompleted(at=town.now, task=uuid4(), outcome=Outcome.WON, contract=Contract(ends_on=None))
        case "milestone_reached":
            return Observed(at=town.now, kind=Kind.MILESTONE_REACHED)
        case _:
            [kind] = [kind for kind in get_args(ActedKind) if kind == what]
            return Acted(at=town.now, kind=kind)


@pytest.mark.requirement("S1-38", "S1-41", "S3-88", "S4-128")
@pytest.mark.parametrize(
    ("preset", "talk", "names"),
    [
        pytest.param("btob", (DEMO,), "未知 認知 興味・情報収集 検討 購入 継続・リピート"),
        pytest.param(
            "btob_fine",
            (DEMO, QUOTE, BUDGET),
            "未知 認知 興味 情報収集 検討 商談 予算化 購入 継続・リピート",
        ),
        pytest.param("lifecycle", (DEMO,), "発見 育成 成約 維持 推奨"),
        pytest.param("cloud", (DEMO,), "探索 評価 購入 拡大 更新 推奨"),
        pytest.param("internet", (QUOTE, DEMO), "認知 興味 検索 比較 検討 行動 共有"),
        pytest.param("aidma", (DEMO, BUDGET), "認知 興味 欲求 記憶 行動"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isascii() else "",
)
async def test_a_customer_goes_through_every_stage_of_the_model_that_the_campaign_chose(
    town: Town, ada: Person, preset: str, talk: tuple[str, ...], names: str
) -> None:
    lead = await enrolled(town, ada, campaign(tracks={"learn": EDUCATE}, stages=preset))
    seen = [await stage(town, lead)]

    for what in ("visited", "subscribed", "downloaded", *talk, "contract", "milestone_reached", "bought_again", "praised"):
        await town.engage(lead, happened(town, what))
        seen.append(await stage(town, lead))

    assert tuple(dict.fromkeys(seen)) == STAGE_SETS[preset]
    assert " ".join(STAGE_NAMES["ja"][preset, each] for each in STAGE_SETS[preset]) == names


@pytest.mark.requirement("S0-1", "S3-90")
async def test_any_signal_may_move_a_lead_forward_back_or_past_a_stage(town: Town, ada: Person) -> None:
    plan = campaign(
        tracks={
            "learn": {"stage": "aware", "steps": EDUCATE},
            "compare": {"stage": "interest", "steps": [{"email": "spare_parts"}]},
            "decide": {"stage": "consideration", "steps": [task("talk")]},
            "use": {"stage": "repeat", "steps": [{"email": "yearly_review"}]},
        },
        rules=[
            rule("back_to_basics", {"engagement": "downloaded", "content": "basics"}, "learn"),
            rule("uses_it_already", {"engagement": "subscribed", "content": "user_news"}, "use"),
            rule("asks", "demo_requested", "decide"),
            rule("lost", {"outcome": "lost"}, "learn"),
            rule("compares", "visited", "compare"),
        ],
    )
    lead = await enrolled(town, ada, plan)
    seen = [(await stage(town, lead), *await tracks(town, lead))]

    for what in (
        DemoRequested(at=town.now),
        Downloaded(at=town.now, content="basics"),
        Visited(at=town.now, content="prices"),
        Acted(at=town.now, kind=Kind.SUBSCRIBED, content="user_news"),
        DemoRequested(at=town.now),
    ):
        await town.engage(lead, what)
        seen.append((await stage(town, lead), *await tracks(town, lead)))
    await answer(town, lead, Outcome.LOST)
    seen.append((await stage(town, lead), *await tracks(town, lead)))

    assert seen == [
        ("unknown", "learn"),
        ("consideration", "decide"),
        ("consideration", "learn"),
        ("consideration", "compare"),
        ("consideration", "use"),
        ("consideration", "decide"),
        ("aware", "learn"),
    ]


@pytest.mark.requirement("S3-89")
async def test_time_and_letters_alone_never_take_a_customer_to_another_stage(town: Town, ada: Person) -> None:
    plan = campaign(
        tracks={
            "learn": {"stage": "interest", "steps": [*EDUCATE, {"wait": "60 days"}, {"go": "decide"}]},
            "decide": {"stage": "consideration", "steps": [{"email": "pricing_explained"}]},
            "cheer": [task("cheer")],
        },
        rules=[rule("decides", {"reaches": "consideration"}, "cheer")],
    )
    lead = await enrolled(town, ada, plan)

    await town.skip(days=400)

    assert len(await town.letters_to(lead)) == 4
    assert await tracks(town, lead) == ["decide"]
    assert await stage(town, lead) == "unknown"
    assert await reasons(town, lead) == []


@pytest.mark.requirement("S3-91")
async def test_while_a_problem_is_open_nobody_advances_and_nothing_is_sold(town: Town, ada: Person) -> None:
    plan = campaign(
        tracks={"try": {"stage": "consideration", "steps": [{"email": "spare_parts"}, {"wait": "7 days"}, {"email": "pricing_explained"}]}},
        purposes={"pricing_explained": "sales"},
    )
    lead = await enrolled(town, ada, plan)
    await town.engage(lead, Downloaded(at=town.now, content="guide"))
    problem = uuid4()
    await town.engage(lead, IssueOpened(at=town.now, issue=problem))

    await town.engage(lead, DemoRequested(at=town.now))
    await town.skip(days=60)
    assert await stage(town, lead) == "interest"
    assert await town.letters_to(lead) == ["spare_parts"]
    assert "waits until what is open is settled" in (await standing(town, lead)).why

    await town.engage(lead, IssueClosed(at=town.now, issue=problem))
    await town.skip(days=7)
    assert await stage(town, lead) == "consideration"
    assert await town.letters_to(lead) == ["spare_parts", "pricing_explained"]


@pytest.mark.requirement("S3-92")
async def test_a_stage_is_touched_where_it_begins_and_where_it_is_left(town: Town, ada: Person) -> None:
    plan = campaign(
        tracks={
            "learn": {"stage": "interest", "steps": [{"wait": "300 days"}]},
            "evaluate": {"stage": "consideration", "steps": [{"wait": "300 days"}]},
            "talk": {"stage": "consideration", "steps": [{"wait": "300 days"}]},
            "comes_in": {"stage": "consideration", "steps": [{"email": "example_week"}, {"wait": "300 days"}]},
            "goes_out": {"stage": "consideration", "steps": [{"email": "handover_notes"}, {"wait": "300 days"}]},
            "arrived": {"stage": "consideration", "steps": [{"email": "spare_parts"}, {"go": "evaluate"}]},
        },
        rules=[
            rule("reached", {"reaches": "consideration"}, "arrived", **{"in": ["learn"]}),
            rule("entry", {"enters": "evaluate"}, "comes_in"),
            rule("exit", {"leaves": "comes_in"}, "goes_out"),
            rule("answers", "replied", "talk"),
        ],
        cap={"touches": 0},
    )
    lead = await enrolled(town, ada, plan)
    await town.engage(lead, DemoRequested(at=town.now))
    await town.skip(days=3)
    assert await town.letters_to(lead) == ["spare_parts", "example_week"]

    await town.engage(lead, Replied(at=town.now))
    await town.skip(days=3)

    assert await town.letters_to(lead) == ["spare_parts", "example_week", "handover_notes"]
    assert "rule 'exit': left 'comes_in'" in await said(town, lead)


@pytest.mark.requirement("S3-102")
@pytest.mark.parametrize(
    ("focus", "mailed"),
    [("new_customers", {"explore", "evaluate", "advocate"}), ("existing_customers", {"expand", "renew", "advocate"})],
    ids=["new", "existing"],
)
async def test_a_focus_holds_leads_of_the_other_stages_without_mail(town: Town, focus: str, mailed: set[str]) -> None:
    stages = STAGE_SETS["cloud"]
    plans = {each: {"stage": each, "steps": [{"email": "hello"}]} for each in stages}
    leads = {}
    for each in stages:
        plan = campaign(tracks={each: plans[each]} | plans, stages="cloud", focus=focus)
        leads[each] = await enrolled(town, Person(email=f"{each}@example.com"), plan)

    await town.skip(days=10)

    assert {each for each, lead in leads.items() if await town.letters_to(lead) == ["hello"]} == mailed
    for each in set(stages) - mailed:
        held = await standing(town, leads[each])
        assert held.open
        assert held.next_at is not None
        assert f"switched off in the stage '{each}'" in held.why


@pytest.mark.requirement("S1-50")
async def test_a_deal_begins_while_the_customer_considers_and_its_signals_steer(town: Town, ada: Person) -> None:
    considering = {"stage": "consideration"}
    plan = campaign(
        tracks={
            "learn": EDUCATE,
            "deal": considering | {"steps": [{"email": "handover_notes"}, {"wait": "90 days"}]},
            "numbers": considering | {"steps": [task("budget", outcomes=["done"])]},
            "terms": considering | {"steps": [task("terms")]},
        },
        rules=[
            rule("deal", "deal_opened", "deal"),
            rule("budget", "budgeted", "numbers", **{"if": "is_open_deal and budgeted"}),
            rule("chosen", "vendor_selected", "terms"),
        ],
    )
    lead = await enrolled(town, ada, plan)
    await town.engage(lead, Observed(at=town.now, kind=Kind.DEAL_OPENED))
    assert await stage(town, lead) == "unknown"
    await town.engage(lead, DemoRequested(at=town.now))
    await town.skip(days=2)
    assert await town.letters_to(lead) == ["handover_notes"]

    await town.engage(lead, Acted(at=town.now, kind=Kind.BUDGETED))
    assert await reasons(town, lead) == ["budget"]
    await answer(town, lead, Outcome.DONE)
    await town.engage(lead, Acted(at=town.now, kind=Kind.VENDOR_SELECTED))

    assert await reasons(town, lead) == ["terms"]
    assert await stage(town, lead) == "consideration"


@pytest.mark.requirement("S1-44")
async def test_an_order_is_not_the_end_the_same_lead_goes_on_with_customer_success(town: Town, ada: Person) -> None:
    await town.start(
        campaign(
            "customer",
            tracks={"onboarding": {"stage": "purchase", "steps": [{"email": "welcome_aboard"}, task("customer_success")]}},
        )
    )
    buy = campaign(
        tracks={"sell": [task("close")], "won": [{"enroll": "customer"}, {"end": "won"}]}, rules=[rule("won", {"outcome": "won"}, "won")]
    )
    lead = await enrolled(town, ada, buy)

    await answer(town, lead, Outcome.WON, contract=Contract(ends_on=town.now.date() + timedelta(days=365)))
    await town.skip(days=3)

    assert await town.letters_to(lead) == ["welcome_aboard"]
    async with town.database.transaction() as session:
        success = await tasks.open_tasks(session, stages=["purchase", "repeat"])
        sales = await tasks.open_tasks(session, stages=["interest", "consideration"])
    assert ([(row.lead_id, row.reason) for row in success], sales) == ([(lead, "customer_success")], [])
    await town.engage(lead, Observed(at=town.now, kind=Kind.MILESTONE_REACHED))
    assert await stage(town, lead) == "repeat"


@pytest.mark.requirement("S0-30")
async def test_only_a_demo_a_meeting_or_a_diagnosis_is_a_goal_and_no_content_is(town: Town) -> None:
    goals = {"demo": "demo_requested", "visit": {"engagement": "meeting_booked", "content": "visit"}}
    goals |= {"diagnosis": {"engagement": "meeting_booked", "content": "free_diagnosis"}}
    plan = campaign(
        tracks={"learn": EDUCATE, "goal": [task("goal")]},
        rules=[rule(name, when, "goal") for name, when in goals.items()],
    )
    reached: dict[str, Engagement] = {
        "demo": DemoRequested(at=town.now),
        "visit": Acted(at=town.now, kind=Kind.MEETING_BOOKED, content="visit"),
        "diagnosis": Acted(at=town.now, kind=Kind.MEETING_BOOKED, content="free_diagnosis"),
        "content": Downloaded(at=town.now, content="pricing_guide"),
    }
    leads = {name: await enrolled(town, Person(email=f"{name}@example.com"), plan) for name in reached}
    for name, engagement in reached.items():
        await town.engage(leads[name], engagement)

    await town.skip(days=70)

    for name in goals:
        assert await reasons(town, leads[name]) == ["goal"]
        assert await town.letters_to(leads[name]) == []
    assert await reasons(town, leads["content"]) == []
    assert await town.letters_to(leads["content"]) == ["hello", "planning_basics", "example_week"]


@pytest.mark.requirement("S0-33")
async def test_no_lead_of_good_fit_ends_without_a_human(town: Town, ada: Person, hanako: Person) -> None:
    plan = campaign(tracks={"learn": [{"email": "hello"}, {"wait": "30 days"}, {"end": "no_interest"}]})
    good, other = await enrolled(town, ada, plan), await enrolled(town, hanako, plan)

    await town.skip(days=35)

    assert ada.fit is Fit.GOOD
    assert await reasons(town, good) == ["last_look"]
    assert await town.gateway.is_open(good)
    assert not await town.gateway.is_open(other)
    await answer(town, good, Outcome.NURTURE)
    assert not await town.gateway.is_open(good)


@pytest.mark.requirement("S0-34")
async def test_machine_and_human_steps_alternate_and_a_rep_may_take_a_lead_over_and_hand_it_back(town: Town, ada: Person) -> None:
    plan = campaign(tracks={"learn": [{"email": "hello"}, task("call"), {"wait": "7 days"}, {"email": "check_in"}]})
    lead = await enrolled(town, ada, plan)
    await town.skip(days=30)
    assert (await town.letters_to(lead), await reasons(town, lead)) == (["hello"], ["call"])
    await answer(town, lead, Outcome.NURTURE)

    await town.engage(lead, Held(at=town.now, until=town.now.date() + timedelta(days=90)))
    await town.skip(days=60)
    assert await town.letters_to(lead) == ["hello"]
    await town.engage(lead, Released(at=town.now))
    await town.skip(days=7)

    assert await town.letters_to(lead) == ["hello", "check_in"]
