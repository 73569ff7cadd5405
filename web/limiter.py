"""How often one client may do a thing: counted in this process, over a window that moves with the minute."""

import ipaddress
import math
import time

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter


class Limiter:
    """At most ``per_minute`` in any minute, for each client address. Several processes each count for themselves."""

    def __init__(self, per_minute: int) -> None:
        self._rate = RateLimitItemPerMinute(per_minute)
        self._window = MovingWindowRateLimiter(MemoryStorage())

    async def take(self, address: str) -> int | None:
        """Count one. Returns None when it is allowed, else the seconds to wait."""
        return None if await self._window.hit(self._rate, _group(address)) else await self._wait(address)

    async def peek(self, address: str) -> int | None:
        """As ``take``, without counting."""
        return None if await self._window.test(self._rate, _group(address)) else await self._wait(address)

    async def _wait(self, address: str) -> int:
        stats = await self._window.get_window_stats(self._rate, _group(address))
        return max(1, math.ceil(stats.reset_time - time.time()))


def _group(address: str) -> str:
    """One household is one client: an IPv6 customer owns a whole /64 and would else have 2**64 tries."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)
