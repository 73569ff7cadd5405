"""A person is erased: nothing of them is left anywhere, their workflow has ended, and what was cut off in the middle is finished."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import anyio.to_thread
import pytest
from sqlalchemy import select, text
from temporalio.client import WorkflowExecutionStatus
from typer.testing import CliRunner

from commands.lead.lead import app
from local.caught import forget_in
from local.town import Town
from local.town import town as a_town
from mail.reading.reader import read
from nurture.kinds import Outcome
from nurture.leadside import DemoRequested, Replied
from nurture.ourside import Erased
from nurture.plan.campaign import Campaign
from store import tables
from store.desk.tasks import Answer
from store.erasing import erasure, stubs
from store.erasing.stubs import Reason
from store.leads.known import pattern_of
from store.leads.persons import Person
from store.mail import inbound
from workflows.erasing import Eraser, Verified
from workflows.keeping import Keeper
from workflows.options import lead_workflow_id
from workflows.runs import as_bytes, runs_of

pytestmark = pytest.mark.anyio

PLAN: dict[str, Any] = {
    "campaign": "welcome",
    "topic": "insights",
    "start": "educate",
    "window": {"always": True},
    "cap": {"touches": 0},
    "tracks": {
        "educate": {"steps": [{"email": "hello"}, {"wait": "30 days"}, {"email": "check_in"}, {"wait": "30 days"}, {"email": "webinar"}]},
        "talk": {"steps": [{"task": {"reason": "demo", "deadline": "4 hours"}}, {"wait": "5 days"}, {"go": "educate"}]},
    },
    "rules": [{"name": "demo", "when": "demo_requested", "go": "talk"}],
}


async def enrolled(town: Town, person: Person) -> UUID:
    await town.start(Campaign.model_validate(PLAN))
    lead = await town.register(person, "insights")
    await town.enroll(lead, "welcome")
    return lead


async def begun(town: Town, lead: UUID) -> stubs.Stub:
    async with town.database.transaction() as session:
        await erasure.begin(session, lead, reason=Reason.ASKED, by="Operator", now=town.now)
        stub = await stubs.find(session, lead)
    assert stub is not None
    return stub


async def erase(town: Town, lead: UUID, **options: Any) -> Verified:
    [verified] = await Eraser(town.database, town.client, town.clock, **options).finish([await begun(town, lead)])
    return verified


async def status_of(town: Town, lead: UUID) -> WorkflowExecutionStatus | None:
    return (await town.client.get_workflow_handle(lead_workflow_id(lead)).describe()).status


async def dump(town: Town) -> str:
    """Everything in the database, as text; the letters and messages with what mail packs undone."""
    said: list[str] = []
    async with town.database.transaction() as session:
        for table in tables.Table.metadata.sorted_tables:
            for row in await session.execute(select(table)):
                said += [part.decode("utf-8", "replace") if isinstance(part, bytes) else repr(part) for part in row]
    return "\n".join(said)


async def test_an_erased_leads_workflow_ends_whatever_it_was_about(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada)
    await town.engage(lead, DemoRequested(at=town.now))

    await town.engage(lead, Erased(at=town.now))

    assert await status_of(town, lead) is WorkflowExecutionStatus.COMPLETED
    await town.skip(days=100)
    assert await town.letters_to(lead) == ["hello"]


async def test_nothing_is_left_of_a_person_who_was_erased(town: Town, ada: Person, hanako: Person) -> None:
    lead = await enrolled(town, ada)
    await town.engage(lead, DemoRequested(at=town.now), details={"page": "/demo?for=ada.quillfeather@example.com"})
    [task] = await town.tasks_of(lead)
    await town.answer(task, Answer(outcome=Outcome.NURTURE, notes="Ada Quillfeather will call from +44 20 7946 0958"))
    other = await town.register(hanako, "insights")
    await town.enroll(other, "welcome")
    await town.engage(other, Replied(at=town.now), details={"text": "Better ask Ada\nQuillfeather, ADA.Quillfeather@example.com."})
    stray = b"From: somebody@example.net\r\nSubject: hello\r\nMessage-ID: <1@example.net>\r\n\r\nI spoke with Ada Quillfeather.\r\n"
    async with town.database.transaction() as session:
        await inbound.take(session, read(stray, town.now), stray, town.now, source="imap")

    verified = await erase(town, lead)

    assert (verified.named_in, verified.stub.by, verified.stub.finished_at) == ((), "Operator", town.now)
    assert verified.stub.went.items() >= {"leads": 1, "accounts": 1, "touches": 1, "tasks": 1, "consents": 1, "enrollments": 1}.items()
    assert await status_of(town, lead) is WorkflowExecutionStatus.COMPLETED
    everything = await dump(town)
    assert [word for word in ("Quillfeather", "7946", "quillfeather@") if word.casefold() in everything.casefold()] == []
    assert "水沢" in everything
    for history in await runs_of(town.client, lead):
        assert b"uillfeather" not in as_bytes(history)
    async with town.database.transaction() as session:
        assert await session.scalar(select(tables.Engagement.details).where(tables.Engagement.kind == "replied")) == {
            "text": "Better ask [erased], [erased]."
        }
        assert await session.scalar(select(tables.Stray.said)) == "I spoke with [erased]."
        ledger = await session.execute(
            text("SELECT letter, sent_at IS NOT NULL, address, message FROM touches WHERE lead_id = :l"), {"l": lead}
        )
        assert [tuple(row) for row in ledger] == [("hello", True, "", None)]


@pytest.mark.parametrize("cut_off", ["before anything went", "before its rows went", "before it was verified"])
async def test_an_erasure_that_was_cut_off_is_finished_by_a_worker(town: Town, ada: Person, cut_off: str) -> None:
    lead = await enrolled(town, ada)
    stub = await begun(town, lead)

    class Killed(Exception):
        pass

    def killed(_: Callable[[str], bool]) -> int:
        raise Killed

    if cut_off == "before its rows went":
        async with town.database.transaction() as session:
            await erasure.tell(session, lead, town.now)
        await town.settle([lead])
    if cut_off == "before it was verified":
        with pytest.raises(Killed):
            await Eraser(town.database, town.client, town.clock, files=killed).finish([stub])
    town.now += timedelta(hours=1)

    finished = await Keeper(town.database, town.client, town.clock, years=3).look()

    async with town.database.transaction() as session:
        left = await stubs.find(session, lead)
        assert await session.get(tables.Lead, lead) is None
    assert left is not None
    assert (finished, left.finished_at, left.known) == (1, town.now, None)
    assert left.went["leads"] == 1
    assert await status_of(town, lead) is WorkflowExecutionStatus.COMPLETED
    assert await Keeper(town.database, town.client, town.clock, years=3).look() == 0


async def test_a_workflow_that_does_not_end_by_itself_is_ended(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada)

    verified = await erase(town, lead, patience=timedelta(0))

    assert verified.stub.finished_at is not None
    assert await status_of(town, lead) is not WorkflowExecutionStatus.RUNNING


async def test_somebody_whose_workflow_is_gone_is_erased_all_the_same(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada)
    await town.client.get_workflow_handle(lead_workflow_id(lead)).terminate()

    verified = await erase(town, lead)

    assert verified.stub.finished_at is not None
    assert await status_of(town, lead) is WorkflowExecutionStatus.TERMINATED


async def test_while_a_person_is_named_somewhere_an_erasure_is_not_finished(town: Town, ada: Person) -> None:
    lead = await enrolled(town, ada)
    async with town.database.transaction() as session:
        session.add(tables.Colleague(name="Ada Quillfeather"))

    verified = await erase(town, lead)

    assert (verified.named_in, verified.stub.finished_at) == (("people.name",), None)
    async with town.database.transaction() as session:
        await session.execute(text("UPDATE people SET name = 'Nobody'"))
    assert (await erase(town, lead)).stub.finished_at is not None


async def test_who_is_known_for_longer_than_there_is_a_reason_to_is_erased_by_a_worker(town: Town, ada: Person, hanako: Person) -> None:
    lead, customer = await enrolled(town, ada), await town.register(hanako)
    await town.engage(lead, Replied(at=town.now))
    async with town.database.transaction() as session:
        await session.execute(text("UPDATE enrollments SET over_at = :now"), {"now": town.now})
        await session.execute(text("UPDATE standings SET open = false"))
        session.add(tables.Contract(lead_id=customer, ends_on=(town.now + timedelta(days=30)).date(), changed_at=town.now))
    keeper = Keeper(town.database, town.client, town.clock, years=3)
    town.now += timedelta(days=3 * 365)
    assert await keeper.look() == 0
    town.now += timedelta(days=2)

    assert await keeper.look() == 1

    async with town.database.transaction() as session:
        assert list(await session.scalars(select(tables.Lead.id))) == [customer]
        stub = await stubs.find(session, lead)
    assert stub is not None
    assert (stub.reason, stub.by) == (Reason.RETENTION, "retention")


async def test_the_files_of_letters_that_were_caught_go_too(database_url: str, tmp_path: Path, ada: Person, hanako: Person) -> None:
    async with a_town(database_url, letters=tmp_path) as town:
        lead = await enrolled(town, ada)
        other = await town.register(hanako, "insights")
        await town.enroll(other, "welcome")
        assert len([file for file in tmp_path.iterdir() if "ada" in file.name]) == 3
        environment = {
            "DATABASE_URL": database_url,
            "LINK_SECRET": town.settings.link_secret,
            "TEMPORAL_ADDRESS": town.client.service_client.config.target_host,
        }
        command = ["erase", ada.email, "--by", "Operator", "--letters", str(tmp_path), "--yes", "--json"]

        done = await anyio.to_thread.run_sync(lambda: CliRunner().invoke(app, command, env=environment, obj=town.clock))
        again = await anyio.to_thread.run_sync(lambda: CliRunner().invoke(app, command, env=environment, obj=town.clock))

    assert (done.exit_code, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert (said["lead_id"], said["named_in"], said["went"]["files"]) == (str(lead), [], 3)
    assert [file for file in tmp_path.iterdir() if "ada" in file.name] == []
    assert forget_in(tmp_path, pattern_of([hanako.email])) == 3
    assert (again.exit_code, "done" in again.stdout) == (0, True)
