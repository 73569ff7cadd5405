"""Asks DNS what it knows of a name."""

from typing import Final

from dns.asyncresolver import Resolver
from dns.exception import DNSException, Timeout
from dns.rdatatype import RdataType
from dns.resolver import NXDOMAIN, Answer, NoAnswer, NoNameservers, NoResolverConfiguration

PATIENCE_SECONDS: Final = 5.0
"""For one name, with every repetition."""


class NoDns(Exception):
    """DNS does not answer: nothing can be said about the name."""


class Names:
    """``server`` is a DNS server as ``address`` or ``address:port``; empty means the system's. Raises ValueError for one that is neither.

    Answers are kept, so that a name is asked for once. A name that is not there has nothing.
    """

    def __init__(self, server: str = "") -> None:
        try:
            self._resolver = Resolver(configure=not server)
        except NoResolverConfiguration:
            raise NoDns("this machine knows no DNS server") from None
        if server:
            address, _, port = server.rpartition(":") if server.count(":") == 1 or "]:" in server else (server, "", "53")
            self._resolver.nameservers = [address.strip("[]")]
            self._resolver.port = int(port)
        self._resolver.lifetime = PATIENCE_SECONDS
        self._known: dict[tuple[str, RdataType], Answer | None] = {}

    async def texts(self, name: str) -> list[str]:
        """Its TXT records, each put together from its pieces."""
        return [b"".join(record.strings).decode(errors="replace") for record in await self._ask(name, RdataType.TXT)]

    async def addresses(self, name: str) -> list[str]:
        """Its addresses, of both kinds."""
        found = [*await self._ask(name, RdataType.A), *await self._ask(name, RdataType.AAAA)]
        return [str(record.address) for record in found]

    async def mail_servers(self, name: str) -> list[str]:
        """The servers that take its mail, the first choice first; a single empty one says that it takes none (RFC 7505)."""
        found = sorted((record.preference, str(record.exchange).rstrip(".")) for record in await self._ask(name, RdataType.MX))
        return [server for _, server in found]

    async def _ask(self, name: str, kind: RdataType) -> Answer | tuple[()]:
        key = name.lower().rstrip("."), kind
        if key not in self._known:
            self._known[key] = await self._answer(*key)
        return self._known[key] or ()

    async def _answer(self, name: str, kind: RdataType) -> Answer | None:
        try:
            return await self._resolver.resolve(f"{name}.", kind)
        except (NXDOMAIN, NoAnswer):
            return None
        except (NoNameservers, Timeout):
            raise NoDns(f"DNS does not answer for {name} ({kind.name})") from None
        except DNSException:
            return None  # a name that cannot be one has nothing
