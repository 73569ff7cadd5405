"""Raw messages come in over HTTP: proven, bounded, and each once."""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import AsyncIterator

import httpx
import pytest

from mail.links import inbound_token
from settings import Settings
from tests.conftest import OWN
from tests.inbound.conftest import NOW, House, Lead
from tests.mail.reading import dialects as d
from web.app import create_app
from web.inbound import LARGEST

pytestmark = pytest.mark.anyio

SECRET = "shared with the mail server"
TOKEN = inbound_token(SECRET)
YES = d.bare("はい")
PROOF = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "message/rfc822"}


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings.model_validate(OWN | {"database_url": database_url, "inbound_secret": SECRET})


@pytest.fixture
async def server(settings: Settings, house: House) -> AsyncIterator[httpx.AsyncClient]:
    """Whoever gets mail for us."""
    transport = httpx.ASGITransport(create_app(settings, house.database, lambda: NOW))
    async with httpx.AsyncClient(transport=transport, base_url="https://letters.example.com") as client:
        yield client


async def test_a_message_is_taken_and_the_same_again_counts_once(server: httpx.AsyncClient, house: House, hanako: Lead) -> None:
    answers = [await server.post("/inbound/mail", content=d.gmail("お電話ください。"), headers=PROOF) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert [(reply.kind, reply.source) for reply in await house.heard(hanako)] == [("replied", "webhook")]


@pytest.mark.parametrize(
    "proof",
    [
        {"Authorization": f"Bearer {TOKEN}"},
        {"Authorization": f"Basic {b64encode(f'mail:{TOKEN}'.encode()).decode()}"},
        {"X-Signature-256": "sha256=" + hmac.new(SECRET.encode(), YES, hashlib.sha256).hexdigest()},
    ],
    ids=["bearer", "password", "signature"],
)
async def test_each_way_to_prove_it_is_taken(server: httpx.AsyncClient, house: House, hanako: Lead, proof: dict[str, str]) -> None:
    answer = await server.post("/inbound/mail", content=YES, headers={"Content-Type": "message/rfc822", **proof})

    assert answer.status_code == 202
    assert await house.kinds(hanako) == ["replied"]


async def test_the_token_may_stand_in_the_address(server: httpx.AsyncClient, house: House, hanako: Lead) -> None:
    answer = await server.post(f"/inbound/mail?token={TOKEN}", content=d.bare("はい"), headers={"Content-Type": "message/rfc822"})

    assert answer.status_code == 202


@pytest.mark.parametrize(
    "proof",
    [
        {},
        {"Authorization": f"Bearer {SECRET}"},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic %%%"},
        {"Authorization": "Bearer é".encode().decode("latin-1")},
        {"X-Signature-256": "sha256=" + hmac.new(SECRET.encode(), b"another", hashlib.sha256).hexdigest()},
        {"X-Signature-256": "sha256=", "Authorization": f"Bearer {TOKEN}"},
    ],
    ids=["none", "the secret itself", "empty", "no base64", "odd letters", "of another body", "a wrong signature beside the token"],
)
async def test_without_proof_nothing_is_taken(server: httpx.AsyncClient, house: House, hanako: Lead, proof: dict[str, str]) -> None:
    headers = httpx.Headers(
        [(name.encode(), value.encode("latin-1")) for name, value in {"Content-Type": "message/rfc822", **proof}.items()]
    )
    answer = await server.post("/inbound/mail", content=d.bare("配信停止"), headers=headers)

    assert answer.status_code == 401
    assert await house.kinds(hanako) == []


@pytest.mark.parametrize("field", ["message", "email", "body-mime"])
async def test_a_form_may_hold_the_message(server: httpx.AsyncClient, house: House, hanako: Lead, field: str) -> None:
    proof = {"Authorization": f"Bearer {TOKEN}"}
    as_file = await server.post("/inbound/mail", files={field: ("a.eml", d.sjis("お願いします"))}, headers=proof)
    as_text = await server.post("/inbound/mail", data={"to": "x"}, files={field: (None, d.bare("承知しました"))}, headers=proof)

    assert [as_file.status_code, as_text.status_code] == [202, 202]
    assert await house.kinds(hanako) == ["replied", "replied"]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"x" * (LARGEST + 1), "message/rfc822", 413),
        (b"", "message/rfc822", 400),
        (b"{}", "application/json", 415),
        (b"--x\r\nbroken", "multipart/form-data; boundary=y", 400),
        (b"--y\r\nbroken", "multipart/form-data", 400),
    ],
    ids=["too large", "empty", "no mail", "no form", "no edge"],
)
async def test_what_is_no_message_is_refused(server: httpx.AsyncClient, content: bytes, kind: str, status: int) -> None:
    answer = await server.post("/inbound/mail", content=content, headers={**PROOF, "Content-Type": kind, "Accept": "application/json"})

    assert answer.status_code == status


async def test_without_a_secret_there_is_no_such_door(settings: Settings, house: House) -> None:
    closed = httpx.ASGITransport(create_app(settings.model_copy(update={"inbound_secret": ""}), house.database, lambda: NOW))
    async with httpx.AsyncClient(transport=closed, base_url="https://letters.example.com") as client:
        answer = await client.post("/inbound/mail", content=d.bare("はい"), headers=PROOF)

    assert answer.status_code == 404
