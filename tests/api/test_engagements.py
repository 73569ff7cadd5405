"""Programs tell what happened: up to some hundreds at once, each answered for itself, and counted once."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from nurture.plan.campaign import Campaign
from store.campaigns import campaigns
from store.consent import consents
from store.database import Database
from store.journeys import enrollments
from store.team import tokens
from tests.api.conftest import Program, wrong_fields
from tests.web.conftest import Clock

pytestmark = pytest.mark.anyio


async def told(client: httpx.AsyncClient, *happened: dict[str, Any]) -> list[Any]:
    answer = await client.post("engagements", json={"engagements": happened})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["results"])


async def test_each_of_many_is_recorded_or_refused_for_itself(crm: httpx.AsyncClient, ada: UUID, kept: Any) -> None:
    results = await told(
        crm,
        {"lead": "ADA@example.com", "kind": "attended", "content": "fair", "medium": "booth"},
        {"lead": "nobody@example.com", "kind": "replied"},
        {"lead": str(ada), "kind": "downloaded", "content": "sensor-giude"},
        {"lead": str(ada), "kind": "downloaded", "content": "sensor-guide"},
        {"lead": str(ada), "kind": "absent", "until": "2025-03-03"},
        {"lead": str(ada), "kind": "replied", "at": "2025-03-04T00:00:00Z"},
    )

    assert [result["status"] for result in results] == [201, 404, 422, 201, 422, 422]
    assert [result["seq"] for result in results] == [1, None, None, 2, None, None]
    (wrong,) = results[2]["problem"]["errors"]
    assert (wrong["pointer"], "did you mean 'sensor-guide'?" in wrong["detail"]) == ("#/engagements/2/content", True)
    assert "lies in the future" in results[5]["problem"]["errors"][0]["detail"]
    assert await kept.kinds() == ["attended", "downloaded"]


async def test_a_body_that_does_not_fit_is_refused_before_anything_is_recorded(crm: httpx.AsyncClient, ada: UUID, kept: Any) -> None:
    slips = [
        {"lead": str(ada), "kind": "replied"},
        {"lead": str(ada), "kind": "rated", "rating": 11},
        {"lead": str(ada), "kind": "enrolled"},
        {"lead": str(ada), "kind": "visited", "content": "pricing", "noet": "x"},
        {"lead": str(ada)},
    ]

    found = wrong_fields(await crm.post("engagements", json={"engagements": slips}))

    assert set(found) == {"#/engagements/1/rating", "#/engagements/2/kind", "#/engagements/3/noet", "#/engagements/4/kind"}
    assert "replied" in found["#/engagements/2/kind"]
    assert await kept.kinds() == []
    assert set(wrong_fields(await crm.post("engagements", json={"engagements": slips[:1] * 501}))) == {"#/engagements"}


async def test_an_event_with_a_key_counts_once_also_for_the_token_that_takes_the_place(
    crm: httpx.AsyncClient, program: Program, ada: UUID, kept: Any, database: Database, clock: Clock
) -> None:
    event = {"lead": str(ada), "kind": "replied", "key": "mail-4711"}
    first = await told(crm, event, event)
    async with database.transaction() as session:
        await tokens.revoke(session, "crm", "Mika", clock.now())
    second = await told(await program("crm"), event)
    other = await told(await program("shop"), event)

    assert [result["status"] for result in first + second + other] == [201, 200, 200, 201]
    assert await kept.kinds() == ["replied", "replied"]


async def test_who_opts_out_gets_no_letter_from_that_moment_and_a_repetition_does_not_do_it_again(
    crm: httpx.AsyncClient, ada: UUID, kept: Any, database: Database, clock: Clock
) -> None:
    event = {"lead": str(ada), "kind": "opted_out", "topic": "maintenance", "key": "1"}
    assert [result["status"] for result in await told(crm, event)] == [201]
    assert await kept.suppressed_topics() == ["maintenance"]

    assert [result["status"] for result in await told(crm, event | {"key": "2", "topic": "maintainance"})] == [422]
    assert [result["status"] for result in await told(crm, {"lead": str(ada), "kind": "bounced"})] == [201]
    assert await kept.suppressed_topics() == [consents.EVERYTHING, "maintenance"]


async def test_an_issue_has_an_id_by_which_it_is_settled(crm: httpx.AsyncClient, ada: UUID) -> None:
    (opened,) = await told(crm, {"lead": str(ada), "kind": "issue_opened", "complaint": True})
    closing = {"lead": str(ada), "kind": "issue_closed", "issue": opened["issue"]}

    assert [result["status"] for result in await told(crm, closing, closing)] == [201, 422]


async def test_fields_are_learned_as_the_campaigns_of_the_lead_plan_them(
    crm: httpx.AsyncClient, ada: UUID, database: Database, clock: Clock
) -> None:
    planned = Campaign.model_validate(
        {"campaign": "fair", "topic": "maintenance", "start": "a", "fields": {"budget": "yes_no", "size": "number"}}
        | {"tracks": {"a": {"steps": [{"wait": "1 day"}]}}}
    )
    async with database.transaction() as session:
        await campaigns.keep(session, planned, "", clock.now())
        await enrollments.enroll(session, ada, planned, clock.now())

    good, wrong = await told(
        crm,
        {"lead": str(ada), "kind": "facts_learned", "learned": {"budget": True, "size": 1200}},
        {"lead": str(ada), "kind": "facts_learned", "learned": {"budget": "perhaps", "colour": "red"}},
    )

    assert good["status"] == 201
    assert {error["pointer"] for error in wrong["problem"]["errors"]} == {
        "#/engagements/1/learned/budget",
        "#/engagements/1/learned/colour",
    }
    seen = (await crm.get(f"leads/{ada}/engagements")).json()["items"]
    assert [(one["seq"], one["kind"], one["facts"]) for one in seen if one["kind"] == "facts_learned"] == [
        (2, "facts_learned", {"learned": [["budget", True], ["size", 1200]]})
    ]


async def test_what_is_personal_about_an_engagement_is_not_handed_out(crm: httpx.AsyncClient, ada: UUID) -> None:
    await told(crm, {"lead": str(ada), "kind": "permitted", "allowed": True, "every_days": 30, "evidence": "Ada Byron said so"})

    answer = await crm.get(f"leads/{ada}/engagements")

    assert "Byron" not in answer.text
    assert answer.json()["items"][0]["facts"] == {"allowed": True, "every_days": 30}
