"""The team: who is of it, by which address, in which roles, and for which stages."""

import unicodedata
from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.stage_ranges import WrongRange, ends, stages_between
from store.addresses import normal
from store.tables import Colleague
from store.team import reps, sessions


class Role(StrEnum):
    """What somebody does in the team. One person can have several."""

    MARKETING = "marketing"
    REP = "rep"
    LEADER = "leader"
    OPERATOR = "operator"


WORKS_TASKS: Final = frozenset({Role.REP, Role.MARKETING, Role.LEADER, Role.OPERATOR})
"""The roles that take and answer tasks."""

LONGEST_NAME: Final = 100
"""Characters."""


class WrongColleague(ValueError):
    """Somebody cannot be of the team like this. ``field`` is name, address, roles, stages or language; ``reason`` goes after it."""

    def __init__(self, field: str, reason: str) -> None:
        self.field, self.reason = field, reason
        super().__init__(f"{field}: {reason}")


async def take_in(
    session: AsyncSession, name: str, address: str, roles: Collection[Role], now: datetime, *, language: str = ""
) -> Colleague:
    """Take somebody into the team, or take what is given for somebody who is of it. Raises WrongColleague, with nothing changed."""
    name, address = _name(name), _address(address)
    if (known := await spelled(session, name)) != name:
        raise WrongColleague("name", f"differs from '{known}', who is of the team, only by its spelling: write it so, or add to it")
    if not roles:
        raise WrongColleague("roles", "are missing")
    if language and not (len(language) == 2 and language.isascii() and language.isalpha() and language.islower()):
        raise WrongColleague("language", "is not a language of two letters like 'ja' or 'en'")
    holder = await by_address(session, address)
    if holder is not None and holder.name != name:
        raise WrongColleague("address", "is another person's already")
    await session.execute(insert(Colleague).values(name=name).on_conflict_do_nothing())
    person = await session.get_one(Colleague, name, with_for_update=True)
    if person.came_at is None or person.left_at is not None:
        person.came_at, person.left_at = now, None
    person.address, person.language = address, language or person.language
    _give(person, roles, now)
    await session.flush()
    return person


async def give_roles(session: AsyncSession, name: str, roles: Collection[Role], now: datetime) -> Colleague | None:
    """Give somebody these roles and no others; None for somebody who is not of the team. Raises WrongColleague for no role at all."""
    if not roles:
        raise WrongColleague("roles", "are missing; who has none is taken out")
    person = await find(session, name)
    if person is not None:
        _give(person, roles, now)
    return person


async def give_stages(session: AsyncSession, name: str, wanted: str) -> Colleague | None:
    """Give somebody a range of stages to look after, such as ``interest..consideration``, or all by an empty one.

    None for somebody who is not of the team. Raises WrongColleague for a range that does not exist.
    """
    person = await find(session, name)
    if person is not None:
        person.stages = _range(wanted)
    return person


async def take_out(session: AsyncSession, name: str, now: datetime) -> int | None:
    """Take somebody out of the team: signed out everywhere at once, and all that is open and theirs goes to all reps.

    Says how many tasks that are; None for somebody who is not of the team.
    """
    person = await find(session, name)
    if person is None:
        return None
    person.left_at, person.away_until, person.stages = now, None, ""
    await sessions.end_all(session, name)
    return await reps.hand_over(session, name)


async def find(session: AsyncSession, name: str) -> Colleague | None:
    """Somebody of the team, by name."""
    person = await session.get(Colleague, name)
    return person if person is not None and _is_of_the_team(person) else None


async def spelled(session: AsyncSession, name: str) -> str:
    """A name as the team spells it, whatever its case and width; as it is where nobody of the team is called so."""
    alike = [person.name for person in await team(session) if _alike(person.name) == _alike(name)]
    return alike[0] if alike and name not in alike else name


async def by_address(session: AsyncSession, address: str) -> Colleague | None:
    """Somebody of the team, by a normal address."""
    own = (Colleague.address == address, Colleague.address != "", Colleague.came_at.is_not(None), Colleague.left_at.is_(None))
    return (await session.scalars(select(Colleague).where(*own))).one_or_none()


async def team(session: AsyncSession) -> list[Colleague]:
    """Everybody of the team, by name."""
    there = (Colleague.came_at.is_not(None), Colleague.left_at.is_(None))
    return list(await session.scalars(select(Colleague).where(*there).order_by(Colleague.name)))


def roles_of(person: Colleague) -> frozenset[Role]:
    """The roles of somebody; one that is not known any more gives no right."""
    return frozenset(Role(role) for role in person.roles if role in set(Role))


async def may_work_tasks(session: AsyncSession, name: str) -> bool:
    """Whether somebody of the team is called so, in a role that takes and answers tasks."""
    person = await find(session, name)
    return person is not None and not WORKS_TASKS.isdisjoint(roles_of(person))


def in_order(roles: Iterable[Role]) -> list[Role]:
    """The roles as they are kept and shown."""
    wanted = set(roles)
    return [role for role in Role if role in wanted]


def _give(person: Colleague, roles: Collection[Role], now: datetime) -> None:
    if person.roles != (given := [*map(str, in_order(roles))]):
        person.roles, person.roles_changed_at = given, now


def _is_of_the_team(person: Colleague) -> bool:
    return person.came_at is not None and person.left_at is None


def _name(name: str) -> str:
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not name or not name.isprintable() or len(name) > LONGEST_NAME:
        raise WrongColleague("name", f"is a name of at most {LONGEST_NAME} letters")
    if name in reps.TEAMS:
        raise WrongColleague("name", f"is not one of {', '.join(sorted(reps.TEAMS))}, which are teams")
    return name


def _range(wanted: str) -> str:
    if not any(ends(wanted)):
        return ""
    try:
        stages_between(wanted)
    except WrongRange as wrong:
        raise WrongColleague("stages", str(wrong)) from None
    return "..".join(ends(wanted))


def _alike(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _address(address: str) -> str:
    try:
        return normal(address)
    except ValueError:
        raise WrongColleague("address", "is not a mail address") from None
