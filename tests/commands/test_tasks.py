"""Reps' tasks from the command line: seen, taken by one, answered once, and refused where the answer cannot be right."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from store.database import Database
from store.desk import tasks
from store.leads import leads
from store.team import people

pytestmark = pytest.mark.anyio

Starter = Callable[..., Awaitable[Any]]
Ask = Callable[..., Awaitable[list[Any]]]

DEMO = UUID("d0000000-0000-5000-8000-000000000001")
CALL = UUID("c0000000-0000-5000-8000-000000000002")
WHEN = "Mon  1 Mar 2027 18:30 Asia/Tokyo (01 Mar 09:30 UTC)"


@pytest.fixture
async def ada(database: Database, now: datetime) -> UUID:
    """A lead in Tokyo with two open tasks, one of them overdue."""
    person = leads.Person(
        email="ada@example.com", family_name="小野", given_name="葵", company="表示株式会社", language="ja", zone="Asia/Tokyo"
    )
    async with database.transaction() as session:
        for name in ("Mori", "Kato"):
            await people.take_in(session, name, f"{name.lower()}@team.example.com", {people.Role.REP}, now)
        lead, _ = await leads.register(session, person, now)
        for number, (id, reason, hours) in enumerate([(DEMO, "demo", 4), (CALL, "replied", -2)]):
            await tasks.open_task(
                session,
                id=id,
                lead_id=lead,
                enrollment=number + 1,
                campaign="welcome",
                reason=reason,
                why="rule 'wrote_back': replied",
                say="Call them.",
                at=now - timedelta(days=1),
                deadline_at=now + timedelta(hours=hours),
            )
    return lead


async def test_open_tasks_are_listed_with_the_next_deadline_first(starter: Starter, ada: UUID) -> None:
    shown, as_json = await starter("tasks", "list"), await starter("tasks", "list", "--json")

    rows = [line for line in shown.out.splitlines() if "小野 葵" in line]
    assert ["c0000000" in rows[0], "2 hours ago" in rows[0], "Mon  1 Mar 2027 16:30" in rows[0]] == [True, True, True]
    assert ["d0000000" in rows[1], "in 4 hours" in rows[1]] == [True, True]
    below = shown.out.splitlines()[shown.out.splitlines().index(rows[0]) + 1]
    assert ["Asia/Tokyo" in below, "表示株式会社" in shown.out, "ada@example.com" in shown.out] == [True, True, True]
    assert [(row["id"], row["reason"], row["lead_id"]) for row in as_json.json] == [
        (str(CALL), "replied", str(ada)),
        (str(DEMO), "demo", str(ada)),
    ]
    assert max(map(len, shown.out.splitlines())) <= 100


async def test_without_open_tasks_it_says_so(starter: Starter) -> None:
    assert (await starter("tasks", "list")).out == "No task is open.\n"
    assert (await starter("tasks", "list", "--json")).json == []


async def test_a_task_is_taken_by_one_rep(starter: Starter, ada: UUID) -> None:
    first = await starter("tasks", "claim", "d000", "--as", "Mori", "--json")
    again = await starter("tasks", "claim", DEMO, "--as", "Mori")
    other = await starter("tasks", "claim", DEMO, "--as", "Kato")

    assert (first.code, first.json["id"], first.json["claimed_by"]) == (0, str(DEMO), "Mori")
    assert (again.code, "Call them." in again.out) == (0, True)
    assert (other.code, other.err) == (1, "ID: task d0000000 cannot be taken: Mori has it; see 'tasks list' for those that are free\n")


async def test_a_name_that_is_nobody_neither_takes_nor_answers_a_task(
    starter: Starter, ask: Ask, ada: UUID, database: Database, now: datetime
) -> None:
    async with database.transaction() as session:
        await people.take_out(session, "Kato", now)

    for name in ("Morri", "Kato"):
        claimed = await starter("tasks", "claim", DEMO, "--as", name)
        answered = await starter("tasks", "complete", DEMO, "--outcome", "lost", "--as", name)

        told = f"--as: '{name}' is nobody of the team who works tasks; see 'people list'\n"
        assert [(said.code, said.err) for said in (claimed, answered)] == [(1, told)] * 2
    assert await ask("SELECT count(*) FROM tasks WHERE claimed_by <> '' OR completed_at IS NOT NULL") == [0]


@pytest.mark.parametrize(
    ("options", "facts"),
    [
        (["won", "--contract-ends-on", "2028-03-31", "--auto-renews"], {"contract": {"ends_on": "2028-03-31", "auto_renews": True}}),
        (["won", "--open-ended"], {"contract": {"ends_on": None}}),
        (["not_now", "--until", "2027/06/01"], {"until": "2027-06-01"}),
        (["nurture", "--notes", "Wants more to read"], {}),
        (["lost"], {}),
        (["bad_fit"], {}),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
async def test_an_answer_steers_the_lead_and_counts_once(
    starter: Starter, ask: Ask, ada: UUID, options: list[str], facts: dict[str, Any]
) -> None:
    outcome, *rest = options

    first = await starter("tasks", "complete", DEMO, "--outcome", outcome, "--as", "Mori", *rest, "--json")
    again = await starter("tasks", "complete", DEMO, "--outcome", outcome, "--as", "Mori", *rest)

    assert (first.code, first.json["outcome"], first.json["recorded"]) == (0, outcome, True)
    assert (again.code, again.out) == (0, f"Nothing changed: Mori answered it with '{outcome}' on {WHEN}.\n")
    (said,) = await ask("SELECT facts FROM engagements WHERE kind = 'task_completed'")
    assert said == {"kind": "task_completed", "at": "2027-03-01T09:30:00Z", "task": str(DEMO), "outcome": outcome, **facts}


@pytest.mark.parametrize("task", ["d000", str(DEMO)])
@pytest.mark.parametrize(
    "late", [["lost"], ["not_now", "--until", "2027-07-01"], ["not_now", "--until", "2027-06-01", "--json"]], ids=["else", "day", "same"]
)
async def test_a_rep_who_was_too_late_hears_who_answered_what_and_when(starter: Starter, ada: UUID, task: str, late: list[str]) -> None:
    await starter("tasks", "complete", DEMO, "--outcome", "not_now", "--until", "2027-06-01", "--as", "Mori")

    done = await starter("tasks", "complete", task, "--as", "Kato", "--outcome", *late)
    claim = await starter("tasks", "claim", task, "--as", "Kato")

    told = f"Mori answered it with 'not_now' on {WHEN}"
    if "--json" in late:
        assert (done.code, done.json["completed_by"], done.json["recorded"]) == (0, "Mori", False)
    else:
        assert (done.code, done.err) == (1, f"ID: task d0000000 is not open any more: {told}; your answer was not recorded\n")
    assert (claim.code, told in claim.err) == (1, True)


async def test_somebody_else_at_the_company_becomes_a_lead_who_lives_where_the_first_one_lives(
    starter: Starter, ask: Ask, ada: UUID
) -> None:
    done = await starter(
        *("tasks", "complete", "c000", "--as", "Mori", "--outcome", "other_contact"),
        *("--contact-email", "Sato@example.com", "--contact-family-name", "佐藤"),
    )

    assert done.code == 0, done.err
    known = "SELECT family_name, zone, language, name FROM leads JOIN accounts ON accounts.id = account_id WHERE email = 'sato@example.com'"
    assert await ask(known) == [("佐藤", "Asia/Tokyo", "ja", "表示株式会社")]


WRONG: list[tuple[list[str], int, str]] = [
    (["won"], 1, "--contract-ends-on: is needed"),
    (["won", "--contract-ends-on", "2027-02-28"], 1, "--contract-ends-on: must not have ended already"),
    (["won", "--contract-ends-on", "soon"], 1, "--contract-ends-on: 'soon' is not a day"),
    (["not_now"], 1, "--until: is needed"),
    (["not_now", "--until", "2027-03-01"], 1, "--until: must be a day from tomorrow on"),
    (["other_contact"], 1, "--contact-email: is needed"),
    (["other_contact", "--contact-title", "CEO"], 1, "--contact-email: is missing"),
    (["other_contact", "--contact-email", "nobody"], 1, "--contact-email: is not a mail address"),
    (["other_contact", "--contact-email", "ada@example.com"], 1, "--contact-email: must be somebody else"),
    (["done"], 1, "--outcome: is one of won, not_now, nurture, lost, bad_fit, other_contact"),
    (["lost", "--check", "Yes"], 1, "the checklist has 0"),
    (["lost", "--set", "size=large"], 1, "--set size: is not asked for; this task asks for no fields"),
    (["lost", "--set", "size"], 1, "--set: 'size' has no value"),
    (["lost", "--campaign", "welcome"], 2, "--campaign belongs to --outcome other_project"),
    (["lost", "--until", "2027-06-01"], 2, "--until belongs to --outcome not_now, not to lost"),
    (["won", "--open-ended", "--auto-renews"], 2, "--open-ended goes without"),
    (["maybe"], 2, "'maybe' is not one of"),
]


async def test_an_answer_that_cannot_be_right_changes_nothing(starter: Starter, ask: Ask, ada: UUID) -> None:
    for options, code, said in WRONG:
        done = await starter("tasks", "complete", DEMO, "--as", "Mori", "--outcome", *options)

        assert done.code == code, options
        assert said in done.err
    assert await ask("SELECT count(*) FROM tasks WHERE completed_at IS NOT NULL") == [0]


async def test_a_task_that_is_not_there_is_said_to_be_so(starter: Starter, ada: UUID) -> None:
    for task in ("d0", "e0000000", "not an id", str(UUID(int=7))):
        done = await starter("tasks", "claim", task, "--as", "Mori")

        assert (done.code, done.err) == (1, f"ID: there is no open task '{task}'; see 'tasks list'\n")
