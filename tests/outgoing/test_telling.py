"""What receivers hear of: each fact once, in the transaction that wrote it, and nothing of anybody who did not agree to more."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text

from nurture.events import TYPES
from nurture.kinds import Kind, Outcome, Refusal
from nurture.leadside import DemoRequested, Downloaded
from nurture.plan.campaign import Campaign
from nurture.profile import Contract
from nurture.standing import Note, Record, Standing
from store import tables
from store.campaigns import campaigns
from store.consent import consents
from store.database import Database
from store.desk import answers, tasks
from store.desk.checks import Answer
from store.erasing import erasure
from store.erasing.stubs import Reason
from store.journeys import standings
from store.leads import contracts, engagements
from store.machines.receiver import KEPT
from store.mail import deliveries, touches
from store.mail.deliveries import Fact
from tests.outgoing.conftest import Clock, OpenShop
from workflows.courier import Courier

pytestmark = pytest.mark.anyio
Registered = Callable[..., Awaitable[UUID]]


async def messages(database: Database) -> int:
    async with database.transaction() as session:
        return await session.scalar(select(func.count()).select_from(tables.WebhookMessage)) or 0


async def test_nothing_is_written_while_nobody_wants_to_hear(database: Database, registered: Registered, clock: Clock) -> None:
    lead = await registered("ada")

    async with database.transaction() as session:
        await engagements.record(session, lead, DemoRequested(at=clock.now()))

    assert await messages(database) == 0


async def test_a_lead_that_is_new_is_told_once_and_its_engagements_by_kind(
    courier: Courier, shop: OpenShop, database: Database, registered: Registered, clock: Clock
) -> None:
    crm = await shop()
    lead = await registered("ada")
    await registered("ada", family_name="Lovelace")
    async with database.transaction() as session:
        await engagements.record(session, lead, Downloaded(at=clock.now(), content="guide"), key="once")
        await engagements.record(session, lead, Downloaded(at=clock.now(), content="guide"), key="once")
        await engagements.record_all(session, [(lead, DemoRequested(at=clock.now()))])

    await courier.serve(crm.id)

    assert crm.about(lead) == ["lead.created", "engagement.downloaded", "engagement.demo_requested"]
    assert crm.got[1][1] == {
        "type": "engagement.downloaded",
        "timestamp": clock.now().isoformat(),
        "data": {"lead_id": str(lead), "seq": 1},
    }


async def test_a_fact_that_is_taken_back_is_never_told(
    courier: Courier, shop: OpenShop, database: Database, registered: Registered, clock: Clock
) -> None:
    crm = await shop("engagement")
    lead = await registered("ada")

    async with database.transaction() as session:
        await engagements.record(session, lead, DemoRequested(at=clock.now()))
        await session.rollback()

    assert await courier.serve(crm.id) == 0


async def test_a_receiver_hears_only_of_what_it_asked_for(
    courier: Courier, shop: OpenShop, database: Database, registered: Registered, clock: Clock
) -> None:
    everything, downloads, letters = await shop(), await shop("engagement.downloaded"), await shop("letter")
    lead = await registered("ada")
    async with database.transaction() as session:
        await engagements.record(session, lead, DemoRequested(at=clock.now()))
        await engagements.record(session, lead, Downloaded(at=clock.now(), content="guide"))

    for one in (everything, downloads, letters):
        await courier.serve(one.id)

    assert (len(everything.got), downloads.types, letters.types) == (3, ["engagement.downloaded"], [])


async def test_who_a_lead_is_goes_only_to_those_who_asked_for_it(courier: Courier, shop: OpenShop, registered: Registered) -> None:
    thin, full = await shop("lead"), await shop("lead", with_person=True)
    lead = await registered("ada", given_name="Ada", company="Pumps")

    await courier.serve(thin.id)
    await courier.serve(full.id)

    assert thin.got[0][1]["data"] == {"lead_id": str(lead)}
    assert full.got[0][1]["data"] == {
        "lead_id": str(lead),
        "lead": {"email": "ada@example.com", "given_name": "Ada", "company": "Pumps"},
    }


async def test_a_letter_is_told_when_it_is_sent_when_it_bounces_and_when_it_is_refused(
    courier: Courier, shop: OpenShop, database: Database, registered: Registered, clock: Clock
) -> None:
    crm = await shop("letter")
    lead, sent, refused = await registered("ada"), uuid4(), uuid4()
    async with database.transaction() as session:
        for key in (sent, refused):
            of: dict[str, Any] = {"campaign": "welcome@1", "letter": "hello", "topic": "news", "why": "due", "at": clock.now()}
            await touches.claim(session, key=key, lead_id=lead, enrollment=1, **of)
        await touches.sent(session, sent, "id-1", clock.now())
        await touches.sent(session, sent, "id-1", clock.now())
        await deliveries.told(session, sent, Fact.BOUNCED, clock.now())
        await deliveries.told(session, sent, Fact.BOUNCED, clock.now())
        await touches.refused(session, refused, Refusal.NO_CONSENT, clock.now())

    await courier.serve(crm.id)

    assert crm.about(lead) == ["letter.sent", "letter.bounced", "letter.refused"]
    assert crm.got[2][1]["data"] == {
        "lead_id": str(lead),
        "key": str(refused),
        "campaign": "welcome@1",
        "letter": "hello",
        "enrollment": 1,
        "refusal": "no_consent",
    }


async def test_a_task_is_told_when_it_is_opened_overdue_and_completed(
    courier: Courier, shop: OpenShop, database: Database, registered: Registered, clock: Clock
) -> None:
    crm = await shop("task")
    lead, task, now = await registered("ada"), uuid4(), clock.now()
    async with database.transaction() as session:
        of: dict[str, Any] = {"campaign": "welcome", "reason": "replied", "why": "it replied", "deadline_at": now + timedelta(days=1)}
        await tasks.open_task(session, id=task, lead_id=lead, enrollment=1, at=now, **of)
        await tasks.escalate(session, task, now + timedelta(days=2), now + timedelta(days=1))
        await answers.complete(session, task, "Mika", Answer(outcome=Outcome.NURTURE), now + timedelta(days=1))

    clock.at += timedelta(days=2)
    await courier.serve(crm.id)

    assert crm.about(lead) == ["task.opened", "task.overdue", "task.completed"]
    assert crm.got[2][1]["data"]["outcome"] == "nurture"


async def test_stage_contract_and_consent_are_told_as_they_change(
    courier: Courier, shop: OpenShop, database: Database, registered: Registered, clock: Clock
) -> None:
    crm = await shop("stage", "contract", "consent")
    lead, now, contract = await registered("ada"), clock.now(), Contract(ends_on=date(2028, 1, 31), auto_renews=True)
    async with database.transaction() as session:
        await engagements.record(session, lead, DemoRequested(at=now))
        for no, stage in enumerate(["interest", "interest", "consideration"], 1):
            await standings.write(session, lead, Record(no=no, standing=Standing(stage=stage, next_at=now, why="waits")))
        for _ in range(2):
            await contracts.change(session, lead, contract, now)
        await consents.give(session, "ada@example.com", "news", consents.Basis.OPT_IN, {}, now)
        for _ in range(2):
            await consents.suppress(session, "ada@example.com", "news", "unsubscribed", now)

    await courier.serve(crm.id)

    assert [(said["type"], said["data"] | {"lead_id": ""}) for _, said in crm.got] == [
        ("stage.changed", {"lead_id": "", "stage": "interest"}),
        ("stage.changed", {"lead_id": "", "stage": "consideration", "before": "interest"}),
        ("contract.changed", {"lead_id": "", "ends_on": "2028-01-31", "auto_renews": True}),
        ("consent.withdrawn", {"lead_id": "", "topic": "news"}),
    ]


async def test_a_renewal_is_told_when_the_nearing_end_of_a_contract_opens_it(
    courier: Courier, shop: OpenShop, database: Database, registered: Registered, clock: Clock
) -> None:
    crm = await shop("renewal")
    lead, now = await registered("ada"), clock.now()
    campaign = Campaign.model_validate(
        {
            "campaign": "customer",
            "topic": "customer",
            "start": "steady",
            "rules": [
                {"name": "renewal_nears", "when": {"contract_ends_in": "90 days"}, "go": "renewal"},
                {"name": "wrote", "when": "replied", "go": "steady"},
            ],
            "tracks": {"steady": {"steps": [{"wait": "9 days"}]}, "renewal": {"steps": [{"email": "renewal"}]}},
        }
    )
    notes = tuple(
        Note(no=no, at=now, what="customer: steady → renewal", why="due", by=f"rule {name}", ref=campaign.ref)
        for no, name in enumerate(["wrote", "renewal_nears"], 1)
    )
    async with database.transaction() as session:
        await campaigns.keep(session, campaign, "", now)
        record = Record(no=1, standing=Standing(stage="repeat", next_at=now, why="waits"), notes=notes)
        for _ in range(2):
            await standings.write(session, lead, record)

    await courier.serve(crm.id)

    assert [said["data"] for _, said in crm.got] == [{"lead_id": str(lead), "campaign": campaign.ref, "track": "renewal"}]


async def test_whoever_is_erased_leaves_nothing_behind_but_word_that_they_were(
    courier: Courier, shop: OpenShop, database: Database, registered: Registered, clock: Clock
) -> None:
    crm = await shop()
    lead, other = await registered("ada"), await registered("grace")
    async with database.transaction() as session:
        session.info["secret"] = "only-for-tests"
        await erasure.begin(session, lead, reason=Reason.ASKED, by="Mika", now=clock.now())
        await erasure.tell(session, lead, clock.now())
    async with database.transaction() as session:
        session.info["secret"] = "only-for-tests"
        await erasure.forget(session, lead, clock.now())

    await courier.serve(crm.id)

    assert (crm.about(lead), crm.about(other)) == (["lead.erased"], ["lead.created"])


async def test_every_type_that_can_be_asked_for_is_written_by_the_database(database: Database) -> None:
    """Types by kind of engagement are made of the kind; the others stand word for word in the functions of the migration."""
    async with database.transaction() as session:
        written = "".join(await session.scalars(text("SELECT prosrc FROM pg_proc WHERE proname LIKE 'webhooks_of_%'")))

    assert [name for name in TYPES if not name.startswith("engagement.") and f"'{name}'" not in written] == []
    assert {name.removeprefix("engagement.") for name in TYPES if name.startswith("engagement.")} == set(Kind) - {Kind.ERASED}
    assert "'engagement.' || kind" in written


async def test_what_was_told_long_ago_is_forgotten(
    courier: Courier, shop: OpenShop, database: Database, registered: Registered, clock: Clock
) -> None:
    crm = await shop()
    await registered("ada")
    await courier.serve(crm.id)
    await registered("grace")

    clock.at += KEPT + timedelta(minutes=1)
    await courier.keep_house()

    assert (len(crm.got), await messages(database)) == (1, 1)
