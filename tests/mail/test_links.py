"""The links of letters that are as good as a word of the lead's own: made here for one purpose, or not believed."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.links import (
    confirm_token,
    preferences_token,
    read_confirm_token,
    read_preferences_token,
    read_unsubscribe_token,
    unsubscribe_token,
    unsubscribe_url,
)

SECRET = "a secret of enough length"
READERS: list[Callable[[str, str], object]] = [read_unsubscribe_token, read_preferences_token, read_confirm_token]
ADA = UUID("01920000-0000-7000-8000-000000000001")


@given(st.uuids(), st.from_regex(r"[a-z][a-z0-9_-]{0,47}", fullmatch=True) | st.just("*"))
def test_a_link_says_who_refuses_what(lead_id: UUID, topic: str) -> None:
    token = unsubscribe_token(SECRET, lead_id, topic)

    assert read_unsubscribe_token(SECRET, token) == (lead_id, topic)
    assert re.fullmatch(r"[A-Za-z0-9_-]{20,150}", token)


def test_a_link_with_any_character_changed_is_not_believed() -> None:
    token = unsubscribe_token(SECRET, ADA, "maintenance")
    changed = [token[:at] + ("A" if letter != "A" else "B") + token[at + 1 :] for at, letter in enumerate(token)]

    assert [read_unsubscribe_token(SECRET, each) for each in changed] == [None] * len(token)


@pytest.mark.parametrize(
    "change", [lambda token: token + "A", lambda token: token[:-1], lambda token: token + "=", lambda token: token[1:]]
)
def test_a_longer_or_shorter_link_is_not_believed(change: object) -> None:
    assert callable(change)
    assert read_unsubscribe_token(SECRET, change(unsubscribe_token(SECRET, ADA, "maintenance"))) is None


def test_a_link_made_with_another_secret_is_not_believed() -> None:
    assert read_unsubscribe_token(SECRET, unsubscribe_token("another secret of length", ADA, "maintenance")) is None


@given(st.text(max_size=500))
def test_junk_is_not_believed_and_breaks_nothing(junk: str) -> None:
    assert read_unsubscribe_token(SECRET, junk) is None


def test_the_link_begins_with_the_address_of_the_web_app() -> None:
    token = unsubscribe_token(SECRET, ADA, "maintenance")

    assert unsubscribe_url("https://sodate.example.com", SECRET, ADA, "maintenance") == f"https://sodate.example.com/u/{token}"
    assert unsubscribe_url("https://sodate.example.com/", SECRET, ADA, "maintenance") == f"https://sodate.example.com/u/{token}"


def test_a_link_in_a_letter_that_was_sent_long_ago_is_still_believed() -> None:
    token = "hL_pLhpgGHdwX6S-4qtTvUxUSO80kk8p44PPUjoYnRsBkgAAAABwAIAAAAAA"
    token += "AAABbWFpbnRlbmFuY2U"

    assert read_unsubscribe_token(SECRET, token) == (ADA, "maintenance")


@given(st.uuids(), st.from_regex(r"[a-z][a-z0-9_-]{0,47}", fullmatch=True))
def test_a_link_for_one_purpose_is_none_for_another(id: UUID, topic: str) -> None:
    tokens = unsubscribe_token(SECRET, id, topic), preferences_token(SECRET, id, topic), confirm_token(SECRET, id)
    unsubscribes, chooses, confirms = ([read(SECRET, token) for token in tokens] for read in READERS)

    assert unsubscribes == [(id, topic), None, None]
    assert chooses == [None, (id, topic), None]
    assert confirms == [None, None, id]


@given(st.text(max_size=500))
def test_junk_chooses_and_confirms_nothing(junk: str) -> None:
    assert [read(SECRET, junk) for read in READERS] == [None, None, None]
