"""Workers are killed while they send: no letter is lost, and none goes twice but where nobody can know whether it went."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from temporalio.client import Client

from benchmarks.doubles import Boundary
from benchmarks.kills import Tally, tally
from benchmarks.stand import Case
from local.temporal import dev_server
from tests.databases import Databases

pytestmark = pytest.mark.anyio

LETTERS = 6
CASES = [Case(boundary=Boundary.DURING_DATA), Case(boundary=Boundary.AFTER_YES), Case(boundary=Boundary.AFTER_YES, by="resend")]
"""The others are those of ``benchmarks.kills``: each costs two workers that are started to be killed."""


@pytest.fixture(scope="module")
async def tallies(databases: Databases, anyio_backend: str) -> AsyncIterator[dict[Case, Tally]]:
    """All cases at once, each in a namespace and a database of its own: most of their time they wait until Temporal misses a worker."""
    names = [f"kills-{number}" for number in range(len(CASES))]
    urls = [databases.lend() for _ in CASES]
    async with dev_server(arguments=[word for name in names for word in ("--namespace", name)]) as server:
        clients = [await Client.connect(server.address, namespace=name) for name in names]
        killing = (tally(case, LETTERS, LETTERS, url, client) for case, url, client in zip(CASES, urls, clients, strict=True))
        yield {done.case: done for done in await asyncio.gather(*killing)}
    for url in urls:
        databases.take_back(url)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.boundary}, {case.by}")
async def test_no_letter_is_lost_wherever_its_worker_is_killed(tallies: dict[Case, Tally], case: Case) -> None:
    done = tallies[case]

    assert done.killed >= LETTERS
    assert (done.arrived, done.booked, done.lost) == (LETTERS, LETTERS, 0)


@pytest.mark.parametrize("case", [case for case in CASES if not case.may_double], ids=lambda case: f"{case.boundary}, {case.by}")
async def test_no_letter_goes_twice_where_somebody_can_know_that_it_went(tallies: dict[Case, Tally], case: Case) -> None:
    assert tallies[case].doubled == 0


async def test_by_plain_smtp_only_letters_killed_between_yes_and_commit_go_twice(tallies: dict[Case, Tally]) -> None:
    done = tallies[Case(boundary=Boundary.AFTER_YES)]

    assert 0 < done.doubled <= done.killed


async def test_a_provider_with_keys_knows_a_letter_that_it_had_said_yes_to(tallies: dict[Case, Tally]) -> None:
    assert tallies[Case(boundary=Boundary.AFTER_YES, by="resend")].repeated > 0
