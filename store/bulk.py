"""Many rows at once: they travel as one parameter, and the database unfolds them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

CHUNK = 10_000
"""Rows a statement: large enough that their number costs nothing, small enough for any server's memory."""


def chunks(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The rows as JSON arrays for ``jsonb_to_recordset``. Values that JSON lacks are written as text."""
    for start in range(0, len(rows), CHUNK):
        yield json.dumps(rows[start : start + CHUNK], default=str, ensure_ascii=False)


async def lock_leads(session: AsyncSession, lead_ids: Sequence[UUID]) -> None:
    """Lock the leads' rows until the transaction ends, always in the order of their ids, so that two writers cannot block each other."""
    await session.execute(
        text("""
            SELECT count(*)
            FROM (SELECT FROM leads WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR NO KEY UPDATE) AS locked
        """),
        {"ids": list(lead_ids)},
    )
