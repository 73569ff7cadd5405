"""A lead's life is told again from what is kept of it, and is the same."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from nurture.actions import End, HandOff, SendTouch, Wait
from nurture.foresee import standing_of
from nurture.why.retelling import difference, retell
from store import tables
from store.database import Database
from store.journeys import notes, standings
from store.journeys.retelling import history_of
from tests.explain.conftest import Lived

pytestmark = pytest.mark.anyio


async def test_a_life_that_is_told_again_is_the_life_that_was_written_down(lived: Lived, kept: Database) -> None:
    """Letters, a stall, a handoff, a hold and a renewal: the same decisions at the same moments, on the same facts."""
    async with kept.transaction() as session:
        history = await history_of(session, lived.lead)
        written = await notes.of_lead(session, lived.lead)
        letters = list(await session.scalars(select(tables.Touch).order_by(tables.Touch.sent_at)))
        tasks = list(await session.scalars(select(tables.Task).order_by(tables.Task.opened_at)))
        standing = await standings.of_lead(session, lived.lead)

    turns = retell(history, lived.now)

    assert [note.what for note in written if "→" in note.what or "hold" in note.what] == [
        "welcome: educate → silent",
        "on hold until 2040-07-11",
        "hold lifted",
        "welcome: silent → fast",
        "welcome: fast → won",
        "customer: steady → renewal",
        "customer: renewal → steady",
    ]
    assert [replace(note, into="", over=False) for note in turns[-1].after.notes] == written  # where it led is kept in its words
    assert [(turn.what.letter, turn.at) for turn in turns if isinstance(turn.what, SendTouch)] == [
        (one.letter, one.sent_at) for one in letters
    ]
    assert [(turn.what.reason, turn.at) for turn in turns if isinstance(turn.what, HandOff)] == [
        (one.reason, one.opened_at) for one in tasks
    ]
    assert isinstance(turns[-1].what, Wait | End)
    assert standing_of(turns[-1].after, turns[-1].what, lived.now) == standing == lived.standing
    assert difference(history, turns) is None


async def test_every_decision_is_kept_with_its_rule_its_facts_and_its_edition(lived: Lived, kept: Database) -> None:
    async with kept.transaction() as session:
        written = {note.what: note for note in await notes.of_lead(session, lived.lead)}

    branch, passed, moved = (written[f"welcome: {what}"] for what in ("past branch-3", "past for_offices", "silent → fast"))
    assert (branch.by, branch.inputs) == ("step educate.branch-3", (("downloads", 1), ("segment", "plants")))
    assert (passed.by, passed.inputs) == ("step educate.for_offices", (("segment", "plants"),))
    assert (moved.by, moved.inputs, moved.seen) == ("rule demo", (("fit", "good"),), 7)
    assert {branch.ref, passed.ref, moved.ref} == {branch.ref}
    assert branch.ref.startswith("welcome@")
    assert written["hold lifted"].ref == ""


async def test_where_what_is_told_again_is_not_what_was_written_down_it_says_from_when_on(lived: Lived, kept: Database) -> None:
    """As after a run that was ended by hand and built up again: here a demo request is missing."""
    async with kept.transaction() as session:
        history = await history_of(session, lived.lead)
    without = tuple(one for one in history.heard if one.engagement.kind != "demo_requested")

    parts = difference(history, retell(replace(history, heard=without), lived.now))

    assert parts is not None
    assert (parts.at.date().isoformat(), parts.written) == ("2040-05-24", "stage consideration: demo requested while in stage interest")


async def test_a_letter_that_is_not_told_again_is_not_kept_quiet(lived: Lived, kept: Database) -> None:
    async with kept.transaction() as session:
        history = await history_of(session, lived.lead)
    [hello, *_] = history.ledger.values()
    doubled = {**history.ledger, lived.lead: replace(hello, key=lived.lead)}

    doubted = difference(replace(history, ledger=doubled), retell(history, lived.now))

    assert doubted is not None
    assert (doubted.at, doubted.written) == (hello.sent_at, "sent 'hello': 'hello' is the next letter of 'educate'")
