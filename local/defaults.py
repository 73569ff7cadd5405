"""Settings for one machine: safe ones, which can reach nobody outside it."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

_OWN = {
    "SENDER_ADDRESS": "hello@sodate.example.com",
    "SENDER_NAME": "Sodate",
    "SENDER_LEGAL_NAME": "Sodate Example K.K.",
    "SENDER_POSTAL_ADDRESS": "1-1-1 Example, Chiyoda-ku, Tokyo 100-0001, Japan",
    "SENDER_CONTACT": "complaints@sodate.example.com",
}
_TEMPORAL = "TEMPORAL_"


def local_settings(
    *,
    database_url: str,
    smtp_url: str,
    base_url: str,
    temporal_address: str = "",
    link_secret: str = "",
    environment: Mapping[str, str] = os.environ,
) -> dict[str, str]:
    """The whole environment of a local process.

    What is set in ``environment`` counts, but never where it would lead out of this machine: database, SMTP server, Temporal and
    the people to notify are the local ones, so that trying something out cannot write to a customer, and nobody signs in elsewhere.
    """
    kept = {
        name: value
        for name, value in environment.items()
        if not name.startswith((_TEMPORAL, "NOTIFY_", "OIDC_")) and name not in ("SMTP_URL", "IMAP_URL")
    }
    teams = {"NOTIFY_REP_URL": "reps", "NOTIFY_LEADER_URL": "leader", "NOTIFY_SERVICE_URL": "service", "NOTIFY_MARKETING_URL": "marketing"}
    temporal = {"TEMPORAL_ADDRESS": temporal_address} if temporal_address else {}
    return {
        **_OWN,
        "LINK_SECRET": link_secret or secrets.token_urlsafe(24),
        **kept,
        **temporal,
        "TEMPORAL_CONFIG_FILE": os.devnull,
        "DATABASE_URL": database_url,
        "MAIL_URL": smtp_url,
        "SMTP_STARTTLS": "false",
        "BASE_URL": base_url,
        **{name: _letters_to(smtp_url, f"{who}@sodate.example.com") for name, who in teams.items()},
    }


def kept_secret(path: Path) -> str:
    """A secret that is made once and stays: links in letters that were sent depend on it."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


def _letters_to(smtp_url: str, address: str) -> str:
    """An Apprise URL that tells somebody by a letter to the local catcher."""
    return f"{smtp_url.replace('smtp://', 'mailto://', 1)}?from=sodate@sodate.example.com&to={address}&mode=insecure"
