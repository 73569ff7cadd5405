"""Another value like a frozen one: the same as the standard library's, only faster."""

import dataclasses
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from nurture.frozen import replace
from nurture.state import newcomer

STATE = newcomer(UUID(int=1))


def test_it_gives_what_the_standard_library_gives() -> None:
    changes: dict[str, Any] = {"seen": 3, "touch_at": datetime(2040, 3, 5, tzinfo=UTC), "stage": "aware"}

    assert replace(STATE, **changes) == dataclasses.replace(STATE, **changes) != STATE


def test_what_was_there_stays_as_it_was() -> None:
    other = replace(STATE, seen=3)

    assert (STATE.seen, other.seen) == (0, 3)


def test_a_field_that_there_is_not_is_refused() -> None:
    misspelt: dict[str, Any] = {"sene": 3}

    with pytest.raises(TypeError, match="no field 'sene'"):
        replace(STATE, **misspelt)
