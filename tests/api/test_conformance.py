"""The API keeps what its description promises, whatever is sent: schemathesis makes requests up, right ones and wrong ones, from it."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
import schemathesis
from anyio import from_thread, to_thread
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

pytestmark = pytest.mark.anyio

EXAMPLES = 5
"""Requests of each sort for each operation: what is wrong with a form shows after few."""

CANNOT_BE_WRONG = {(GenerationMode.NEGATIVE, "GET /campaigns")}
"""A request without anything that could be wrong."""

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


@pytest.mark.parametrize("mode", list(GenerationMode))
async def test_every_operation_answers_as_the_description_says(
    mode: GenerationMode, crm: httpx.AsyncClient, ada: UUID, open_task: Callable[..., Awaitable[UUID]]
) -> None:
    with_its_token = SchemathesisConfig.from_dict({"generation": {"with-security-parameters": False}})
    described = schemathesis.openapi.from_dict((await crm.get("openapi.json")).json(), config=with_its_token)
    known = {"lead_id": str(ada), "task_id": str(await open_task()), "name": "welcome"}
    operations = [found.ok() for found in described.get_all_operations() if isinstance(found, Ok)]

    statuses = [status for one in operations for status in await to_thread.run_sync(_try, one, mode, known, crm)]

    assert len(operations) == 19
    if mode is GenerationMode.NEGATIVE:
        assert set(statuses) & {400, 404, 422}
    else:
        assert set(statuses) & {200, 201}


def _try(operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode, known: dict[str, str], crm: httpx.AsyncClient) -> list[int]:
    """Send requests that are made up; the statuses of the answers. Right requests are about what is there."""
    named = {parameter.name for parameter in operation.path_parameters}
    path = {name: value for name, value in known.items() if name in named} if mode is GenerationMode.POSITIVE else {}
    statuses: list[int] = []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode, path_parameters=path or None))
    def send(case: Case[Any]) -> None:
        request = case.as_transport_kwargs(base_url="https://letters.example.com/api/v1", headers=dict(crm.headers))
        answer = from_thread.run(_sent, crm, request)
        statuses.append(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    try:
        send()
    except Unsatisfiable:
        assert (mode, operation.label) in CANNOT_BE_WRONG
    return statuses


async def _sent(crm: httpx.AsyncClient, request: dict[str, Any]) -> httpx.Response:
    sent = {name: value for name, value in request.items() if value is not None and name in ("method", "url", "params", "headers", "json")}
    return await crm.request(**sent, content=request.get("data"))
