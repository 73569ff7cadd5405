"""The town of the scenarios: what it says when a lead does not come to rest."""

import pytest

from local.town import Town
from store.leads.persons import Person
from tests.scenarios.conftest import ada, town, town_settings
from tests.scenarios.telling import campaign, enrolled, task

__all__ = ["ada", "town", "town_settings"]

pytestmark = pytest.mark.anyio


async def test_a_lead_that_does_not_come_to_rest_fails_whoever_waits_for_it_with_what_it_did_last(
    town: Town, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = await enrolled(town, ada, campaign(tracks={"steady": [task("call", outcomes=["done"])]}))
    monkeypatch.setattr("local.town._LONGEST_SETTLING_S", 0.2)
    monkeypatch.setattr("local.town.is_idle", lambda history: False)

    with pytest.raises(TimeoutError) as waited:
        await town.settle([lead])

    assert str(waited.value).startswith(f"lead {lead} was told everything and does not come to rest after ")
    assert "EVENT_TYPE_ACTIVITY_TASK_COMPLETED" in str(waited.value)
