"""Reads what a form sends: urlencoded, multipart or JSON, never more than is kept in memory at once."""

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from urllib.parse import parse_qsl

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from web.visitors import media_type

LARGEST = 64 * 1024
"""Bytes of a body that are read."""
_PATIENCE = 20
"""Seconds in which a body has to arrive."""
_DRAINED = 32 * 1024 * 1024
"""Bytes of a body that is too large which are received and thrown away, so that the sender gets to read the refusal."""
_MOST_FIELDS = 100

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that a form sent."""

    name: str
    content: bytes


class UnreadableBody(Exception):
    """``status`` is the HTTP status, ``code`` the sentence in ``web.words`` that says what is wrong."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


async def read_fields(request: Request, *, largest: int = LARGEST, files: int = 0) -> dict[str, object]:
    """The fields of a body; of a field sent twice the last counts. Values are text; in JSON they may be anything.

    Of a multipart body so many ``files`` may be, each an ``Upload``.

    Raises UnreadableBody: 413 when it is too large, 408 when it takes too long, 415 for another kind of body, 400 when it cannot be read.
    """
    kind = media_type(request)
    body = await read_body(request, largest)
    if kind not in (FORM, MULTIPART, JSON):
        raise UnreadableBody(415, "unknown_kind")
    try:
        if kind == JSON:
            return _from_json(body)
        if kind == MULTIPART:
            return await _from_multipart(request, body, files)
        return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS))
    except (ValueError, RecursionError, MultiPartException):
        raise UnreadableBody(400, "unreadable") from None


async def read_body(request: Request, largest: int = LARGEST) -> bytes:
    """The body as it came, at most ``largest`` bytes of it. Raises UnreadableBody: 413 when it is larger, 408 when it takes too long."""
    kept = bytearray()
    size = 0
    try:
        async with asyncio.timeout(_PATIENCE):
            async for chunk in request.stream():
                size += len(chunk)
                if size <= largest:
                    kept += chunk
                elif size > _DRAINED:
                    break
    except TimeoutError:
        raise UnreadableBody(408, "too_slow") from None
    if size > largest:
        raise UnreadableBody(413, "too_large")
    return bytes(kept)


def _from_json(body: bytes) -> dict[str, object]:
    fields = json.loads(body.decode("utf-8-sig"))
    if not isinstance(fields, dict):
        raise ValueError("not an object")
    return fields


async def _from_multipart(request: Request, body: bytes, files: int) -> dict[str, object]:
    if not files:
        body.decode()  # UTF-8 throughout: the parser would take anything else for Latin-1

    async def whole() -> AsyncGenerator[bytes, None]:
        yield body

    parser = MultiPartParser(request.headers, whole(), max_files=files, max_fields=_MOST_FIELDS, max_part_size=len(body))
    form = await parser.parse()
    return {name: value if isinstance(value, str) else await _upload(value) for name, value in form.multi_items()}


async def _upload(file: UploadFile) -> Upload:
    try:
        return Upload(name=file.filename or "", content=await file.read())
    finally:
        await file.close()
