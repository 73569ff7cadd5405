"""Who sends and who signs, by the settings."""

from pathlib import Path

from mail.facts import Sender
from mail.signing import Signer
from settings import Settings, SettingsError


def sender_of(settings: Settings) -> Sender:
    """Who sends: the company."""
    return Sender(
        name=settings.sender_name,
        address=settings.sender_address,
        legal_name=settings.sender_legal_name,
        postal_address=settings.sender_postal_address,
        contact=settings.sender_contact,
    )


def signer_of(settings: Settings) -> Signer | None:
    """Who signs, by the settings; nobody where they name no selector. Raises SettingsError for a key that cannot be read."""
    if not settings.dkim_selector:
        return None
    try:
        key = settings.dkim_key or Path(settings.dkim_key_file).read_text(encoding="ascii")
        return Signer(selector=settings.dkim_selector, domain=settings.dkim_domain or settings.sender_address.rpartition("@")[2], key=key)
    except (ValueError, OSError) as error:
        said = error.strerror if isinstance(error, OSError) else error
    raise SettingsError(f"DKIM_KEY or DKIM_KEY_FILE is wrong: {said}")
