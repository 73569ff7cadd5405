"""What programs are answered: JSON with its ETag, so that nobody overwrites what somebody else has changed meanwhile."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

from fastapi import Header
from pydantic import BaseModel
from starlette.responses import Response

from web.api.problems import Kind, Problem

IfMatch = Annotated[
    str | None, Header(alias="If-Match", max_length=400, description="The `ETag` as it was read: changed only if it is so still.")
]
IfNoneMatch = Annotated[
    str | None,
    Header(alias="If-None-Match", max_length=400, description="The `ETag` as it was read: answered by 304 where it is so still."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A body with its status and headers; ``leads`` are those whom it names."""

    body: BaseModel
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    leads: tuple[UUID, ...] = ()

    def response(self) -> Response:
        """As it goes out."""
        return Response(self.body.model_dump_json(), self.status, self.headers, "application/json")


def etag(body: BaseModel) -> str:
    """A strong validator: other bytes, another one."""
    return f'"{hashlib.sha256(body.model_dump_json().encode()).hexdigest()[:24]}"'


def shown(body: BaseModel, if_none_match: str | None) -> Response:
    """A thing with its ETag, or 304 where that is known."""
    tag = etag(body)
    if if_none_match is not None and _names(if_none_match, tag):
        return Response(None, 304, {"ETag": tag})
    return Answer(body=body, headers={"ETag": tag}).response()


def check_unchanged(if_match: str | None, body: BaseModel | None) -> None:
    """Raises Problem where a change was meant for another state of a thing than it is in; ``body`` is None where there is none yet."""
    if if_match is not None and (body is None or not _names(if_match, etag(body))):
        raise Problem(Kind.CHANGED)


def _names(header: str, tag: str) -> bool:
    return header.strip() == "*" or tag in [one.strip().removeprefix("W/") for one in header.split(",")]
