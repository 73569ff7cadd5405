"""Lives that are made up: the same every time, however they are divided, and true to what is assumed."""

import gc
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from forecast.assumptions import Assumptions
from forecast.findings import findings
from forecast.life import EndlessLife
from forecast.many import foretell, lives
from forecast.rates import read_rates
from forecast.tally import Counts
from forecast.world import World
from nurture.kinds import Refusal
from nurture.plan.campaign import Campaign
from nurture.reading.language import read_campaign

SHORT = read_campaign((Path(__file__).parent / "short.yaml").read_text(encoding="utf-8"), "short.yaml")
SILENT = "letters: {usual: {click: 0, reply: 0, download: 0, refuse: 0, bounce: 0, absence: 0}, purposes: {}}\nby_themselves: {}\n"


def world(rates: str = "", *campaigns: Campaign, seed: int = 1, days: int = 60) -> World:
    known = {campaign.name: campaign for campaign in campaigns or (SHORT,)}
    return World(campaigns=known, assumed=read_rates(rates, "rates.yaml"), seed=seed, begins_on=date(2040, 3, 5), days=days)


def campaign(name: str, **parts: Any) -> Campaign:
    return Campaign.model_validate({"campaign": name, "topic": "news", "start": "one", "window": {"always": True}} | parts)


def test_the_same_lives_are_lived_in_two_processes_and_in_one() -> None:
    here = world(days=14)

    assert foretell(here, 600, workers=2) == foretell(here, 600)


def test_another_seed_gives_other_lives_and_the_same_seed_the_same() -> None:
    assert lives(world(seed=1), 0, 40) == lives(world(seed=1), 0, 40) != lives(world(seed=2), 0, 40)


def test_lives_can_be_counted_in_parts_in_any_order() -> None:
    parts, together = [lives(world(), 10, 15), lives(world(), 0, 10)], Counts()
    for part in parts:
        together.add(part)

    assert together == lives(world(), 0, 25)


def test_a_life_that_was_lived_leaves_nothing_in_memory() -> None:
    """Whoever lives very many of them does not look for garbage: that takes a tenth of the time."""
    here = world()
    lives(here, 0, 20)
    gc.collect()
    gc.disable()
    try:
        lives(here, 20, 40)
        left = gc.collect()
    finally:
        gc.enable()

    assert left == 0


def test_silent_leads_get_their_letters_in_order_and_nothing_follows() -> None:
    plan = campaign("news", tracks={"one": {"steps": [{"email": "first"}, {"wait": "3 days"}, {"email": "second"}]}, "two": {"steps": []}})

    counts = lives(world(f"arrivals: {{at_start: 100}}\nconsent: 100\n{SILENT}", plan), 0, 30)

    assert counts.letters == {("news", "first"): 30, ("news", "second"): 30}
    assert counts.mails == {0: 30, 3: 30}
    assert not counts.reactions


def test_nobody_is_written_to_without_consent_and_a_person_is_called_instead() -> None:
    counts = lives(world(f"consent: 0\narrivals: {{at_start: 100}}\n{SILENT}", days=20), 0, 20)

    assert not counts.mails
    assert counts.unsent["welcome", Refusal.NO_CONSENT] >= 20
    assert counts.tasks["welcome", "unreachable"] == 20


def test_who_does_not_confirm_a_consent_in_time_gets_nothing_but_the_letter_that_asks() -> None:
    plan = campaign("news", double_opt_in="3 days", tracks={"one": {"steps": [{"email": "first"}]}})

    def of(confirm: int, consent: int = 100) -> Counts:
        rates = f"arrivals: {{at_start: 100}}\nconsent: {consent}\nconfirm: {confirm}\n{SILENT}"
        return lives(world(rates, plan, days=20), 0, 200)

    nobody, some, usual = of(0), of(50), of(70)
    assert (nobody.mails, nobody.letters) == ({0: 200}, {})
    assert nobody.tasks["news", "unreachable"] == 200
    assert 60 < some.letters["news", "first"] < usual.letters["news", "first"] < 150
    assert some.letters["news", "first"] + some.tasks["news", "unreachable"] == 200
    assert not of(100, consent=0).mails


def test_what_is_assumed_happens_about_as_often() -> None:
    rates = "arrivals: {at_start: 100}\nletters: {usual: {click: 30, reply: 10}, purposes: {}}"

    counts = lives(world(rates, days=10), 0, 600)

    sent = counts.letters["welcome", "hello"]
    assert 0.25 < counts.reactions["welcome", "hello", "click"] / sent < 0.35
    assert 0.06 < counts.reactions["welcome", "hello", "reply"] / sent < 0.14


def test_letters_that_nobody_gets_and_tracks_that_nobody_enters_are_named() -> None:
    plan = campaign("news", tracks={"one": {"steps": [{"email": "first"}]}, "never": {"steps": [{"email": "unread"}]}})
    here = world(SILENT, plan)

    foretold = findings(here, lives(here, 0, 10), 10)

    assert [row.letter for row in foretold.silent_letters] == ["unread"]
    assert [row.track for row in foretold.empty_tracks] == ["never"]


def test_a_lead_goes_on_in_a_campaign_that_was_given_and_else_it_is_said_that_it_would() -> None:
    first = campaign("first", tracks={"one": {"steps": [{"enroll": "second"}, {"end": "over"}]}})
    second = campaign("second", tracks={"one": {"steps": [{"email": "hello"}]}})
    rates = f"arrivals: {{at_start: 100}}\nconsent: 100\n{SILENT}"

    alone, both = lives(world(rates, first), 0, 5), lives(world(rates, first, second), 0, 5)

    assert (alone.beyond, both.beyond) == ({"second": 5}, {})
    assert both.letters == {("second", "hello"): 5}


def test_every_lead_is_in_one_stage_on_every_day_after_it_came() -> None:
    here = world()

    foretold = findings(here, lives(here, 0, 80), 80)

    came = [sum(foretold.arrivals[: day + 1]) for day in range(here.days)]
    assert [sum(leads[day] for leads in foretold.stages.values()) for day in range(here.days)] == came


def test_a_plan_that_never_lets_time_pass_is_named_and_does_not_hang() -> None:
    ring = {"one": {"steps": [{"go": "two"}]}, "two": {"steps": [{"go": "one"}]}}

    with pytest.raises(EndlessLife):
        lives(world("arrivals: {at_start: 100}", campaign("ring", tracks=ring)), 0, 1)


def test_the_usual_assumptions_are_whole() -> None:
    assert Assumptions().sending.limit(3) is None
    assert read_rates("sending: {first_day: 100, doubles_in_days: 7, at_most: 350}", "r").sending.limit(7) == 200
    assert read_rates("sending: {first_day: 100, doubles_in_days: 7, at_most: 350}", "r").sending.limit(70) == 350
