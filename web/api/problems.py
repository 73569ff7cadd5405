"""What programs are told where something is wrong: problem details (RFC 9457), each of a known kind, with pointers to wrong fields."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from web.api.faults import said
from web.api.views import View
from web.visitors import media_type

MEDIA_TYPE: Final = "application/problem+json"
HOME: Final = "/api/v1"
"""Where this version of the API is."""


class Kind(StrEnum):
    """What can be wrong. The name stays for ever, as a part of the problem's type."""

    UNREADABLE = "unreadable"
    WRONG_CURSOR = "wrong-cursor"
    NO_TOKEN = "no-token"
    NO_SCOPE = "no-scope"
    NOT_FOUND = "not-found"
    NOT_ALLOWED = "not-allowed"
    TOO_SLOW = "too-slow"
    UNDER_WAY = "under-way"
    TAKEN = "taken"
    CLOSED = "closed"
    CHANGED = "changed"
    TOO_LARGE = "too-large"
    NOT_JSON = "not-json"
    WRONG_FIELDS = "wrong-fields"
    KEY_REUSED = "key-reused"
    TOO_MANY = "too-many"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """A kind of problem: its status, its title, and what to do about it."""

    status: int
    title: str
    advice: str


SORTS: Final[Mapping[Kind, Sort]] = {
    Kind.UNREADABLE: Sort(status=400, title="The body cannot be read", advice="Send one JSON object in UTF-8."),
    Kind.WRONG_CURSOR: Sort(
        status=400, title="This cursor does not belong to this list", advice="Take `next` as it came, with the same filters, or begin anew."
    ),
    Kind.NO_TOKEN: Sort(
        status=401, title="A token is needed", advice="Send `Authorization: Bearer …` with a token that stands: not revoked, not ended."
    ),
    Kind.NO_SCOPE: Sort(status=403, title="The token is not good for this", advice="Make a token with the scope that is named."),
    Kind.NOT_FOUND: Sort(status=404, title="There is no such thing", advice="See the id. What was erased is gone for good."),
    Kind.NOT_ALLOWED: Sort(status=405, title="This cannot be done here", advice="The header `Allow` names what can."),
    Kind.TOO_SLOW: Sort(status=408, title="The body took too long", advice="Send it again, faster or in smaller parts."),
    Kind.UNDER_WAY: Sort(
        status=409,
        title="A request with this key is under way",
        advice="Wait a moment and send it again: the answer is then that of the first.",
    ),
    Kind.TAKEN: Sort(status=409, title="Somebody else has the task", advice="Look at the task again: it says who."),
    Kind.CLOSED: Sort(status=409, title="The task is not open any more", advice="It was answered or withdrawn; look at it again."),
    Kind.CHANGED: Sort(
        status=412, title="It has changed meanwhile", advice="Read it again, decide again, and send the new `ETag` in `If-Match`."
    ),
    Kind.TOO_LARGE: Sort(status=413, title="The body is too large", advice="Send at most 1 MiB; split lists into several requests."),
    Kind.NOT_JSON: Sort(status=415, title="The body is not JSON", advice="Send JSON, and say so: `Content-Type: application/json`."),
    Kind.WRONG_FIELDS: Sort(
        status=422, title="Some fields are wrong", advice="`errors` has every wrong field with what is wrong. Nothing was changed."
    ),
    Kind.KEY_REUSED: Sort(
        status=422, title="The key was used for another request", advice="Take a new `Idempotency-Key` for each change that you mean."
    ),
    Kind.TOO_MANY: Sort(status=429, title="Too many requests", advice="Wait as many seconds as `Retry-After` says."),
}


class WrongField(View):
    """A field that is wrong: where it is, and what is wrong with it."""

    detail: str
    pointer: str | None = Field(default=None, description="In the body: a JSON pointer as a fragment, like `#/consent/topic`.")
    parameter: str | None = Field(default=None, description="A parameter of the query.")
    header: str | None = Field(default=None, description="A header.")


class ProblemView(View):
    """Problem details (RFC 9457)."""

    type: str = Field(
        description="What kind of problem, as an address that stays the same and can be read.", json_schema_extra={"format": "uri"}
    )
    title: str
    status: int
    detail: str | None = None
    errors: list[WrongField] | None = None


class Problem(Exception):
    """Raised where a request cannot be carried out; what was done so far is taken back."""

    def __init__(
        self, kind: Kind, detail: str = "", *, errors: Iterable[WrongField] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(kind)
        self.kind, self.detail, self.errors, self.headers = kind, detail, list(errors), dict(headers or {})

    def view(self, base: str) -> ProblemView:
        """As programs read it; ``base`` is ``BASE_URL``."""
        sort = SORTS[self.kind]
        type_ = f"{base}{HOME}/problems/{self.kind}"
        return ProblemView(type=type_, title=sort.title, status=sort.status, detail=self.detail or None, errors=self.errors or None)


def wrong(*fields: tuple[Sequence[str | int], str]) -> Problem:
    """Fields of the body, each by its path, with what is wrong: ``wrong((("consent", "topic"), "is no topic"))``."""
    return Problem(Kind.WRONG_FIELDS, errors=[WrongField(pointer=pointer(path), detail=detail) for path, detail in fields])


def pointer(path: Sequence[str | int]) -> str:
    """A JSON pointer as a fragment."""
    return "#" + "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)


async def answer_problem(request: Request, problem: Exception) -> Response:
    """Every problem as programs read it."""
    match problem:
        case Problem():
            found = problem
        case RequestValidationError():
            found = _invalid(request, problem)
        case HTTPException():
            kinds = {sort.status: kind for kind, sort in SORTS.items()}
            found = Problem(kinds.get(problem.status_code, Kind.UNREADABLE), headers=problem.headers)
        case _:
            raise problem
    view = found.view(request.app.state.front.settings.base)
    return Response(view.model_dump_json(exclude_none=True), view.status, found.headers, MEDIA_TYPE)


def _invalid(request: Request, invalid: RequestValidationError) -> Problem:
    errors = invalid.errors()
    if any(error["loc"][0] == "path" for error in errors):
        return Problem(Kind.NOT_FOUND)
    if any(error["type"] == "json_invalid" for error in errors):
        return Problem(Kind.UNREADABLE)
    if any(error["loc"] == ("body",) for error in errors) and media_type(request) != "application/json":
        return Problem(Kind.NOT_JSON)
    return Problem(Kind.WRONG_FIELDS, errors=[_field(error, invalid.body) for error in errors])


def _field(error: Mapping[str, Any], body: object) -> WrongField:
    """One wrong field."""
    place, *path = error["loc"]
    detail = said(error)
    match place:
        case "query":
            return WrongField(parameter=".".join(map(str, path)), detail=detail)
        case "header":
            return WrongField(header=".".join(map(str, path)), detail=detail)
        case _:
            if error["type"] in ("union_tag_invalid", "union_tag_not_found"):
                path.append(str(error["ctx"]["discriminator"]).strip("'"))
            return WrongField(pointer=pointer(_in_body(path, body)), detail=detail)


def _in_body(path: Sequence[str | int], body: object) -> list[str | int]:
    """The path without the kinds of a union, which stand in it and not in the body."""
    kept: list[str | int] = []
    here = body
    for place, part in enumerate(path):
        match here:
            case dict() if part in here:
                here = here[part]
            case list() if isinstance(part, int) and part < len(here):
                here = here[part]
            case _ if place < len(path) - 1:
                continue
            case _:
                here = None
        kept.append(part)
    return kept
