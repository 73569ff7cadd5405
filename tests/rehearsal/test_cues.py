"""What a persona does, and when, in the words of persona files."""

from datetime import date, datetime

import pytest

from nurture.kinds import Kind
from nurture.plan.spans import Span
from rehearsal.cues import Occasion, On, WrongCue, read_deed, read_occasion


@pytest.mark.parametrize(
    ("words", "occasion"),
    [
        ("at once", Occasion(on=On.START)),
        ("after 2 days", Occasion(on=On.START, wait=Span.parse("2 days"))),
        ("on letter hello", Occasion(on=On.LETTER, name="hello")),
        ("on letter hello + 3 hours", Occasion(on=On.LETTER, name="hello", wait=Span.parse("3 hours"))),
        ("on letter 2 + 1 working day", Occasion(on=On.LETTER, name="2", wait=Span.parse("1 working day"))),
        ("on every letter + 1 hour", Occasion(on=On.EVERY_LETTER, wait=Span.parse("1 hour"))),
        ("on task demo + 20 minutes", Occasion(on=On.TASK, name="demo", wait=Span.parse("20 minutes"))),
        ("on track long_hold", Occasion(on=On.TRACK, name="long_hold")),
        ("2040-05-01", Occasion(on=On.DAY, at=datetime(2040, 5, 1, 10))),  # noqa: DTZ001 - on the lead's clock
        ("2040-05-01 14:30", Occasion(on=On.DAY, at=datetime(2040, 5, 1, 14, 30))),  # noqa: DTZ001 - on the lead's clock
    ],
)
def test_a_cue_says_when(words: str, occasion: Occasion) -> None:
    assert read_occasion(words) == occasion


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("2040-13-01", "there is no day '2040-13-01'"),
        ("2040-5-1", "'2040-5-1' is no day"),
        ("01.05.2040", "'01.05.2040' is no day"),
        ("in 2 days", "'in 2 days' does not say when"),
        ("after two days", "'after two days' does not say when"),
        ("on letter", "'on letter' does not say when"),
    ],
)
def test_what_does_not_say_when_is_refused_with_what_would(words: str, what: str) -> None:
    with pytest.raises(WrongCue) as wrong:
        read_occasion(words)

    assert wrong.value.what == what
    assert "like" in wrong.value.fix or "after 2 days" in wrong.value.fix


def test_a_deed_says_what() -> None:
    assert read_deed("replied").kind is Kind.REPLIED
    assert read_deed("downloaded pricing_guide").content == "pricing_guide"
    assert read_deed("downloaded (top)").content == "(top)"
    assert read_deed("absent for 14 days").length == Span.parse("14 days")
    assert read_deed("held until 2040-06-01").day == date(2040, 6, 1)
    assert read_deed("rated 9").number == 9
    assert read_deed("issue_opened complaint").yes
    assert read_deed("learned size=large plans=later").learned == (("size", "large"), ("plans", "later"))
    contract = read_deed("contract_changed for 365 days auto_renews")
    assert (contract.length, contract.yes) == (Span.parse("365 days"), True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("repleid", "'repleid' is nothing that a lead does; did you mean 'replied'?"),
        ("downloaded", "'downloaded' does not say what; write 'downloaded NAME', or 'downloaded (top)' for a content of that depth"),
        ("replied loudly", "'loudly' does not belong after 'replied'; write 'replied' alone"),
        ("rated 11", "'11' is no rating; write a number from 0 to 10, like 'rated 9'"),
        ("absent", "'absent' does not say until when; write 'absent for 14 days', or 'absent until 2040-05-01'"),
        ("absent until May", "'May' is neither a length nor a day; write 'absent for 14 days', or 'absent until 2040-05-01'"),
        ("learned size", "'size' says no fields; write 'learned size=large', with a space between several"),
        ("permitted perhaps", "'perhaps' is neither yes nor no; write 'permitted yes' or 'permitted no'"),
        ("issue_opened loudly", "'loudly' does not belong after 'issue_opened'; write 'issue_opened', or 'issue_opened complaint'"),
    ],
)
def test_what_no_lead_can_do_is_refused_with_what_would_be_right(words: str, said: str) -> None:
    with pytest.raises(WrongCue) as wrong:
        read_deed(words)

    assert str(wrong.value) == said
