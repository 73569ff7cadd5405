"""Carries letters through Twilio SendGrid, version 3 of its API."""

from datetime import timedelta
from email.headerregistry import Address
from uuid import UUID

from mail.providers.api import Api, fields_of, refusal, sayable
from mail.providers.parts import parts_of

_AS_WRITTEN = {name: {"enable": False} for name in ("click_tracking", "open_tracking", "subscription_tracking")}
"""Links stay as they were written, and nothing is added."""


class SendGrid:
    """``sendgrid://key``. Parts of the letter are sent: the API takes no whole message.

    **Idempotency**: none. A letter in doubt may arrive twice, unless an event says first that it was carried.
    """

    name = "sendgrid"
    remembers = timedelta()

    def __init__(self, *, key: str, endpoint: str = "https://api.sendgrid.com", connections: int = 4) -> None:
        self._api = Api(endpoint, headers={"Authorization": f"Bearer {key}"}, connections=connections)

    async def send(self, message: bytes, *, sender: str, to: str, key: UUID) -> str:
        """Carry one message. See ``mail.transport.Transport``."""
        said_to = sayable(to)
        parts = parts_of(message, said_to)
        letter = {
            "personalizations": [{"to": [_mailbox(parts.to)]}],
            "from": _mailbox(parts.sender),
            "subject": parts.subject,
            "content": [{"type": "text/plain", "value": parts.text}, {"type": "text/html", "value": parts.html}],
            "headers": parts.headers,
            "custom_args": {"touch": str(key)},
            "tracking_settings": _AS_WRITTEN,
        } | ({"reply_to": _mailbox(parts.reply_to)} if parts.reply_to else {})
        response = await self._api.post("/v3/mail/send", json=letter)
        if response.is_success:
            return str(response.headers.get("x-message-id", ""))
        wrong = [str(error.get("field") or "") for error in fields_of(response).get("errors", []) if isinstance(error, dict)]
        raise refusal(response, next(iter(wrong), ""), of_sender=any(field.partition(".")[0] == "from" for field in wrong))

    async def close(self) -> None:
        await self._api.close()


def _mailbox(address: Address) -> dict[str, str]:
    return {"email": address.addr_spec} | ({"name": address.display_name} if address.display_name else {})
