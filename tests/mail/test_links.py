"""Unsubscribe links: made here or not believed."""

import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.links import read_unsubscribe_token, unsubscribe_token, unsubscribe_url

SECRET = "a secret of enough length"
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
