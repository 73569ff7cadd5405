"""MX (RFC 5321): whether answers and mail that comes back find a server."""

from mail.domain.findings import DnsRecord, MailFinding, Verdict
from mail.domain.names import Names


async def examine_mx(names: Names, domain: str, what_for: str) -> list[MailFinding]:
    """Look whether mail to ``domain`` arrives; ``what_for`` is the mail that goes there."""
    servers = await names.mail_servers(domain)
    if servers == [""]:
        return [
            _wrong(
                f"{domain} says that it takes no mail: {what_for} are lost",
                "name the server that takes it, in the place of this one",
                domain,
            )
        ]
    if not servers:
        if await names.addresses(domain):
            what = f"{domain} names no server for its mail: {what_for} go to its web server, if that takes any"
            return [MailFinding(about="MX", verdict=Verdict.DOUBTFUL, what=what, fix="name the server that takes it")]
        return [
            _wrong(
                f"{domain} has no server for its mail: {what_for} are lost",
                "name the server that takes it, in the place of this one",
                domain,
            )
        ]
    missing = [server for server in servers if not await names.addresses(server)]
    if missing:
        verdict = Verdict.WRONG if missing == servers else Verdict.DOUBTFUL
        return [
            MailFinding(about="MX", verdict=verdict, what=f"{', '.join(missing)} is not there", fix="name servers that have an address")
        ]
    return [MailFinding(about="MX", verdict=Verdict.RIGHT, what=f"{what_for} to {domain} go to {servers[0]}")]


def _wrong(what: str, fix: str, domain: str) -> MailFinding:
    publish = DnsRecord(name=domain, kind="MX", value=f"10 mail.{domain}.")
    return MailFinding(about="MX", verdict=Verdict.WRONG, what=what, fix=fix, publish=publish)
