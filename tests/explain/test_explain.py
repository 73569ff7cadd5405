"""Why she got this, and why he has not got that: answers about a life that was lived in a town."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text

from nurture.leadside import Replied
from store.database import Database
from store.leads import engagements, leads
from store.leads.persons import Person
from tests.explain.conftest import Lived

pytestmark = pytest.mark.anyio

Starter = Callable[..., Awaitable[Any]]


def by_day(text: str) -> str:
    """The text without times of day, which are others for each lead, so that not all letters go at once."""
    return re.sub(r" \d\d:\d\d", "", text)


async def test_a_letter_that_was_sent_is_explained_with_its_edition_its_track_and_every_decision(starter: Starter, lived: Lived) -> None:
    said = await starter("explain", lived.lead, "--letter", "for_plants", "--json")

    [answer] = said.json["answers"]
    assert (said.code, answer["verdict"], said.json["told_exactly"]) == (0, "sent", True)
    assert answer["edition"].startswith("welcome@")
    first, second, third = map(by_day, answer["says"])
    assert first.startswith("'for_plants' of welcome was sent on Mon 19 Mar 2040 (Europe/London), by the edition welcome@")
    assert second == "Its step is 'for_plants' in the track 'educate', where the lead had come at the start, on Sun 04 Mar 2040."
    assert third == "The letter's own condition held: segment is plants."
    decided = [one["what"] for one in answer["decisions"]]
    assert decided == [
        "enrolled in welcome",
        "downloaded guide",
        "stage interest",
        "facts learned",
        "sent 'hello'",
        "welcome: past branch-3",
        "sent 'basics'",
    ]


async def test_a_renewal_letter_is_explained_by_the_end_of_the_contract(starter: Starter, lived: Lived) -> None:
    said = await starter("explain", lived.lead, "--letter", "customer/offer")

    assert said.code == 0
    assert "rule 'renewal': the contract ends on 2041-05-27, 90 days ahead is 2041-02-26" in said.out


@pytest.mark.parametrize(
    ("letter", "verdict", "because"),
    [
        (
            "for_offices",
            "passed_over",
            "went on without it on Mon 19 Mar 2040: not for this lead: segment == 'offices' (segment is plants)",
        ),
        ("narrow", "other_side", "went another way: side 2 of 2"),
        ("welcome/offer", "not_entered", "downloads >= 3, which does not hold: downloads is 1"),
        ("welcome/check_in", "left", "when the lead left that for 'silent' on Mon 26 Mar 2040: rule 'silent': no answer for 21 days"),
        ("after_talk", "left", "left that for 'won' on Sun 27 May 2040: rule 'won': the rep answered won"),
    ],
)
async def test_a_letter_that_was_not_sent_is_explained_by_what_kept_it(
    starter: Starter, lived: Lived, letter: str, verdict: str, because: str
) -> None:
    said = await starter("explain", lived.lead, "--letter", letter, "--json")

    [answer] = said.json["answers"]
    assert answer["verdict"] in (verdict, "over")
    assert because in by_day(" ".join(answer["says"]))
    assert by_day(answer["says"][-1]) == "welcome is over for this lead since Sun 27 May 2040: won."


@pytest.mark.parametrize(
    ("at", "says"),
    [
        ("2040-03-15", ["track 'educate'", "It waited until Mon 19 Mar 2040: a pause of 7 days"]),
        ("2040-04-10", ["track 'silent'", "A rep had it (unresponsive)", "rule 'silent': no answer for 21 days to 3 letters"]),
        ("2040-05-01", ["It was on hold until 2040-07-11: a human paused this lead."]),
        ("2041-03-10T12:00+00:00", ["In customer", "track 'renewal'", "A rep had it (renewal)"]),
        ("2039-01-01", ["the lead was in no campaign yet"]),
    ],
)
async def test_a_date_is_answered_with_where_the_lead_was_then_and_why(starter: Starter, lived: Lived, at: str, says: list[str]) -> None:
    said = await starter("explain", "ada.quillfeather@example.com", "--at", at)

    assert said.code == 0
    assert [sentence for sentence in says if sentence not in by_day(said.out)] == []


@pytest.mark.parametrize(
    ("words", "fix"),
    [
        (["--letter", "helo"], "no campaign has a letter 'helo'; did you mean 'hello'?"),
        (["--letter", "welcom/hello"], "no campaign welcom has a letter 'hello'"),
        (["--at", "2047-01-01"], "--at: 2047-01-01 lies in the future"),
        (["--at", "spring"], "'spring' is not a day"),
    ],
)
async def test_a_question_that_cannot_be_answered_is_refused_with_the_nearest_right_one(
    starter: Starter, lived: Lived, words: list[str], fix: str
) -> None:
    said = await starter("explain", lived.lead, *words)

    assert said.code == 1
    assert fix in said.err


async def test_nobody_is_explained_who_is_not_there(starter: Starter, lived: Lived) -> None:
    said = await starter("explain", "nobody@example.com")

    assert (said.code, "there is no lead 'nobody@example.com'" in said.err) == (1, True)


async def test_a_lead_that_is_in_no_campaign_is_explained_too(starter: Starter, lived: Lived, kept: Database) -> None:
    async with kept.transaction() as session:
        await leads.register(session, Person(email="grace@example.org"), lived.now)

    where, why = await starter("explain", "grace@example.org"), await starter("explain", "grace@example.org", "--letter", "basics")
    supposed = await starter("whatif", "grace@example.org", "--from", "2041-01-01", "--change", "fact fit=good")

    assert (where.code, why.code, supposed.code) == (0, 0, 1)
    assert "the lead was in no campaign yet" in where.out
    assert "'basics' is a letter of welcome, and the lead has never been in that campaign." in why.out
    assert "--from: the lead was not there on 2041-01-01; it was never in a campaign" in supposed.err


async def test_what_its_workflow_has_not_heard_of_is_not_told_but_counted(starter: Starter, lived: Lived, kept: Database) -> None:
    async with kept.transaction() as session:
        await engagements.record(session, lived.lead, Replied(at=lived.now))

    said = await starter("explain", lived.lead)

    async with kept.transaction() as session:
        await session.execute(text("DELETE FROM engagements WHERE relayed_at IS NULL"))
    assert said.code == 0
    assert "1 engagement not told here: the lead's workflow has not heard of that yet." in said.err
