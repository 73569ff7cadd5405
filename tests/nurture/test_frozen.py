"""Frozen values and others like them: the same as the standard library's, only faster."""

import dataclasses
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from nurture.frozen import replace
from nurture.standing import Note
from nurture.state import newcomer

STATE = newcomer(UUID(int=1))
NOTED: dict[str, Any] = {"no": 1, "at": datetime(2040, 3, 5, tzinfo=UTC), "what": "stage aware", "why": "visited", "seen": 2}


def test_what_is_made_has_what_was_given_and_else_its_defaults() -> None:
    defaults = {"by": "", "ref": "", "inputs": (), "rules": 0, "into": "", "over": False}

    assert dataclasses.asdict(Note(**NOTED)) == NOTED | defaults


def test_what_is_made_is_frozen() -> None:
    note: Any = Note(**NOTED)

    with pytest.raises(dataclasses.FrozenInstanceError):
        note.seen = 3


def test_what_has_no_default_must_be_given_and_what_there_is_not_must_not() -> None:
    with pytest.raises(TypeError, match=r"Note.__init__\(\) missing 1 required keyword-only argument: 'why'"):
        Note(**{name: value for name, value in NOTED.items() if name != "why"})
    with pytest.raises(TypeError, match="unexpected keyword argument 'sene'"):
        Note(**NOTED | {"sene": 3})


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
