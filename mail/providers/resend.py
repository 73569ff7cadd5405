"""Carries letters through Resend."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from mail.providers.api import Api, fields_of, refusal, sayable
from mail.providers.parts import parts_of

_OF_SENDER: Final = ("invalid_from_address", "invalid_access", "invalid_region", "security_error", "invalid_idempotent_request")
_PASSING: Final = ("concurrent_idempotent_requests",)


class Resend:
    """``resend://key``. Parts of the letter are sent: the API takes no whole message.

    **Idempotency**: the touch's key goes along as ``Idempotency-Key``, by which Resend knows a repetition for 24 hours.
    """

    name = "resend"
    remembers = timedelta(hours=24)

    def __init__(self, *, key: str, endpoint: str = "https://api.resend.com", connections: int = 4) -> None:
        self._api = Api(endpoint, headers={"Authorization": f"Bearer {key}"}, connections=connections)

    async def send(self, message: bytes, *, sender: str, to: str, key: UUID) -> str:
        """Carry one message. See ``mail.transport.Transport``."""
        said_to = sayable(to)
        parts = parts_of(message, said_to)
        letter = {
            "from": str(parts.sender),
            "to": [str(parts.to)],
            "subject": parts.subject,
            "text": parts.text,
            "html": parts.html,
            "headers": parts.headers,
            "tags": [{"name": "touch", "value": str(key)}],
        } | ({"reply_to": str(parts.reply_to)} if parts.reply_to else {})
        response = await self._api.post("/emails", json=letter, headers={"Idempotency-Key": str(key)})
        answer = fields_of(response)
        if response.is_success:
            return str(answer.get("id", ""))
        name = str(answer.get("name", ""))
        raise refusal(response, name, of_sender=name in _OF_SENDER, passing=name in _PASSING)

    async def close(self) -> None:
        await self._api.close()
