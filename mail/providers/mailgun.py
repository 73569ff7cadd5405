"""Carries letters through Mailgun."""

from datetime import timedelta
from uuid import UUID

from mail.providers.api import Api, fields_of, refusal, sayable


class Mailgun:
    """``mailgun://key@domain``; in Europe with ``?endpoint=https://api.eu.mailgun.net``. The frozen bytes are sent whole.

    **Idempotency**: none. A letter in doubt may arrive twice, with one Message-ID, unless an event says first that it was carried.
    """

    name = "mailgun"
    remembers = timedelta()

    def __init__(self, *, key: str, domain: str, endpoint: str = "https://api.mailgun.net", connections: int = 4) -> None:
        self._key, self._domain = key, domain
        self._api = Api(endpoint, headers={}, connections=connections)

    async def send(self, message: bytes, *, sender: str, to: str, key: UUID) -> str:
        """Carry one message. See ``mail.transport.Transport``."""
        said_to = sayable(to)
        # No variable with the key: Mailgun would show it to the recipient, and its events name the Message-ID that the letter has.
        response = await self._api.post(
            f"/v3/{self._domain}/messages.mime",
            auth=("api", self._key),
            data={"to": said_to, "o:tracking": "no"},
            files={"message": ("letter.eml", message, "message/rfc822")},
        )
        if response.is_success:
            return str(fields_of(response).get("id", "")).strip("<>")
        raise refusal(response)

    async def close(self) -> None:
        await self._api.close()
