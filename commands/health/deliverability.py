"""Everything that `doctor mail` looks at, one after the other; what does not answer keeps nothing else from being looked at."""

from collections.abc import Coroutine, Iterator
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from commands.console import WrongInput
from mail.addresses import for_servers
from mail.domain.dkim import examine_dkim
from mail.domain.dmarc import examine_dmarc
from mail.domain.findings import MailFinding, Verdict
from mail.domain.mx import examine_mx
from mail.domain.names import Names, NoDns
from mail.domain.sample import examine_sample
from mail.domain.spf import examine_spf
from mail.domain.tls import NoServer, examine_tls
from mail.letters import Letters
from mail.sender import sender_of, signer_of
from mail.signing import Signer
from settings import Settings, SettingsError, read_settings

_INCLUDES: Final = {
    "ses": "include:amazonses.com",
    "sendgrid": "include:sendgrid.net",
    "postmark": "include:spf.mtasv.net",
    "mailgun": "include:mailgun.org",
    "resend": "include:amazonses.com",
}
_SIGNED_FURTHER_ON: Final = MailFinding(
    about="DKIM",
    verdict=Verdict.DOUBTFUL,
    what="letters are not signed here (DKIM_SELECTOR is not set), so that the mail server or the provider has to",
    fix="publish the records that it names, or set DKIM_SELECTOR and a key, as in docs/sending.md",
)


async def examine_mail(now: datetime) -> tuple[list[MailFinding], list[str]]:
    """Everything that was found, and what did not answer. Raises WrongInput for settings that are wrong."""
    try:
        settings = read_settings()
        names, signer = Names(settings.dns_server), signer_of(settings)
    except SettingsError as error:
        raise WrongInput(*str(error).splitlines()) from None
    except ValueError:
        raise WrongInput("DNS_SERVER is wrong; write it like 192.0.2.53 or 192.0.2.53:5353") from None
    found, away = list[MailFinding](), list[str]()
    for examination in _examinations(settings, names, signer, now):
        try:
            found += await examination
        except (NoDns, NoServer) as error:
            away.append(str(error))
    letters = Letters(settings.templates_dir)
    found += examine_sample(letters, sender_of(settings), signer, base=settings.base, secret=settings.link_secret, now=now)
    return found, list(dict.fromkeys(away))


def _examinations(
    settings: Settings, names: Names, signer: Signer | None, now: datetime
) -> Iterator[Coroutine[Any, Any, list[MailFinding]]]:
    address = for_servers(settings.sender_address) or settings.sender_address
    domain, server = address.rpartition("@")[2], urlsplit(str(settings.mail_url))
    by_smtp = server.scheme not in _INCLUDES
    host = server.hostname or ""
    is_number = host.replace(".", "").isdigit() or ":" in host
    sends = _INCLUDES.get(server.scheme) or (f"ip{6 if ':' in host else 4}:{host}" if is_number else f"a:{host}")
    yield examine_spf(names, domain, sends=sends, server=host if by_smtp else "")
    yield examine_dkim(names, signer.published) if signer else _is_signed_further_on()
    signed_by = signer.domain if signer else ""
    yield examine_dmarc(names, domain, return_path=domain if by_smtp else "", signed_by=signed_by, reports_to=address)
    yield examine_mx(names, domain, "answers and letters that come back" if by_smtp else "answers")
    if by_smtp:
        yield examine_tls(str(settings.mail_url), now, starttls=settings.smtp_starttls)


async def _is_signed_further_on() -> list[MailFinding]:
    return [_SIGNED_FURTHER_ON]
