"""What a campaign file says of consents: what is wrong is named with its line and what would be right."""

import pytest

from nurture.plan.campaign import Campaign
from nurture.plan.problems import CampaignError
from nurture.plan.spans import Span, Unit
from nurture.reading.language import read_campaign

PLAN = """\
campaign: welcome
topic: insights
language: en
start: only
tracks:
  only:
    stage: interest
    steps:
      - email: hello
"""
FORM = "forms:\n  guide: {engagement: demo_requested, consent: Yes please.}\n"


def with_consent(said: str, form: str = FORM) -> str:
    """A right campaign that also says this, in its tenth line."""
    return f"{PLAN}{said}\n{form}"


def problems(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(CampaignError) as wrong:
        read_campaign(text, "x.yaml")
    return [(problem.line, problem.what, problem.fix) for problem in wrong.value.problems]


def test_a_consent_may_have_to_be_confirmed_and_a_topic_may_have_names() -> None:
    campaign = read_campaign(with_consent("double_opt_in: 7 days\ntopic_names: {en: Maintenance, ja: 保全}"), "x.yaml")

    assert (campaign.double_opt_in, campaign.topic_names) == (Span(7, Unit.DAY), {"en": "Maintenance", "ja": "保全"})
    assert Campaign.restore(campaign.ref, campaign.to_json()) == campaign


def test_a_campaign_that_says_nothing_of_it_is_the_same_edition_as_ever() -> None:
    kept = read_campaign(PLAN, "x.yaml").to_json()

    assert "double_opt_in" not in kept
    assert "topic_names" not in kept


@pytest.mark.parametrize(
    ("said", "what", "fix"),
    [
        ("double_opt_in: 0 days", "'0 days' is no time at all", "write 1 or more, or take it out"),
        ("double_opt_in: 5 minutes", "'5 minutes' is too short to read a letter", "write '1 hour' or more, like '7 days'"),
        ("double_opt_in: 61 days", "'61 days' is too long: who wants to confirm does it soon", "60 days at most, like '7 days'"),
        ("double_opt_in: 1441 hours", "'1441 hours' is too long: who wants to confirm does it soon", "60 days at most, like '7 days'"),
        ("topic_names: {jp: 保全}", "'jp' is not a language", "did you mean 'ja'?"),
    ],
)
def test_what_is_wrong_is_named(said: str, what: str, fix: str) -> None:
    assert problems(with_consent(said)) == [(10, what, fix)]


@pytest.mark.parametrize("said", ["double_opt_in: true", "double_opt_in: soon", "topic_names: [ja]", "topic_names: {ja: ''}"])
def test_what_is_no_length_of_time_and_no_name_is_refused(said: str) -> None:
    assert [found[0] for found in problems(with_consent(said))] == [10]


def test_to_confirm_what_no_form_asks_for_is_a_slip() -> None:
    form = "forms:\n  guide: {engagement: demo_requested}\n"
    text = with_consent("double_opt_in: 7 days", form)

    assert [what for _, what, _ in problems(text)] == ["no form asks for a consent that could be confirmed"]
