"""Who is signed in: browsers of the team, and the links that let one in once. Of tokens only hashes are kept."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.tables import Colleague, DeskSession, SigninLink

LASTS: Final = timedelta(days=30)
"""How long somebody is signed in at most."""

IDLE: Final = timedelta(days=7)
"""After how long without a look somebody is signed out."""

LINK_LASTS: Final = timedelta(minutes=15)
"""How long a link signs somebody in."""

_LINKS_AT_ONCE: Final = 3
"""How many links one person can have asked for that are good still: a mailbox is not to be flooded."""

_USE_IS_NOTED_AFTER: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A person of the team in a browser. ``is_stale`` after a change of rights: another token is due."""

    person: Colleague
    is_stale: bool


async def begin(session: AsyncSession, name: str, now: datetime) -> str:
    """Sign somebody in, and give the token that their browser keeps. Their sessions and links that are over go."""
    await session.execute(delete(DeskSession).where(DeskSession.person == name, DeskSession.ends_at <= now))
    await session.execute(delete(SigninLink).where(SigninLink.person == name, SigninLink.ends_at <= now - LINK_LASTS))
    token = secrets.token_urlsafe(32)
    session.add(DeskSession(token_hash=_hash(token), person=name, created_at=now, used_at=now, ends_at=now + LASTS))
    return token


async def signed_in(session: AsyncSession, token: str, now: datetime) -> SignedIn | None:
    """Whose browser it is that has this token; None when nobody is signed in by it."""
    rows = select(DeskSession, Colleague).join(Colleague, Colleague.name == DeskSession.person)
    holds = (
        DeskSession.token_hash == _hash(token),
        DeskSession.ends_at > now,
        DeskSession.used_at > now - IDLE,
        Colleague.left_at.is_(None),
    )
    found = (await session.execute(rows.where(*holds))).one_or_none()
    if found is None:
        return None
    kept, person = found
    if now - kept.used_at > _USE_IS_NOTED_AFTER:
        noted = update(DeskSession).where(DeskSession.token_hash == kept.token_hash).values(used_at=now)
        await session.execute(noted, execution_options={"synchronize_session": False})
    changed_at = person.roles_changed_at
    return SignedIn(person=person, is_stale=changed_at is not None and changed_at > kept.created_at)


async def rotate(session: AsyncSession, token: str, now: datetime) -> str | None:
    """Another token for the same browser; the old one opens nothing from now on. None when somebody else was faster."""
    fresh = secrets.token_urlsafe(32)
    change = update(DeskSession).where(DeskSession.token_hash == _hash(token)).values(token_hash=_hash(fresh), created_at=now, used_at=now)
    changed = await session.scalar(change.returning(DeskSession.person), execution_options={"synchronize_session": False})
    return fresh if changed is not None else None


async def end(session: AsyncSession, token: str) -> None:
    """Sign a browser out."""
    await session.execute(delete(DeskSession).where(DeskSession.token_hash == _hash(token)))


async def end_all(session: AsyncSession, name: str) -> None:
    """Sign somebody out everywhere. Their links open nothing any more."""
    await session.execute(delete(DeskSession).where(DeskSession.person == name))
    await session.execute(delete(SigninLink).where(SigninLink.person == name))


async def ask_for_link(session: AsyncSession, name: str, now: datetime) -> str | None:
    """A token that signs somebody in once; None while they have several that are good still."""
    await session.scalar(select(Colleague.name).where(Colleague.name == name).with_for_update())
    good = (SigninLink.person == name, SigninLink.ends_at > now, SigninLink.used_at.is_(None))
    if (await session.scalar(select(func.count()).select_from(SigninLink).where(*good)) or 0) >= _LINKS_AT_ONCE:
        return None
    return make_link(session, name, now)


def make_link(session: AsyncSession, name: str, now: datetime) -> str:
    """A token that signs somebody in once, within ``LINK_LASTS``."""
    token = secrets.token_urlsafe(32)
    session.add(SigninLink(token_hash=_hash(token), person=name, made_at=now, ends_at=now + LINK_LASTS))
    return token


async def use_link(session: AsyncSession, token: str, now: datetime) -> str | None:
    """Who is signed in by a link, once; None for one that was used, is too old, or was not made here."""
    own = select(Colleague.name).where(Colleague.name == SigninLink.person, Colleague.left_at.is_(None))
    good = (SigninLink.token_hash == _hash(token), SigninLink.used_at.is_(None), SigninLink.ends_at > now, own.exists())
    use = update(SigninLink).where(*good).values(used_at=now).returning(SigninLink.person)
    return await session.scalar(use, execution_options={"synchronize_session": False})


def key_of(token: str) -> str:
    """What names a session and opens nothing."""
    return _hash(token).hex()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()
