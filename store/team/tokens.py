"""Tokens by which programs of others come in: made, told from each other, found by what a program shows, and revoked."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from store.tables import ApiToken
from store.team import audit
from store.team.audit import Deed, On

SIGN: Final = "sodate_"
"""What every token begins with, so that it is recognised where it does not belong."""

LONGEST_NAME: Final = 60
_SHOWN: Final = len(SIGN) + 6
_USED_WITHIN: Final = timedelta(minutes=1)


class Scope(StrEnum):
    """What a token is good for. To write is not to read: a program that only reports needs to see nobody."""

    LEADS_READ = "leads:read"
    LEADS_WRITE = "leads:write"
    ENGAGEMENTS_READ = "engagements:read"
    ENGAGEMENTS_WRITE = "engagements:write"
    CONTRACTS_READ = "contracts:read"
    CONTRACTS_WRITE = "contracts:write"
    TASKS_READ = "tasks:read"
    TASKS_WRITE = "tasks:write"
    CAMPAIGNS_READ = "campaigns:read"
    CAMPAIGNS_WRITE = "campaigns:write"


class WrongToken(ValueError):
    """A token that cannot be made so. ``code`` is ``name``, ``taken``, ``scopes`` or ``ends``."""

    def __init__(self, code: str, reason: str) -> None:
        self.code = code
        super().__init__(reason)


async def make(
    session: AsyncSession, name: str, scopes: Collection[Scope], by: str, now: datetime, *, ends_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """Make a token, and give it in plain, which nobody can do again. Raises WrongToken."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise WrongToken("name", f"a token has a name of at most {LONGEST_NAME} letters")
    if not scopes:
        raise WrongToken("scopes", "a token needs at least one scope")
    if ends_at is not None and ends_at <= now:
        raise WrongToken("ends", "a token ends later than now")
    if await standing(session, name):
        raise WrongToken("taken", "a token of this name stands already; revoke it first, or choose another name")
    plain = SIGN + secrets.token_urlsafe(32)
    token = ApiToken(
        id=uuid7(),
        name=name,
        prefix=plain[:_SHOWN],
        token_hash=_hash(plain),
        scopes=sorted(scopes),
        made_by=by,
        made_at=now,
        ends_at=ends_at,
        revoked_by="",
    )
    session.add(token)
    await audit.note(session, by, Deed.TOKEN_MADE, On.TOKEN, name, now, after={"scopes": sorted(scopes)})
    return token, plain


async def find(session: AsyncSession, plain: str, now: datetime) -> ApiToken | None:
    """The token that a program shows, while it stands; None for one that was revoked, has ended, or never was."""
    in_force = (ApiToken.revoked_at.is_(None), or_(ApiToken.ends_at.is_(None), ApiToken.ends_at > now))
    token = await session.scalar(select(ApiToken).where(ApiToken.token_hash == _hash(plain), *in_force))
    if token is not None and (token.used_at is None or token.used_at <= now - _USED_WITHIN):
        # Not through the row that was read: of requests at the same time only one writes this down.
        idle = or_(ApiToken.used_at.is_(None), ApiToken.used_at <= now - _USED_WITHIN)
        used = update(ApiToken).where(ApiToken.id == token.id, idle).values(used_at=now)
        await session.execute(used, execution_options={"synchronize_session": False})
    return token


async def standing(session: AsyncSession, name: str) -> ApiToken | None:
    """The token of this name that was not revoked."""
    return await session.scalar(select(ApiToken).where(ApiToken.name == name, ApiToken.revoked_at.is_(None)))


async def revoke(session: AsyncSession, name: str, by: str, now: datetime) -> bool:
    """From here on the token of this name lets nobody in; False when none stands."""
    revoked = update(ApiToken).where(ApiToken.name == name, ApiToken.revoked_at.is_(None)).values(revoked_at=now, revoked_by=by)
    if await session.scalar(revoked.returning(ApiToken.id), execution_options={"synchronize_session": False}) is None:
        return False
    await audit.note(session, by, Deed.TOKEN_REVOKED, On.TOKEN, name, now)
    return True


async def all_of_them(session: AsyncSession) -> list[ApiToken]:
    """Every token that was ever made: those that stand first, the newest first."""
    return list(await session.scalars(select(ApiToken).order_by(ApiToken.revoked_at.is_not(None), ApiToken.made_at.desc(), ApiToken.id)))


def _hash(plain: str) -> bytes:
    """A token is 256 random bits: nobody finds one from its hash, however fast that is made."""
    return hashlib.sha256(plain.encode()).digest()
