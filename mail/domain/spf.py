"""SPF (RFC 7208): who may send for a domain, by the record that it publishes and by those that this one includes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Final

from mail.domain.findings import DnsRecord, MailFinding, Verdict
from mail.domain.names import Names

MOST_LOOKUPS: Final = 10
"""Of terms that ask DNS (4.6.4); a record with more of them counts as none."""

_STOP: Final = 30
_TERM: Final = re.compile(
    r"(?P<sign>[-+~?]?)(?P<name>all|include|a|mx|ptr|ip4|ip6|exists)(?:[:](?P<value>[^\s/]+))?(?P<length>(?:/\d+){0,2})"
)
_MODIFIER: Final = re.compile(r"(?P<name>[a-z][\w.-]*)=(?P<value>\S*)", re.IGNORECASE)
_NETWORK: Final = re.compile(r"[-+~?]?ip[46]:(\S+)", re.IGNORECASE)
_ENDS: Final = {
    "-": MailFinding(about="SPF", verdict=Verdict.RIGHT, what="whoever else sends is refused (-all)"),
    "~": MailFinding(
        about="SPF",
        verdict=Verdict.DOUBTFUL,
        what="whoever else sends is only suspected (~all)",
        fix="end it with -all once all senders are in it",
    ),
    "?": MailFinding(about="SPF", verdict=Verdict.WRONG, what="of whoever else sends it says nothing (?all)", fix="end it with -all"),
    "+": MailFinding(about="SPF", verdict=Verdict.WRONG, what="it lets everybody send (+all)", fix="end it with -all"),
}


@dataclass
class _Walk:
    """What was met on the way through a record and all that it includes."""

    lookups: int = 0
    empty: int = 0
    faults: list[str] = field(default_factory=list)
    includes: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    end: str = ""


async def examine_spf(names: Names, domain: str, *, sends: str, server: str = "") -> list[MailFinding]:
    """Look at the SPF record of ``domain``, and whether it lets in who sends for us.

    ``sends`` is the term that would let it in, like ``include:amazonses.com`` or ``a:mail.example.com``; ``server`` is the mail server that
    letters are handed to, if there is one.
    """
    records = await _records(names, domain)
    if not records:
        publish = DnsRecord(name=domain, kind="TXT", value=f"v=spf1 {sends} -all")
        what = f"{domain} does not say who may send for it"
        return [MailFinding(about="SPF", verdict=Verdict.WRONG, what=what, fix="publish one record", publish=publish)]
    if len(records) > 1:
        what = f"{domain} has {len(records)} SPF records, which count as none"
        return [MailFinding(about="SPF", verdict=Verdict.WRONG, what=what, fix="make one of them")]
    walk = _Walk()
    await _follow(names, domain, records[0], walk, top=True)
    return [
        *(MailFinding(about="SPF", verdict=Verdict.WRONG, what=fault, fix="correct it") for fault in dict.fromkeys(walk.faults)),
        *_counted(walk),
        _ENDS.get(walk.end)
        or MailFinding(
            about="SPF", verdict=Verdict.DOUBTFUL, what="it does not say what holds for whoever else sends", fix="end it with -all"
        ),
        await _lets_in(names, domain, records[0], walk, sends, server),
    ]


async def _records(names: Names, domain: str) -> list[str]:
    return [text for text in await names.texts(domain) if re.match(r"v=spf1(?: |$)", text, re.IGNORECASE)]


async def _follow(names: Names, domain: str, record: str, walk: _Walk, *, top: bool) -> None:
    redirect = ""
    for term in record.split()[1:]:
        if walk.lookups > _STOP:
            return
        if (modifier := _MODIFIER.fullmatch(term)) and not _TERM.fullmatch(term.lower()):
            redirect = modifier["value"] if modifier["name"].lower() == "redirect" else redirect
        elif mechanism := _TERM.fullmatch(term.lower()):
            await _meet(names, domain, mechanism, walk, top=top)
        else:
            walk.faults.append(f"'{term}' in the record of {domain} is no term of SPF, and spoils all of it")
    if redirect and not (top and walk.end):
        walk.lookups += 1
        await _include(names, domain, redirect, walk, top=top)


async def _meet(names: Names, domain: str, term: re.Match[str], walk: _Walk, *, top: bool) -> None:
    name, value = term["name"], term["value"] or domain
    if name == "all":
        walk.end = (term["sign"] or "+") if top else walk.end
        return
    if name in ("ip4", "ip6"):
        written = f"{_address_in(term.string)}"
        if _is_network(written):
            walk.addresses.append(written)
        else:
            walk.faults.append(f"'{term.string}' in the record of {domain} is no address")
        return
    walk.lookups += 1
    if "%" in value:  # depends on the letter
        return
    if name == "include":
        walk.includes.append(value)
        await _include(names, domain, value, walk, top=False)
    elif name in ("a", "mx"):
        hosts = [value] if name == "a" else [host for host in await names.mail_servers(value) if host]
        found = [address for host in hosts for address in await names.addresses(host)]
        walk.empty += not found
        walk.addresses += found


async def _include(names: Names, domain: str, other: str, walk: _Walk, *, top: bool) -> None:
    records = await _records(names, other)
    if len(records) == 1:
        await _follow(names, other, records[0], walk, top=top)
    else:
        walk.empty += not records
        has = f"has {len(records)} records" if records else "has no record"
        walk.faults.append(f"the record of {domain} leads to {other}, which {has}: that spoils all of it")


def _counted(walk: _Walk) -> Iterator[MailFinding]:
    if walk.lookups > MOST_LOOKUPS:
        most = f"more than {_STOP}" if walk.lookups > _STOP else str(walk.lookups)
        what = f"it asks DNS {most} times, and {MOST_LOOKUPS} are allowed: it counts as none"
        yield MailFinding(about="SPF", verdict=Verdict.WRONG, what=what, fix="take out what sends no more, or write addresses (ip4:, ip6:)")
    else:
        what = f"it asks DNS {walk.lookups} of {MOST_LOOKUPS} times"
        yield MailFinding(about="SPF", verdict=Verdict.RIGHT, what=what)
    if walk.empty > 2:
        what = f"{walk.empty} of its terms lead to names that are not there, and two are allowed"
        yield MailFinding(about="SPF", verdict=Verdict.WRONG, what=what, fix="take them out")


async def _lets_in(names: Names, domain: str, record: str, walk: _Walk, sends: str, server: str) -> MailFinding:
    publish = DnsRecord(name=domain, kind="TXT", value=_with_term(record, sends))
    if sends.startswith("include:"):
        if sends.removeprefix("include:") in walk.includes:
            return MailFinding(about="SPF", verdict=Verdict.RIGHT, what=f"it lets the provider send ({sends})")
        what = f"it does not name the provider ({sends}), which is right only where its own Return-Path is used"
        return MailFinding(
            about="SPF", verdict=Verdict.DOUBTFUL, what=what, fix="add it, unless the provider says otherwise", publish=publish
        )
    own = [server] if _is_network(server) else await names.addresses(server)
    allowed = [ip_network(address, strict=False) for address in walk.addresses]
    if own and all(any(ip_address(address) in network for network in allowed) for address in own):
        return MailFinding(about="SPF", verdict=Verdict.RIGHT, what=f"it lets {server} send")
    what = f"it does not let {server} send by the address that it has here"
    fix = "add it, unless that server passes letters on through another one that is in it"
    return MailFinding(about="SPF", verdict=Verdict.DOUBTFUL, what=what, fix=fix, publish=publish)


def _with_term(record: str, term: str) -> str:
    """The record with one more term, before what holds for everybody else."""
    first, *terms = record.split()
    at = next((place for place, each in enumerate(terms) if re.fullmatch(r"[-+~?]?all|redirect=.*", each.lower())), len(terms))
    return " ".join([first, *terms[:at], term, *terms[at:]])


def _address_in(term: str) -> str:
    found = _NETWORK.fullmatch(term)
    return found[1] if found else ""


def _is_network(written: str) -> bool:
    try:
        ip_network(written, strict=False)
    except ValueError:
        return False
    return True
