"""DMARC (RFC 7489): what becomes of mail in our name that nobody proves, and whether ours proves itself for the From address."""

import re
from collections.abc import Iterator
from typing import Final

from mail.domain.dkim import tags_of
from mail.domain.findings import DnsRecord, MailFinding, Verdict
from mail.domain.names import Names

_POLICIES: Final = ("none", "quarantine", "reject")


async def examine_dmarc(names: Names, domain: str, *, return_path: str, signed_by: str, reports_to: str) -> list[MailFinding]:
    """Look at the policy for the From domain, its own or that of the domain above it.

    ``return_path`` is the domain that SPF proves, ``signed_by`` that of the signature; each is empty where it cannot be told from here.
    """
    publish = DnsRecord(name=f"_dmarc.{domain}", kind="TXT", value=f"v=DMARC1; p=none; rua=mailto:{reports_to}")
    for above in _domain_and_above(domain):
        records = [text for text in await names.texts(f"_dmarc.{above}") if re.match(r"v\s*=\s*DMARC1\s*(?:;|$)", text)]
        if len(records) > 1:
            return [_found(Verdict.WRONG, f"{above} has {len(records)} DMARC records, which count as none", "keep one of them")]
        if records:
            tags = tags_of(records[0])
            return [*_policy(tags, above, is_below=above != domain), *_alignment(tags, domain, return_path, signed_by)]
    what = f"{domain} has no DMARC record; Gmail, Yahoo and Outlook.com want one of whoever sends much"
    fix = "publish one; go on to p=quarantine when its reports show that all your mail proves itself"
    return [_found(Verdict.WRONG, what, fix, publish)]


def _domain_and_above(domain: str) -> Iterator[str]:
    labels = domain.split(".")
    yield from (".".join(labels[place:]) for place in range(max(1, len(labels) - 1)))


def _policy(tags: dict[str, str], at: str, *, is_below: bool) -> Iterator[MailFinding]:
    policy = tags.get("sp", tags.get("p", "")) if is_below else tags.get("p", "")
    if policy not in _POLICIES:
        yield _found(Verdict.WRONG, f"the policy of {at}, p={policy or '…'}, is none of {', '.join(_POLICIES)}", "write p=quarantine")
    elif policy == "none":
        yield _found(
            Verdict.DOUBTFUL, f"{at} only asks for reports (p=none)", "go on to p=quarantine when they show that your mail proves itself"
        )
    else:
        yield _found(Verdict.RIGHT, f"what nobody proves is to be dealt with by {policy}")
    if not tags.get("rua", "").startswith("mailto:"):
        yield _found(Verdict.DOUBTFUL, "nobody gets its reports", "add rua=mailto:… with an address that you read")


def _alignment(tags: dict[str, str], domain: str, return_path: str, signed_by: str) -> Iterator[MailFinding]:
    """Of SPF and DKIM one has to be about the From domain; without DKIM, mail that is passed on fails."""
    spf, dkim = (bool(other) and _fits(domain, other, tags.get(how, "r")) for other, how in ((return_path, "aspf"), (signed_by, "adkim")))
    if signed_by and not dkim:
        what = f"the signature is of {signed_by}, and the From address of {domain}"
        yield _found(Verdict.DOUBTFUL if spf else Verdict.WRONG, what, f"set DKIM_DOMAIN to {domain}")
    if return_path and not spf:
        what = f"the Return-Path is of {return_path}, and the From address of {domain}"
        yield _found(Verdict.DOUBTFUL if dkim else Verdict.WRONG, what, "let them be of one domain")
    if spf or dkim:
        proofs = " and ".join(name for name, fits in (("SPF", spf), ("DKIM", dkim)) if fits)
        yield _found(Verdict.RIGHT, f"{proofs} prove{'' if spf and dkim else 's'} the From address")
    if not signed_by:
        what = "whether DKIM proves the From address cannot be told from here: letters are signed further on"
        yield _found(Verdict.DOUBTFUL, what, f"see that whoever signs does it as {domain}")


def _fits(domain: str, other: str, how: str) -> bool:
    """Whether two domains are one (strict), or one is below the other (relaxed)."""
    return domain == other or (how != "s" and (domain.endswith(f".{other}") or other.endswith(f".{domain}")))


def _found(verdict: Verdict, what: str, fix: str = "", publish: DnsRecord | None = None) -> MailFinding:
    return MailFinding(about="DMARC", verdict=verdict, what=what, fix=fix, publish=publish)
