"""Marketing has a letter go at once, leaves one out, or leads a lead to a step; what cannot be is refused, with the reason."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from nurture.ourside import Held
from store.database import Database
from store.team import audit
from store.team.audit import Asked
from tests.commands.conftest import Ask, Starter
from tests.web.leadlife import ADA, enrolled, happens

pytestmark = pytest.mark.anyio

SAID = ("--because", "met at the fair", "--by", "Kim")


@pytest.fixture
async def ada(database: Database, now: datetime) -> UUID:
    return (await enrolled(database, ADA, now))[0]


async def told(ask: Ask) -> list[tuple[str, str]]:
    return [tuple(row) for row in await ask("SELECT ARRAY[kind, coalesce(facts ->> 'step', '')] FROM engagements ORDER BY lead_id, seq")][
        1:
    ]


async def test_what_is_decided_is_recorded_for_the_workflow_and_in_the_audit_log(
    starter: Starter, database: Database, ask: Ask, ada: UUID
) -> None:
    now = await starter("lead", "send-now", ADA.email, *SAID)
    later = await starter("lead", "skip", ada, *SAID, "--json")
    moved = await starter("lead", "move", ada, "later", "--step", "yearly_review", *SAID)

    assert now.out == "Recorded as number 2 of this lead: 'hello' goes at once.\n"
    assert later.json == {"lead": str(ada), "seq": 3, "recorded": True}
    assert moved.out == "Recorded as number 4 of this lead: it goes into track later, to 'yearly_review'.\n"
    assert await told(ask) == [("steered", "hello"), ("steered", "hello"), ("redirected", "yearly_review")]
    async with database.transaction() as session:
        lines = await audit.lines(session, Asked(on=audit.On.LEAD, subject=str(ada)))
    assert [(line.who, line.what) for line in lines] == [("Kim", "lead_moved"), ("Kim", "step_skipped"), ("Kim", "letter_sent_now")]
    shown = await starter("lead", "show", ada)
    assert "Kim decided: hello goes at once" in " ".join(shown.out.split())


async def test_what_cannot_be_is_refused_and_nothing_is_recorded(
    starter: Starter, database: Database, now: datetime, ask: Ask, ada: UUID
) -> None:
    no_step = await starter("lead", "move", ada, "later", "--step", "yearly", *SAID)
    alone = await starter("lead", "move", ada, "--step", "hello", "--not-before", "2028-01-01T00:00+00:00", *SAID)
    nameless = await starter("lead", "skip", ada, "--because", " ", "--by", "Kim")
    assert await told(ask) == []
    await happens(database, ada, Held(at=now, until=(now + timedelta(days=9)).date()), now)
    held = await starter("lead", "send-now", ada, *SAID)

    assert "--step: 'later' has no step 'yearly'; did you mean 'yearly_review'?" in " ".join(no_step.err.split())
    assert "--step is a step of a TRACK; say both" in " ".join(alone.err.split())
    assert "--because: say it in a line" in nameless.err
    assert "'hello' cannot be steered: the lead is on hold until 2027-03-10" in " ".join(held.err.split())
    assert {done.code for done in (no_step, nameless, held)} == {1}
    assert alone.code == 2
    assert await told(ask) == [("held", "")]


async def test_of_several_campaigns_one_is_named(starter: Starter, database: Database, now: datetime, ask: Ask, ada: UUID) -> None:
    await enrolled(database, ADA, now, "second")

    which = await starter("lead", "skip", ada, *SAID)
    await starter("lead", "skip", ada, "--campaign", "second", *SAID)

    assert "add --campaign with one of nurture, second" in " ".join(which.err.split())
    assert await ask("SELECT facts ->> 'enrollment' FROM engagements WHERE kind = 'steered'") == ["2"]
