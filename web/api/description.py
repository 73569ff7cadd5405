"""The API in OpenAPI: every answer and every problem that a program may get, made from the routes themselves."""

from collections.abc import Iterator
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from web.api.problems import HOME, MEDIA_TYPE, SORTS, Kind, ProblemView, WrongField

_ABOUT: Final = """Leads, what they do, their contracts, the tasks of reps, and campaigns.

Every request needs a token: `Authorization: Bearer …`. What is wrong is answered with problem details (RFC 9457). Lists come page by page:
`next` of a page is the `cursor` of the following one. A change that is sent again under the same `Idempotency-Key` changes nothing, and
gets the same answer."""

_EVERYWHERE: Final = (Kind.NO_TOKEN, Kind.NO_SCOPE, Kind.TOO_MANY)
_OF_BODY: Final = (Kind.UNREADABLE, Kind.TOO_SLOW, Kind.TOO_LARGE, Kind.NOT_JSON, Kind.WRONG_FIELDS)
_OF_PARAMETER: Final = {
    "cursor": (Kind.WRONG_CURSOR,),
    "Idempotency-Key": (Kind.UNDER_WAY, Kind.KEY_REUSED),
    "If-Match": (Kind.CHANGED,),
}


def description_of(api: FastAPI) -> dict[str, Any]:
    """The whole description, made when it is first asked for: that takes as long as hundreds of requests."""
    if api.openapi_schema is None:
        api.openapi_schema = _describe(api)
    return api.openapi_schema


def _describe(api: FastAPI) -> dict[str, Any]:
    described = get_openapi(
        title="Sodate",
        version="1",
        summary="Nurture campaigns, for programs",
        description=_ABOUT,
        routes=api.routes,
        servers=[{"url": HOME}],
        tags=[{"name": name} for name in ("leads", "engagements", "contracts", "tasks", "campaigns")],
    )
    parts = described["components"]
    parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer", "description": "A token with the scope that is named."}}
    for unused in ("HTTPValidationError", "ValidationError"):
        parts["schemas"].pop(unused, None)
    parts["schemas"] |= {"ProblemView": _schema(ProblemView), "WrongField": _schema(WrongField)}
    for path in described["paths"].values():
        for operation in path.values():
            _say_problems(operation)
    return described


def _schema(view: type[ProblemView | WrongField]) -> dict[str, Any]:
    schema = view.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    schema.pop("$defs", None)
    return schema


def _say_problems(operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    answers.pop("422", None)  # FastAPI's own, which is no problem of ours
    of_status: dict[int, list[Kind]] = {}
    for kind in dict.fromkeys(_expected(operation)):
        of_status.setdefault(SORTS[kind].status, []).append(kind)
    for status, kinds in of_status.items():
        said = "; ".join(f"{SORTS[kind].title} (`{kind}`)" for kind in kinds)
        content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemView"}}}
        answers[str(status)] = {"description": said, "content": content}
    if any(parameter["name"] == "If-None-Match" for parameter in operation.get("parameters", [])):
        answers["304"] = {"description": "It is so still"}


def _expected(operation: dict[str, Any]) -> Iterator[Kind]:
    """The problems that an operation can have, by what it is given."""
    parameters = operation.get("parameters", [])
    yield from _EVERYWHERE
    yield from (Kind.TAKEN, Kind.CLOSED) if "409" in operation["responses"] else ()
    yield from _OF_BODY if "requestBody" in operation else ()
    yield from (Kind.WRONG_FIELDS,) if any(parameter["in"] != "path" for parameter in parameters) else ()
    yield from (Kind.NOT_FOUND,) if any(parameter["in"] == "path" for parameter in parameters) else ()
    for parameter in parameters:
        yield from _OF_PARAMETER.get(parameter["name"], ())
