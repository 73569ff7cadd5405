"""One webhook on its way: signed by Standard Webhooks, to no place inside of our own network, with little patience and no redirects."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Final

import httpx
from standardwebhooks import Webhook

from store.machines.receiver import is_outside

PATIENCE_SECONDS: Final = 15
"""How long a receiver may take for one message, all in all."""

AT_ONCE: Final = 8
_MOST_READ: Final = 16 * 1024
_GONE: Final = 410
_OF_THE_RECEIVER: Final = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a receiver said. ``problem`` is empty where it took the message; ``rests``: it is the receiver that cannot, not this message.

    ``wish`` is how long it asks to be left alone.
    """

    problem: str = ""
    rests: bool = False
    is_gone: bool = False
    wish: timedelta | None = None


class _Inside(Exception):
    """The name of a receiver leads to where only we are."""


class Post:
    """Carries messages. ``inside`` says whether receivers may be on this machine or in our own network."""

    def __init__(self, *, inside: bool) -> None:
        self._inside = inside

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    @asynccontextmanager
    async def to(self, url: str) -> AsyncIterator["Way"]:
        """The way to one receiver, whose connections are used again until the block ends."""
        limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
        client = httpx.AsyncClient(verify=self._tls, limits=limits, timeout=PATIENCE_SECONDS, trust_env=False, follow_redirects=False)
        async with client:
            yield Way(client, httpx.URL(url), inside=self._inside)


class Way:
    """The way to one receiver."""

    def __init__(self, client: httpx.AsyncClient, url: httpx.URL, *, inside: bool) -> None:
        self._client, self._url, self._inside = client, url, inside

    async def send(self, id: str, body: str, secrets: Sequence[str]) -> Answer:
        """Send a message once. Whatever goes wrong is in the answer."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._send(signed(id, body, secrets), body)
        except (TimeoutError, httpx.TimeoutException):
            return Answer(problem=f"no answer within {PATIENCE_SECONDS} seconds", rests=True)
        except _Inside:
            return Answer(problem="its name leads into our own network", rests=True)
        except socket.gaierror:
            return Answer(problem="its name is not known", rests=True)
        except (httpx.HTTPError, OSError, UnicodeError) as error:
            return Answer(problem=f"no connection ({type(error).__name__})", rests=True)

    async def _send(self, headers: Mapping[str, str], body: str) -> Answer:
        """The address is looked up and looked at here, and that one is connected to: the name could lead elsewhere a moment later."""
        address = await _address_of(self._url, inside=self._inside)
        to = {"Host": self._url.netloc.decode(), "Content-Type": "application/json", "User-Agent": "Sodate-Webhooks", **headers}
        request = self._client.build_request(
            "POST", self._url.copy_with(host=address), headers=to, content=body, extensions={"sni_hostname": self._url.host}
        )
        response = await self._client.send(request, stream=True)
        try:
            await _read_some(response)
            return answer_of(response.status_code, response.headers.get("retry-after", ""))
        finally:
            await response.aclose()


def signed(id: str, body: str, secrets: Sequence[str]) -> dict[str, str]:
    """The headers that prove a message, by every secret. The moment is the wall's: receivers hold it against their own clock."""
    at = datetime.now(UTC)
    signatures = " ".join(Webhook(secret).sign(id, at, body) for secret in secrets)
    return {"webhook-id": id, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signatures}


def answer_of(status: int, retry_after: str) -> Answer:
    """What an answer of HTTP means."""
    if 200 <= status < 300:
        return Answer()
    return Answer(
        problem=f"it answered {status}",
        rests=status >= 500 or status in _OF_THE_RECEIVER,
        is_gone=status == _GONE,
        wish=_seconds_or_date(retry_after.strip()),
    )


async def _address_of(url: httpx.URL, *, inside: bool) -> str:
    """The address that a receiver's name leads to; none where any that it leads to is inside. Raises _Inside, gaierror."""
    port = url.port or {"http": 80, "https": 443}[url.scheme]
    found = await asyncio.get_running_loop().getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
    addresses = [str(to[0]) for *_, to in found]
    if not inside and not all(map(is_outside, addresses)):
        raise _Inside
    return addresses[0]


async def _read_some(response: httpx.Response) -> None:
    """What a receiver says beside its status is not looked at; a short answer is read, so that the connection can be used again."""
    read = 0
    async for part in response.aiter_raw():
        read += len(part)
        if read > _MOST_READ:
            return


def _seconds_or_date(retry_after: str) -> timedelta | None:
    """RFC 9110, 10.2.3."""
    if retry_after.isascii() and retry_after.isdigit():
        return timedelta(seconds=min(int(retry_after[:9]), 10**8))
    try:
        at = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC), timedelta())
