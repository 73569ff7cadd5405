"""RFC 8058 to the letter, from the signed letter to the refusal: its headers, its signature, and what a provider posts."""

import base64
import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import dkim
import httpx
import pytest

from mail.compose import compose
from mail.facts import Addressee, Facts, Links, Sender
from mail.letters import Letters
from mail.links import preferences_url, unsubscribe_url
from mail.signing import Signer
from nurture.kinds import Refusal
from settings import Settings
from store.consent import consents
from store.database import Database
from store.leads import leads
from tests.mail.keys import rsa_key

pytestmark = pytest.mark.anyio

LETTERS = Letters(Path(__file__).resolve().parents[2] / "email_templates")
SENDER = Sender(name="Hoshino", address="hello@example.com", legal_name="Hoshino", postal_address="Tokyo", contact="hello@example.com")
BOUNDARY = b"---FormBoundaryjWmhtjORrn"
AS_IN_THE_RFC = b'--%s\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--%s--\r\n' % (BOUNDARY, BOUNDARY)


@pytest.fixture
async def lead_id(database: Database, clock: Any) -> UUID:
    async with database.transaction() as session:
        id, _ = await leads.register(session, leads.Person(email="ada@example.com", language="en"), clock.now())
        await consents.give(session, "ada@example.com", "maintenance", consents.Basis.OPT_IN, {"text": "yes"}, clock.now())
    return id


@pytest.fixture
def signed(settings: Settings, lead_id: UUID) -> bytes:
    """A letter of a sample campaign as it goes to this lead."""
    base, secret = settings.base, settings.link_secret
    links = Links(
        unsubscribe=unsubscribe_url(base, secret, lead_id, "maintenance"),
        preferences=preferences_url(base, secret, lead_id, "maintenance"),
        site=base,
    )
    written = LETTERS.render("welcome", "hello", "en", "en", Facts(lead=Addressee(given_name="Ada"), sender=SENDER, links=links))
    letter = compose(
        written,
        sender=SENDER,
        to="ada@example.com",
        message_id="<1@example.com>",
        unsubscribe_url=links.unsubscribe,
        sent_at=datetime(2025, 3, 3, tzinfo=UTC),
    )
    return Signer(selector="letters", domain="example.com", key=rsa_key().pem).sign(letter)


@pytest.fixture
def letter(signed: bytes) -> EmailMessage:
    return message_from_bytes(signed, policy=policy.default)


def address_in(letter: EmailMessage) -> str:
    whole = re.fullmatch(r"<(https://[!-~]+)>", letter["List-Unsubscribe"])
    assert whole is not None, "one https address, and nothing beside it"
    return whole[1]


async def refused(database: Database) -> Refusal | None:
    async with database.transaction() as session:
        return await consents.refusal(session, "ada@example.com", "maintenance")


async def test_a_letter_has_both_headers_once_with_one_https_address_and_the_words_of_the_rfc(letter: EmailMessage) -> None:
    assert [letter.get_all(name) for name in ("List-Unsubscribe", "List-Unsubscribe-Post")] == [
        [f"<{address_in(letter)}>"],
        ["List-Unsubscribe=One-Click"],
    ]


async def test_the_signature_is_good_and_covers_both_headers(signed: bytes, letter: EmailMessage) -> None:
    def dns(name: bytes, timeout: int = 5) -> bytes:
        return b"v=DKIM1; k=rsa; p=" + base64.b64encode(rsa_key().public)

    covered = re.sub(r"\s", "", letter["DKIM-Signature"]).partition(";h=")[2].partition(";")[0].lower().split(":")

    assert dkim.verify(signed, dnsfunc=dns)
    assert {"list-unsubscribe", "list-unsubscribe-post"} <= set(covered)


async def test_the_address_names_nobody_in_the_open_and_belongs_to_this_lead_and_topic_alone(
    letter: EmailMessage, settings: Settings, lead_id: UUID
) -> None:
    url = address_in(letter)

    assert urlsplit(url).query == urlsplit(url).fragment == ""
    assert not re.search(r"ada|example\.com.*@|maintenance", url.removeprefix(settings.base))
    assert url != unsubscribe_url(settings.base, settings.link_secret, lead_id, "events")
    assert url != unsubscribe_url(settings.base, settings.link_secret, UUID(int=1), "maintenance")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"List-Unsubscribe=One-Click"),
        ("application/x-www-form-urlencoded; charset=UTF-8", b"List-Unsubscribe=One%2DClick"),
        (f'multipart/form-data; boundary="{BOUNDARY.decode()}"', AS_IN_THE_RFC),
        (f"multipart/form-data; boundary={BOUNDARY.decode()}", AS_IN_THE_RFC.replace(b"One-Click", b"one-click")),
        ("", b"List-Unsubscribe=One-Click"),
        ("multipart/form-data", b"without a boundary"),
    ],
    ids=["urlencoded", "charset", "as in the RFC", "unquoted", "no type", "damaged"],
)
async def test_what_a_provider_posts_refuses_at_once_without_cookie_login_or_redirect(
    visitor: httpx.AsyncClient, database: Database, letter: EmailMessage, kind: str, body: bytes
) -> None:
    for name in ("accept", "accept-encoding", "user-agent"):
        visitor.headers.pop(name, None)
    headers = {"Content-Type": kind} if kind else {}

    answer = await visitor.post(address_in(letter), content=body, headers=headers)

    assert (answer.status_code, answer.history, dict(visitor.cookies)) == (200, [], {})
    assert {"location", "set-cookie", "www-authenticate"} & set(answer.headers) == set()
    assert await refused(database) is Refusal.SUPPRESSED


async def test_who_only_looks_at_any_link_of_the_letter_changes_nothing(
    visitor: httpx.AsyncClient, database: Database, letter: EmailMessage, settings: Settings, kept: Any
) -> None:
    plain = letter.get_body(("plain",))
    assert plain is not None
    links = set(re.findall(rf"{re.escape(settings.base)}\S*", plain.get_content())) | {address_in(letter)}
    assert len(links) >= 3

    for link in links:
        for method in ("GET", "HEAD"):
            assert (await visitor.request(method, link)).status_code == 200

    assert await refused(database) is None
    assert "opted_out" not in await kept.kinds()
