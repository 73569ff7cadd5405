"""Changes that programs ask for under a key of theirs: asked for again, they get the same answer, and nothing is done twice."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from store.tables import ApiAnswer

KEPT: Final = timedelta(hours=24)
"""How long a key is remembered."""

_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What was answered, to which request."""

    fingerprint: bytes
    status: int
    headers: Mapping[str, str]
    body: bytes


async def hold(session: AsyncSession, token_id: UUID, key: str) -> bool:
    """Have this key to oneself until the transaction ends; False where a request with it is under way."""
    digest = hashlib.sha256(b"api-key:" + token_id.bytes + key.encode()).digest()
    return bool(await session.scalar(_HOLD, {"key": int.from_bytes(digest[:8], signed=True)}))


async def kept(session: AsyncSession, token_id: UUID, key: str, now: datetime) -> Kept | None:
    """The answer that was given under this key within a day."""
    row = await session.get(ApiAnswer, (token_id, key))
    if row is None or row.kept_at <= now - KEPT:
        return None
    return Kept(fingerprint=row.fingerprint, status=row.status, headers=row.headers, body=row.body)


async def keep(session: AsyncSession, token_id: UUID, key: str, answer: Kept, leads: Sequence[UUID], now: datetime) -> None:
    """Keep an answer, in the transaction that it tells of; ``leads`` are those it names. Some that are old enough go."""
    row = {"fingerprint": answer.fingerprint, "status": answer.status, "headers": dict(answer.headers), "body": answer.body}
    row |= {"lead_ids": [str(lead) for lead in leads], "kept_at": now}
    await sweep(session, now, _AT_ONCE)
    written = insert(ApiAnswer).values(token_id=token_id, key=key, **row)
    await session.execute(written.on_conflict_do_update(index_elements=["token_id", "key"], set_=row))


async def sweep(session: AsyncSession, now: datetime, most: int) -> int:
    """What is older than a day goes, at most so many; says how many."""
    return int((await session.execute(_SWEEP, {"before": now - KEPT, "most": most})).scalar_one())


_HOLD = text("SELECT pg_try_advisory_xact_lock(:key)")

_SWEEP = text("""
    WITH gone AS (
        DELETE FROM api_answers WHERE (token_id, key) IN (
            SELECT token_id, key FROM api_answers WHERE kept_at <= :before ORDER BY kept_at LIMIT :most FOR UPDATE SKIP LOCKED
        ) RETURNING 1
    )
    SELECT count(*) FROM gone
""")
