"""Carries letters through Postmark."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from mail.providers.api import Api, fields_of, refusal, sayable
from mail.providers.parts import parts_of

_OF_SENDER: Final = (10, 400, 401, 402, 403, 405, 409, 412, 413)
"""Token, signature, account or stream: what no letter can get past. Source: postmarkapp.com/developer/api/overview#error-codes"""

_INACTIVE: Final = 406
_PASSING: Final = (100, 429)


class Postmark:
    """``postmark://token``, with ``?stream=broadcast`` for another message stream. Parts are sent: the API takes no whole message.

    **Idempotency**: none. A letter in doubt may arrive twice, unless an event says first that it was carried.
    """

    name = "postmark"
    remembers = timedelta()

    def __init__(
        self, *, token: str, stream: str = "outbound", endpoint: str = "https://api.postmarkapp.com", connections: int = 4
    ) -> None:
        self._stream = stream
        headers = {"X-Postmark-Server-Token": token, "Accept": "application/json"}
        self._api = Api(endpoint, headers=headers, connections=connections)

    async def send(self, message: bytes, *, sender: str, to: str, key: UUID) -> str:
        """Carry one message. See ``mail.transport.Transport``."""
        said_to = sayable(to)
        parts = parts_of(message, said_to)
        letter = {
            "From": str(parts.sender),
            "To": str(parts.to),
            "Subject": parts.subject,
            "TextBody": parts.text,
            "HtmlBody": parts.html,
            "Headers": [{"Name": name, "Value": value} for name, value in {**parts.headers, "X-PM-KeepID": "true"}.items()],
            "Metadata": {"touch": str(key)},
            "MessageStream": self._stream,
            "TrackOpens": False,
            "TrackLinks": "None",
        } | ({"ReplyTo": str(parts.reply_to)} if parts.reply_to else {})
        response = await self._api.post("/email", json=letter)
        answer = fields_of(response)
        code = answer.get("ErrorCode", 0)
        if response.is_success and code == 0:
            return str(answer.get("MessageID", ""))
        raise refusal(response, str(code), of_sender=code in _OF_SENDER, of_recipient=code == _INACTIVE, passing=code in _PASSING)

    async def close(self) -> None:
        await self._api.close()
