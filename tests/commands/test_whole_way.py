"""The whole way from the command line, with time skipped: in, started, seen, spoken to, answered, and not forgotten."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from local.town import Town
from local.town import town as a_town

pytestmark = pytest.mark.anyio

Starter = Callable[..., Awaitable[Any]]
NothingPersonal = Callable[..., Awaitable[Any]]
Ask = Callable[..., Awaitable[list[Any]]]

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = "email,family_name,given_name,company,country,language,zone,fit,consent_basis,consent_at,consent_topic,campaign"
ONO = "ono@example.co.jp,小野,葵,表示株式会社,JP,ja,Asia/Tokyo,good,opt_in,2025-05-21T10:30:00+09:00,insights,welcome"
ADA = "ada@example.com,Lovelace,Ada,Engines Ltd,GB,en,Europe/London,good,opt_in,2025-05-21,insights,welcome"
EVE = "eve@example.com,Nobody,Eve,Engines Ltd,GB,en,Europe/London,good,,,,welcome"


@pytest.fixture
async def town(database_url: str, nothing_personal: NothingPersonal, anyio_backend: str) -> AsyncIterator[Town]:
    async with a_town(database_url) as here:
        yield here
        await nothing_personal(here.client, here.database)


async def test_a_lead_from_the_file_to_the_contract(town: Town, starter: Starter, ask: Ask, tmp_path: Path) -> None:
    address = town.client.service_client.config.target_host
    file = tmp_path / "leads.csv"
    file.write_text("\n".join([COLUMNS, ONO, ADA, EVE, ""]), encoding="utf-8")

    async def say(*words: object) -> Any:
        done = await starter(*words, clock=town.clock, TEMPORAL_ADDRESS=address)
        assert done.code == 0, done.err
        return done

    async def all_leads() -> Sequence[UUID]:
        return await ask("SELECT id FROM leads ORDER BY email DESC")

    await say("leads", "import", file)
    await say("campaign", "start", ROOT / "campaigns" / "customer.yaml")
    started = await say("campaign", "start", ROOT / "campaigns" / "welcome.yaml", "--leads", file)
    assert "3 leads enrolled" in started.out
    assert "Temporal has all of them" in started.out
    await town.settle(await all_leads())
    ono, eve, _ = await all_leads()

    first = await say("lead", "show", "ono@example.co.jp")
    assert "小野 葵" in first.out
    assert "welcome: track educate, at hello" in first.out
    assert "Asia/Tokyo (" in first.out
    assert "asked of its workflow" in first.out

    await town.skip(days=8)
    seen = (await say("lead", "show", ono, "--json")).json
    assert (seen["asked"], seen["standing"]["open"], seen["standing"]["positions"][0]["track"]) == ("workflow", True, "educate")
    assert [entry["what"] for entry in seen["story"] if entry["of"] == "letter"][:1] == ["sent welcome/hello"]
    without_consent = (await say("lead", "show", "eve@example.com", "--json")).json
    assert [task["reason"] for task in without_consent["tasks"]] == ["unreachable"]

    await say("lead", "signal", ono, "replied")
    await town.settle([ono])
    tasks = (await say("tasks", "list", "--json")).json
    (replied,) = [task for task in tasks if task["reason"] == "replied"]
    assert replied["lead_id"] == str(ono)

    await say("people", "add", "Mori", "mori@team.example.com", "--role", "rep")
    await say("tasks", "claim", replied["id"][:8], "--as", "Mori")
    last_day = f"{town.now.year + 1}-{town.now.month:02}-01"
    await say("tasks", "complete", replied["id"], "--outcome", "won", "--contract-ends-on", last_day, "--as", "Mori")
    await town.settle([ono])
    customer = await say("lead", "show", ono)
    assert "customer: track onboarding" in customer.out
    assert f"until {last_day}" in customer.out
    assert "Mori answered replied: won" in customer.out
    assert max(map(len, customer.out.splitlines())) <= 100

    healthy = await say("doctor", "--deep")
    assert "Every one of 3 open leads has a next wake-up, or an owner with a deadline." in healthy.out
    assert "all looked up in Temporal" in healthy.out

    await town.client.get_workflow_handle(f"lead-{eve}").terminate()
    ill = await starter("doctor", "--deep", "--json", clock=town.clock, TEMPORAL_ADDRESS=address)
    assert ill.code == 4
    assert [(row["lead_id"], row["why"]) for row in ill.json["findings"]] == [(str(eve), "it is open, but its workflow does not run")]
    alone = await say("lead", "show", eve)
    assert "It has no workflow running, so this is what the database knows." in alone.out
