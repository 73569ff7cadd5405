"""Speaks with a provider's API over HTTPS, and tells by codes what became of a request."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import httpx

from mail.addresses import for_servers
from mail.answers import Rejected, SenderBlocked, SendError, Unavailable, Unclear

_NOT_OURS: Final = (401, 402, 403, 404, 405, 407, 426)
"""The key is wrong, may not send, is not paid for, or is for another place: whoever the recipient is."""

_PATIENCE: Final = (408, 425, 429, 503)


def sayable(address: str) -> str:
    """The recipient's address as the APIs take it. Raises Rejected where it cannot be said in ASCII."""
    said = for_servers(address)
    if said is None or not said.isascii():
        raise Rejected("the address cannot be said to the provider")
    return said


class Api:
    """One provider's API. ``endpoint`` is the address before every path; ``timeout`` is in seconds for each part of an exchange."""

    def __init__(self, endpoint: str, *, headers: Mapping[str, str], connections: int = 4, timeout: float = 30.0) -> None:
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        # Who waits for a connection waits for other letters, which is no trouble of the network's.
        patience = httpx.Timeout(timeout, pool=None)
        self._open = partial(httpx.AsyncClient, base_url=endpoint, headers=dict(headers), limits=limits, timeout=patience)
        self._client = self._open()

    async def post(self, path: str, **request: Any) -> httpx.Response:
        """The answer, whatever it is. Raises Unavailable when nothing was carried, Unclear when that is not known."""
        if self._client.is_closed:
            self._client = self._open()
        try:
            return await self._client.post(path, **request)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            error: SendError = Unavailable("the provider cannot be reached")
        except httpx.HTTPError:
            error = Unclear("no answer came after the request")
        raise error

    async def close(self) -> None:
        await self._client.aclose()


def refusal(
    response: httpx.Response, status: str = "", *, of_sender: bool = False, of_recipient: bool = False, passing: bool = False
) -> SendError:
    """What an answer other than yes means: by its HTTP status, unless the provider's own code, ``status``, says whom it is about."""
    code = response.status_code
    if of_sender:
        return SenderBlocked("the provider refuses this sender", code=code, status=status)
    if of_recipient:
        return Rejected("the provider refuses this recipient", code=code, status=status)
    if passing or code in _PATIENCE:
        return Unavailable("the provider asks for patience", code=code, status=status)
    if code in _NOT_OURS:
        return SenderBlocked("the provider refuses this sender", code=code, status=status)
    if 400 <= code <= 499:
        return Rejected("the provider refuses this letter", code=code, status=status)
    return Unclear("the provider's answer does not say what became of the letter", code=code, status=status)


def fields_of(response: httpx.Response) -> dict[str, Any]:
    """The JSON object that was answered; empty where it is none."""
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
