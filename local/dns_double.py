"""A double of a DNS server (RFC 1035, by UDP), for trying out and for tests: it knows the records it is given, and can fall silent.

It is no DNS server: it asks nobody, and keeps nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from dns.flags import AA, QR, RA
from dns.message import Message, from_wire, make_response
from dns.name import from_text
from dns.rcode import NXDOMAIN, SERVFAIL
from dns.rdatatype import RdataType
from dns.rrset import from_text as records


@dataclass(slots=True)
class DnsDouble:
    """``records`` are written as in a zone file, by name and kind, like ``{("example.com", "MX"): ["10 mail.example.com."]}``."""

    address: str = ""
    records: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    fails_for: set[str] = field(default_factory=set)
    """Names for which it says that it is broken."""
    asked: list[tuple[str, str]] = field(default_factory=list)

    def text(self, name: str, value: str) -> None:
        """Publish one more TXT record, in pieces where it is long."""
        pieces = [value[at : at + 255] for at in range(0, len(value), 255)]
        self.records.setdefault((name, "TXT"), []).append(" ".join(f'"{piece}"' for piece in pieces))

    def answer(self, question: Message) -> Message:
        """What it answers."""
        [asked] = question.question
        name, kind = asked.name.to_text(omit_final_dot=True).lower(), RdataType(asked.rdtype).name
        self.asked.append((name, kind))
        answer = make_response(question)
        answer.flags |= QR | AA | RA
        if name in self.fails_for:
            answer.set_rcode(SERVFAIL)
        elif found := self.records.get((name, kind)):
            answer.answer.append(records(from_text(name), 60, "IN", kind, *found))
        elif all(known != name for known, _ in self.records):
            answer.set_rcode(NXDOMAIN)
        return answer


@asynccontextmanager
async def dns_double() -> AsyncIterator[DnsDouble]:
    """Answer on a port that the system chooses while the block lasts. ``address`` is what DNS_SERVER would be."""
    double = DnsDouble()
    transport, talk = await asyncio.get_running_loop().create_datagram_endpoint(lambda: _Talk(double), local_addr=("127.0.0.1", 0))
    talk.send = transport.sendto
    double.address = "127.0.0.1:{}".format(transport.get_extra_info("sockname")[1])
    try:
        yield double
    finally:
        transport.close()


class _Talk(asyncio.DatagramProtocol):
    send: Callable[[bytes, tuple[str, int]], None]

    def __init__(self, double: DnsDouble) -> None:
        self._double = double

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.send(self._double.answer(from_wire(data)).to_wire(max_size=65_535), addr)
