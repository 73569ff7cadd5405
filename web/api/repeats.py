"""Requests that are made again under the same Idempotency-Key: they get the same answer, and nothing is done twice."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Annotated, Final

from fastapi import Depends, Header, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from store.machines import repeats
from store.machines.repeats import Kept
from web.api.answers import Answer
from web.api.given import PRINTABLE
from web.api.problems import Kind, Problem
from web.api.tokens import ProgramOf
from web.front import FrontOf

REPEATED: Final = "Idempotent-Replayed"
"""The header of an answer that was given before."""

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=255,
        pattern=PRINTABLE,
        description="A key of yours for this change, like a UUID. Sent again within a day it changes nothing, and is answered the same.",
    ),
]
Work = Callable[[AsyncSession], Awaitable[Answer]]


class Once:
    """Carries a change out in one transaction, once for each key of a token (draft-ietf-httpapi-idempotency-key-header).

    The answer is kept in the same transaction. What is refused or breaks off changes nothing, and leaves its key free.
    """

    def __init__(self, request: Request, front: FrontOf, program: ProgramOf, key: Key = None) -> None:
        self._request, self._front, self._program = request, front, program
        # By the draft a key is a string in quotation marks; most programs send it without.
        self._key = key[1:-1] or key if key and len(key) > 1 and key[0] == key[-1] == '"' else key

    async def __call__(self, work: Work) -> Response:
        async with self._front.database.transaction() as session:
            if self._key is None:
                return (await work(session)).response()
            fingerprint = await self._fingerprint()
            if not await repeats.hold(session, self._program.id, self._key):
                raise Problem(Kind.UNDER_WAY)
            before = await repeats.kept(session, self._program.id, self._key, self._front.now())
            if before is not None:
                return _again(before, fingerprint)
            answer = await work(session)
            response = answer.response()
            kept = Kept(fingerprint=fingerprint, status=answer.status, headers=answer.headers, body=bytes(response.body))
            await repeats.keep(session, self._program.id, self._key, kept, answer.leads, self._front.now())
        return response

    async def _fingerprint(self) -> bytes:
        url = self._request.url
        said = f"{self._request.method} {url.path}?{url.query}\n".encode() + await self._request.body()
        return hashlib.sha256(said).digest()


def _again(before: Kept, fingerprint: bytes) -> Response:
    if before.fingerprint != fingerprint:
        raise Problem(Kind.KEY_REUSED)
    return Response(before.body, before.status, {**before.headers, REPEATED: "true"}, "application/json")


OnceOf = Annotated[Once, Depends()]
"""How a handler that changes something asks for it: ``return await once(work)``."""
