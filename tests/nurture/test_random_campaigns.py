"""Whatever a marketer writes and whatever happens to a lead, the rules of the house hold."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import HealthCheck, given, settings

from nurture.kinds import Kind
from nurture.plan.rule import When
from nurture.plan.track import STEPS
from tests.nurture import random_campaigns, random_happenings
from tests.nurture.random_lives import Story, live, stories

FIXED = settings(derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@settings(FIXED, max_examples=200)
@given(stories())
def test_no_lead_is_forgotten_no_cap_is_broken_and_nobody_who_refused_is_written_to(story: Story) -> None:
    live(story)


@contextmanager
def _machine_in(zone: str) -> Iterator[None]:
    before = os.environ.get("TZ")
    try:
        os.environ["TZ"] = zone
        time.tzset()
        yield
    finally:
        os.environ.pop("TZ")
        os.environ |= {"TZ": before} if before is not None else {}
        time.tzset()


@settings(FIXED, max_examples=60)
@given(stories())
def test_what_is_decided_does_not_depend_on_the_machines_zone(story: Story) -> None:
    with _machine_in("Pacific/Kiritimati"):
        east = live(story)
    with _machine_in("America/Los_Angeles"):
        west = live(story)

    assert east.journal == west.journal
    assert east.state == west.state


def test_every_step_every_trigger_and_every_engagement_is_drawn() -> None:
    beside = {"content", "answered", "for_", "ahead"}

    assert set(random_campaigns.STEPS) == set(STEPS)
    assert set(random_campaigns.TRIGGERS) == set(When.model_fields) - beside
    assert set(random_happenings.HAPPENINGS) == set(Kind) - {Kind.ERASED}
