"""What managers read is counted from what was decided, answered and sent: each lead, task and letter once, in its own period."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from nurture.counting.reputation import Verdict
from nurture.kinds import Audience, Outcome
from nurture.plan.campaign import Campaign
from store import tables
from store.campaigns import campaigns
from store.database import Database
from store.desk import notifications, tasks
from store.desk.tasks import Answer
from store.looks.dashboard import Dashboard, dashboard
from store.looks.figures import Scope
from store.looks.renewals import State
from store.tables.base import Table

pytestmark = pytest.mark.anyio

Registered = Callable[..., Awaitable[UUID]]
DAY = timedelta(days=1)


async def keep(database: Database, *rows: Table) -> None:
    async with database.transaction() as session:
        session.add_all(rows)


async def figures(database: Database, now: datetime, campaign: str = "", days: int = 30) -> Dashboard:
    async with database.transaction() as session:
        return await dashboard(session, Scope(since=now - days * DAY, until=now + DAY, campaign=campaign), now)


def enrolled(lead: UUID, at: datetime, campaign: Campaign, number: int = 1) -> tables.Enrollment:
    return tables.Enrollment(lead_id=lead, number=number, campaign=campaign.name, ref=campaign.ref, enrolled_at=at)


def moved(lead: UUID, no: int, stage: str, at: datetime) -> tables.Note:
    return tables.Note(lead_id=lead, no=no, at=at, what=f"stage {stage}", why="it downloaded a guide")


def standing(lead: UUID, stage: str, **fields: object) -> tables.Standing:
    return tables.Standing(lead_id=lead, no=1, open=True, stage=stage, why="it waits", **({"positions": []} | fields))


async def test_a_lead_counts_as_far_as_it_ever_came_and_in_the_period_in_which_it_came_to_us(
    database: Database, welcome: Campaign, registered: Registered, now: datetime
) -> None:
    fell_back, new, old = [await registered(name) for name in ("fell-back", "new", "old")]
    await keep(
        database, enrolled(fell_back, now - 20 * DAY, welcome), enrolled(new, now - DAY, welcome), enrolled(old, now - 90 * DAY, welcome)
    )
    await keep(
        database,
        moved(fell_back, 1, "interest", now - 18 * DAY),
        moved(fell_back, 2, "consideration", now - 10 * DAY),
        moved(fell_back, 3, "aware", now - 4 * DAY),
        moved(old, 1, "repeat", now - DAY),
    )

    levels = {level.stage: level for level in (await figures(database, now)).funnel}

    assert {stage: (level.reached.count, level.reached.of) for stage, level in levels.items()} == {
        "unknown": (2, 2),
        "aware": (1, 2),
        "interest": (1, 2),
        "consideration": (1, 2),
        "purchase": (0, 2),
        "repeat": (0, 2),
    }
    assert (levels["consideration"].on.count, levels["consideration"].on.of) == (1, 1)


async def test_nobody_stays_for_less_than_no_time_when_the_clocks_of_two_machines_differ(
    database: Database, welcome: Campaign, registered: Registered, now: datetime
) -> None:
    ada = await registered("ada")
    await keep(database, enrolled(ada, now - DAY, welcome), moved(ada, 1, "interest", now - DAY - timedelta(microseconds=230)))

    [unknown] = [stay for stay in (await figures(database, now)).stays if stay.stage == "unknown"]

    assert (unknown.left, unknown.shortest, unknown.days, unknown.longest) == (1, 0, 0, 0)


async def test_the_time_in_a_stage_is_from_coming_to_leaving_it_and_who_is_still_there_is_told_apart(
    database: Database, welcome: Campaign, registered: Registered, now: datetime
) -> None:
    ada, ben, still = [await registered(name) for name in ("ada", "ben", "still")]
    await keep(database, *(enrolled(lead, now - 100 * DAY, welcome) for lead in (ada, ben, still)))
    await keep(
        database,
        moved(ada, 1, "interest", now - 50 * DAY),
        moved(ada, 2, "consideration", now - 10 * DAY),
        moved(ben, 1, "interest", now - 30 * DAY),
        moved(ben, 2, "consideration", now - 20 * DAY),
        moved(still, 1, "interest", now - 60 * DAY),
    )
    await keep(database, standing(ada, "consideration"), standing(ben, "consideration"), standing(still, "interest"))

    stays = {stay.stage: stay for stay in (await figures(database, now)).stays}

    interest = stays["interest"]
    assert (interest.left, interest.shortest, interest.days, interest.longest) == (2, 17.5, 25, 32.5)
    assert (interest.here, interest.here_days) == (1, 60)
    assert (stays["unknown"].left, stays["unknown"].days) == (1, 70), "ben left it in the period, seventy days after he came to us"
    assert (stays["aware"].left, stays["aware"].days, stays["aware"].here_days) == (0, None, None)


async def test_a_deadline_is_kept_by_an_answer_in_time_and_by_nothing_else(
    database: Database, welcome: Campaign, registered: Registered, now: datetime
) -> None:
    async def handed(name: str, *, due: timedelta, to: Audience = Audience.REPS, ago: timedelta = 5 * DAY) -> UUID:
        lead, task, at = await registered(name), uuid4(), now - ago
        async with database.transaction() as session:
            await tasks.open_task(
                session,
                id=task,
                lead_id=lead,
                enrollment=1,
                campaign="welcome",
                reason="replied",
                why="it replied",
                at=at,
                deadline_at=at + due,
                to=to,
            )
            await notifications.claim(session, f"{task}:opened", task, to, at)
        return task

    async def answered(task: UUID, after: timedelta, by: str = "Mika") -> None:
        async with database.transaction() as session:
            assert await tasks.complete(session, task, by, Answer(outcome=Outcome.BAD_FIT), now - 5 * DAY + after)

    await answered(await handed("kept", due=2 * DAY), timedelta(hours=10))
    await answered(await handed("late", due=DAY), timedelta(hours=30), by="Jon")
    escalated = await handed("escalated", due=DAY)
    async with database.transaction() as session:
        assert await tasks.escalate(session, escalated, now + DAY, now - 4 * DAY)
    await answered(escalated, timedelta(hours=50))
    await handed("ignored", due=2 * DAY, to=Audience.SERVICE)
    await handed("ahead", due=9 * DAY)
    await handed("long-ago", due=DAY, ago=200 * DAY)

    counted = (await figures(database, now, "welcome")).handoffs

    assert (counted.all.opened, counted.all.kept.count, counted.all.kept.of, counted.all.ahead, counted.all.hours) == (5, 1, 4, 1, 30)
    by_rep = {one.name: (one.opened, one.kept.count, one.kept.of) for one in counted.by["rep"]}
    assert by_rep == {"Mika": (2, 1, 2), "Jon": (1, 0, 1), "": (2, 0, 1)}
    assert {one.name: (one.opened, one.kept.of - one.kept.count) for one in counted.by["team"]} == {"sales": (4, 2), "service": (1, 1)}
    assert [one.name for one in counted.by["reason"]] == ["replied"]
    assert (await figures(database, now, "another")).handoffs.all.opened == 0


async def test_letters_count_on_the_day_they_went_with_all_that_came_back(database: Database, welcome: Campaign, now: datetime) -> None:
    def letter(domain: str, sent_at: datetime | None, campaign: str = welcome.ref, **facts: object) -> tables.Touch:
        row = {"key": uuid4(), "lead_id": uuid4(), "enrollment": 1, "campaign": campaign, "letter": "hello", "topic": "news", "why": "due"}
        row |= {"claimed_at": now - 3 * DAY, "address": f"somebody@{domain}", "sent_at": sent_at}
        return tables.Touch(**(row | facts))

    first, second = now - 3 * DAY, now - 2 * DAY
    await keep(
        database,
        letter("example.com", first, delivered_at=first),
        letter("EXAMPLE.com", first, delivered_at=first, complained_at=now),
        letter("example.com", second, bounced_at=second),
        letter("example.org", second, campaign="other@1", delivered_at=second),
        letter("example.net", None, refused_at=second, refusal="no_consent"),
        letter("example.net", now - 90 * DAY),
    )

    letters = (await figures(database, now)).letters

    counts = {day: (one.sent, one.delivered, one.bounced, one.complained, one.refused) for day, one in letters.days.items()}
    assert counts == {first.date(): (2, 2, 0, 1, 0), second.date(): (2, 1, 1, 0, 1)}
    assert [(domain, one.sent) for domain, one in letters.domains.items()] == [("example.com", 3), ("example.org", 1), ("example.net", 0)]
    assert letters.refusals == {"no_consent": 1}
    assert (letters.all.complaints.count, letters.all.complaints.of) == (1, 3)
    assert letters.all.verdicts == {"bounces": Verdict.OPEN, "complaints": Verdict.TOO_HIGH}
    assert (await figures(database, now, "welcome")).letters.all.sent == 3


async def test_a_renewal_is_told_by_the_first_thing_that_is_true_of_it(database: Database, registered: Registered, now: datetime) -> None:
    customer = Campaign.model_validate(
        {
            "campaign": "customer",
            "topic": "service",
            "start": "use",
            "tracks": {"use": {"steps": [{"wait": "30 days"}]}, "renewal": {"steps": [{"wait": "5 days"}]}},
            "rules": [{"name": "renewal_opens", "when": {"contract_ends_in": "90 days"}, "go": "renewal"}],
        }
    )
    async with database.transaction() as session:
        await campaigns.keep(session, customer, "", now)
    ids: dict[State, UUID] = {}
    for state in State:
        ids[state] = lead = await registered(state, company=f"{state} company")
        ends_on, signed_at = date(2027, 3, 31 if state is State.HELD else 30), now - 300 * DAY
        await keep(database, tables.Contract(lead_id=lead, ends_on=ends_on, changed_at=signed_at))
        if state is not State.UNWATCHED:
            held = {"held_until": date(2027, 3, 20)} if state is State.HELD else {}
            places = [{"enrollment": 1, "track": "renewal", "step": "wait-1"}]
            await keep(database, enrolled(lead, now - 200 * DAY, customer), standing(lead, "purchase", positions=places, **held))
    opened = tables.Note(
        lead_id=ids[State.UNDER_WAY], no=1, at=now - 30 * DAY, what="customer: use → renewal", why="90 days", by="rule renewal_opens"
    )
    task = {"enrollment": 1, "campaign": "customer", "reason": "renewal", "why": "it ends", "opened_at": now, "deadline_at": now + DAY}
    lost = {"completed_at": now, "completed_by": "Jon", "outcome": "lost"}
    await keep(
        database,
        opened,
        tables.Task(id=uuid4(), lead_id=ids[State.WITH_REP], claimed_by="Mika", **task),
        tables.Task(id=uuid4(), lead_id=ids[State.LOST], **task, **lost),
    )
    ended, far = await registered("ended"), await registered("far")
    await keep(database, tables.Contract(lead_id=ended, ends_on=date(2027, 2, 28), changed_at=now - DAY))
    await keep(database, tables.Contract(lead_id=far, ends_on=date(2027, 5, 31), changed_at=now - DAY))

    renewals = (await figures(database, now)).renewals

    assert {one.lead_id: one.state for one in renewals} == {lead: state for state, lead in ids.items()}
    assert renewals[-1].state is State.HELD, "the first to end comes first"
    assert {one.owner for one in renewals if one.state is State.WITH_REP} == {"Mika"}
    assert {one.company for one in renewals if one.state is State.LOST} == {"lost company"}
    assert (await figures(database, now, "welcome")).renewals == []
