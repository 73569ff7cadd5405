"""Carries letters through Amazon SES, version 2 of its API."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from mail.addresses import for_servers
from mail.providers.api import Api, fields_of, refusal, sayable
from mail.providers.sigv4 import signed_headers

_PATH: Final = "/v2/email/outbound-emails"
_OF_SENDER: Final = (
    "AccountSuspendedException",
    "MailFromDomainNotVerifiedException",
    "MessageRejected",  # above all for identities that are not verified
    "NotFoundException",  # the configuration set
    "SendingPausedException",
)
_PASSING: Final = ("LimitExceededException", "TooManyRequestsException")


class Ses:
    """``ses://key:secret@region``. The frozen bytes are sent whole; SES gives them a Message-ID of its own, which is its answer.

    **Idempotency**: none. A letter in doubt may arrive twice, unless an event says first that it was carried.
    """

    name = "ses"
    remembers = timedelta()

    def __init__(
        self, *, key: str, secret: str, region: str, configuration_set: str = "", endpoint: str = "", connections: int = 4
    ) -> None:
        self._key, self._secret, self._region = key, secret, region
        self._set = {"ConfigurationSetName": configuration_set} if configuration_set else {}
        self._url = (endpoint or f"https://email.{region}.amazonaws.com").rstrip("/") + _PATH
        self._api = Api("", headers={}, connections=connections)

    async def send(self, message: bytes, *, sender: str, to: str, key: UUID) -> str:
        """Carry one message. See ``mail.transport.Transport``."""
        said_to = sayable(to)
        letter = {
            "FromEmailAddress": for_servers(sender),
            "Destination": {"ToAddresses": [said_to]},
            "Content": {"Raw": {"Data": base64.b64encode(message).decode()}},
            "EmailTags": [{"Name": "touch", "Value": str(key)}],
            **self._set,
        }
        body = json.dumps(letter).encode()
        headers = signed_headers(
            "POST",
            self._url,
            body,
            headers={"content-type": "application/json"},
            key=self._key,
            secret=self._secret,
            region=self._region,
            service="ses",
            at=datetime.now(UTC),
        )
        response = await self._api.post(self._url, content=body, headers=headers)
        answer = fields_of(response)
        if response.is_success:
            return str(answer.get("MessageId", ""))
        error = (response.headers.get("x-amzn-errortype") or str(answer.get("__type", ""))).partition(":")[0].rpartition("#")[2]
        raise refusal(response, error, of_sender=error in _OF_SENDER, passing=error in _PASSING)

    async def close(self) -> None:
        await self._api.close()
