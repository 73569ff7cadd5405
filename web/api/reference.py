"""The description of the API, for programs as OpenAPI and for people as a page, and what each kind of problem means."""

from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from web.api.description import description_of
from web.api.problems import HOME, SORTS, Kind
from web.api.problems import Problem as Refused
from web.show import page
from web.visitors import language_of

router = APIRouter(include_in_schema=False)

_VERBS: Final = ("get", "post", "put", "patch", "delete")


@router.get("/openapi.json")
def openapi(request: Request) -> JSONResponse:
    """The description in OpenAPI 3.1. No token is needed: it says nothing about anybody."""
    return JSONResponse(description_of(request.app))


@router.get("/")
@router.get("/docs")
def docs(request: Request) -> Response:
    """The same to be read: every request with what it takes and gives, and every problem."""
    described: dict[str, Any] = description_of(request.app)
    operations = [
        _operation(verb.upper(), path, said)
        for path, of_path in described["paths"].items()
        for verb, said in of_path.items()
        if verb in _VERBS
    ]
    groups = [(tag["name"], [one for one in operations if one["tag"] == tag["name"]]) for tag in described["tags"]]
    schemas = [_model(name, schema) for name, schema in sorted(described["components"]["schemas"].items())]
    return page("api", language_of(request), about=described["info"]["description"], home=HOME, groups=groups, schemas=schemas, sorts=SORTS)


@router.get("/problems/{name}")
async def problem(name: str) -> Response:
    """Where the type of a problem leads."""
    if name not in tuple(Kind):
        raise Refused(Kind.NOT_FOUND)
    return RedirectResponse(f"{HOME}/docs#problem-{name}", 302)


def _operation(verb: str, path: str, said: dict[str, Any]) -> dict[str, Any]:
    body = said.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    return {
        "id": said["operationId"],
        "tag": said["tags"][0],
        "verb": verb,
        "path": path,
        "text": said.get("description", ""),
        "scope": said["security"][0]["token"][0],
        "parameters": [_parameter(one) for one in said.get("parameters", [])],
        "body": _type(body) if body else [],
        "answers": [(status, _answer(answer), answer["description"]) for status, answer in sorted(said["responses"].items())],
    }


def _parameter(one: dict[str, Any]) -> tuple[str, list[tuple[str, str]], str, bool]:
    return one["name"], _type(one["schema"]), one.get("description") or "", one.get("required", False)


def _answer(answer: dict[str, Any]) -> list[tuple[str, str]]:
    content = answer.get("content", {})
    return _type(next(iter(content.values()))["schema"]) if content else []


def _model(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    required = schema.get("required", [])
    fields = [
        (field, _type(kind), kind.get("description") or "", field in required) for field, kind in schema.get("properties", {}).items()
    ]
    return {"name": name, "text": schema.get("description", ""), "fields": fields, "choices": schema.get("enum", [])}


def _type(schema: dict[str, Any]) -> list[tuple[str, str]]:
    """A type in words, piece by piece, each with the schema that it is, or none."""
    match schema:
        case {"$ref": str(ref)}:
            name = ref.rpartition("/")[2]
            return [(name, name)]
        case {"anyOf": list(choices)} | {"oneOf": list(choices)}:
            return [piece for place, one in enumerate(choices) for piece in ([(" | ", "")] * bool(place) + _type(one))]
        case {"type": "array", "items": dict(items)}:
            return [("list of ", ""), *_type(items)]
        case {"enum": list(words)}:
            return [(" | ".join(map(str, words)), "")]
        case {"const": word}:
            return [(str(word), "")]
        case {"type": str(kind), "format": str(form)}:
            return [(form if kind == "string" else kind, "")]
        case {"type": str(kind)}:
            return [(kind, "")]
        case _:
            return [("any", "")]
