"""Sends one letter that is no touch: to somebody of ours, in the way in which all letters go. The ledger knows nothing of it."""

from datetime import datetime
from uuid import uuid4

from mail.compose import compose, message_id_of
from mail.letters import Rendered
from mail.sender import sender_of, signer_of
from mail.transport import transport_of
from settings import Settings


async def send_single(settings: Settings, written: Rendered, *, to: str, to_name: str, now: datetime, unsubscribe_url: str = "") -> None:
    """Compose, sign and hand over. Raises SendError where it does not go."""
    key, sender, signer = uuid4(), sender_of(settings), signer_of(settings)
    message = compose(
        written,
        sender=sender,
        to=to,
        to_name=to_name,
        message_id=message_id_of(key, sender.address),
        unsubscribe_url=unsubscribe_url,
        sent_at=now,
    )
    transport = transport_of(str(settings.mail_url), starttls=settings.smtp_starttls, connections=1)
    try:
        await transport.send(signer.sign(message) if signer else message, sender=sender.address, to=to, key=key)
    finally:
        await transport.close()
