"""The file of assumptions: what it says beside the usual values, and what is wrong with it, each with its line and the fix."""

from pathlib import Path

import pytest

from forecast.assumptions import Assumptions
from forecast.rates import read_rates
from nurture.kinds import Purpose
from nurture.plan.problems import CampaignError

SAMPLE = Path(__file__).parents[2] / "campaigns" / "assumptions" / "rates.yaml"


def test_the_sample_file_says_the_usual_values() -> None:
    assert read_rates(SAMPLE.read_text(encoding="utf-8"), SAMPLE.name) == Assumptions()


@pytest.mark.parametrize("text", ["", "# nothing but words\n\n"])
def test_a_file_that_says_nothing_assumes_what_is_usual(text: str) -> None:
    assert read_rates(text, "rates.yaml") == Assumptions()


def test_what_is_said_of_a_letter_by_name_is_nearer_than_its_purpose_and_the_rest_is_as_usual() -> None:
    assumed = read_rates("letters: {usual: {reply: 1}, purposes: {sales: {click: 5, reply: 2}}, named: {offer: {reply: 3}}}", "rates.yaml")

    about = assumed.letters.about("offer", Purpose.SALES)

    assert (about.reply, about.click, about.bounce) == (3, 5, Assumptions().letters.usual.bounce)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("arrivals:\n  at_start: 120", "rates.yaml:2: 120 is too much for 'at_start'; 100 at most"),
        ("arrivals:\n  by_month: [1, 2]", "rates.yaml:2: 'by_month' has 2 entries; write 12"),
        ("sendin: {at_most: 3}", "rates.yaml:1: 'sendin' is not known here; did you mean 'sending'?"),
        ("letters:\n  usual: {clik: 3}", "rates.yaml:2: 'clik' is not known here; did you mean 'click'?"),
        ("letters:\n  usual: {reply: lots}", "rates.yaml:2: 'reply' cannot be 'lots'; write a number"),
        (
            "letters:\n  usual: {click: 90, reply: 20}",
            "rates.yaml:2: all that follows from a letter adds up to 114.1 percent; write 100 at most",
        ),
        ("letters:\n  within: soon", "rates.yaml:2: 'soon' is not a length of time; write it like '20 hours' or '2 days'"),
        ("places:\n  - {share: 1, zone: Asia/Tokio}", "rates.yaml:2: there is no time zone 'Asia/Tokio'; write 'Asia/Tokyo'"),
        ("tasks:\n  usual: {answers: {wun: 3}}", "rates.yaml:2: 'wun' is not an answer of a rep; did you mean 'won'?"),
        ("tasks:\n  usual: {within: 0 hours}", "rates.yaml:2: a time of nothing cannot be halved; write '1 minute' at least"),
        (
            "not_now_days: [9, 3]",
            "rates.yaml:1: [9, 3] is not a range of days; write the fewest and the most, like [3, 15], from 1 to 1500",
        ),
        ("reps:\n  from: 9", "rates.yaml:2: 'from' cannot be 9; write a time of day in quotes, like \"09:00\""),
        ("- a\n- b", "rates.yaml:1: this is not a file of assumptions; write lines like 'consent: 95'"),
    ],
)
def test_what_is_wrong_is_refused_with_line_value_and_fix(text: str, said: str) -> None:
    with pytest.raises(CampaignError) as wrong:
        read_rates(text, "rates.yaml")

    assert str(wrong.value) == said


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(CampaignError) as wrong:
        read_rates("consent: 101\nsendin: {}\nletters: {usual: {reply: -1}}", "rates.yaml")

    assert [problem.line for problem in wrong.value.problems] == [1, 2, 3]


def test_what_leads_cannot_do_by_themselves_is_refused() -> None:
    with pytest.raises(CampaignError, match="'enrolled' cannot be assumed here"):
        read_rates("by_themselves: {enrolled: 3}", "rates.yaml")
