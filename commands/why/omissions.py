"""Reads what is to be left out of what really came in for a lead, and finds it there."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from commands.console import WrongInput
from commands.moments import read_day, there, today_there
from nurture.engagements import Engagement
from nurture.kinds import Kind
from nurture.plan.problems import did_you_mean
from nurture.why.playing import Coming

_KINDS: Final = tuple(kind for kind in Kind if kind is not Kind.ENROLLED)
_ABOUT: Final = ("content", "letter", "topic", "outcome")
"""The fields that a word after the kind may name."""

_MOST: Final = 8


def read_without(omissions: Sequence[str], heard: Sequence[Coming], zone_name: str, since: datetime | None) -> tuple[Coming, ...]:
    """What really came in, after the fork where that is given, and is to be left out. Raises WrongInput where nothing is like that."""
    there_are = [one for one in heard if one.engagement.kind in _KINDS and (since is None or one.at > since)]
    found = [one for omission in omissions for one in _like(omission, there_are, zone_name)]
    return tuple(one for one in there_are if one in found)


def _like(omission: str, heard: Sequence[Coming], zone_name: str) -> list[Coming]:
    said, _, day_said = omission.strip().partition(" at ")
    name, _, about = said.strip().partition(" ")
    if name not in _KINDS:
        raise WrongInput(f"--without: '{name}' is nothing that can be left out; {did_you_mean(name, _KINDS, 'there are')}")
    day = read_day("--without", day_said) if day_said else None
    found = [one for one in heard if one.engagement.kind == name and _is_that(one.engagement, about.strip(), day, zone_name)]
    if not found:
        came = [f"{_named(one.engagement)} ({there(one.engagement.at, zone_name)})" for one in heard]
        more = f" and {len(came) - _MOST} more" if len(came) > _MOST else ""
        known = f"there came in: {', '.join(came[:_MOST])}{more}" if came else "nothing came in"
        raise WrongInput(f"--without: nothing like '{omission}' came in after the fork; {known}")
    return found


def _is_that(engagement: Engagement, about: str, day: date | None, zone_name: str) -> bool:
    named = not about or about == _about(engagement)
    return named and day in (None, today_there(engagement.at, zone_name))


def _named(engagement: Engagement) -> str:
    """In the words that ``--without`` takes."""
    return f"{engagement.kind} {_about(engagement)}".strip()


def _about(engagement: Engagement) -> str:
    return next((str(value) for field in _ABOUT if (value := getattr(engagement, field, None))), "")
