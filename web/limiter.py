"""How often one client may do a thing: counted in this process, over a window that moves with the minute."""

import ipaddress
import math
from collections import deque
from time import monotonic
from typing import Final

_SECONDS: Final = 60.0
_SWEEP: Final = 1000
"""After so many that were counted, clients are forgotten who have done nothing for a minute."""


class Limiter:
    """At most ``per_minute`` in any minute, for each client address and each thing. Several processes each count for themselves."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._counted: dict[tuple[str, str], deque[float]] = {}
        self._until_sweep = _SWEEP

    async def take(self, address: str, what: str = "") -> int | None:
        """Count one. Returns None when it is allowed, else the seconds to wait."""
        seconds = await self.peek(address, what)
        if seconds is None:
            self._counted.setdefault((_group(address), what), deque()).append(monotonic())
            self._sweep()
        return seconds

    async def peek(self, address: str, what: str = "") -> int | None:
        """As ``take``, without counting."""
        remaining, seconds = await self.left(address, what)
        return None if remaining else seconds

    async def left(self, address: str, what: str = "") -> tuple[int, int]:
        """How often it is still allowed, and in how many seconds the first that was counted does not count any more."""
        counted, now = self._counted.get((_group(address), what), deque()), monotonic()
        while counted and counted[0] <= now - _SECONDS:
            counted.popleft()
        first = counted[0] if counted else now
        return self._per_minute - len(counted), max(1, math.ceil(first + _SECONDS - now))

    def _sweep(self) -> None:
        self._until_sweep -= 1
        if self._until_sweep == 0:
            before = monotonic() - _SECONDS
            self._counted = {client: counted for client, counted in self._counted.items() if counted and counted[-1] > before}
            self._until_sweep = max(_SWEEP, len(self._counted))


def _group(address: str) -> str:
    """One household is one client: an IPv6 customer owns a whole /64 and would else have 2**64 tries."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)
