"""Addresses of people who were erased: known again by a keyed hash alone, so that nobody brings them back by mistake.

A plain hash of an address is no secret: whoever has a copy of the database can try out every address that there may be. The key is not in
the database, so that a copy of it tells nothing.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from store.addresses import comparable, hash_of_comparable
from store.database import SECRET
from store.leads.persons import WrongPerson
from store.tables import Erasure, Suppression

ERASED: Final = "erased"
"""Why nothing is written to the address of somebody who asked to be erased, and no lead is made of it."""

_NOT_EVEN_KNOWN: Final = "**"
"""The topic under which that is kept: a refusal of everything may be kept beside it."""

_MARK: Final = "hmac:"


class Erased(WrongPerson):
    """This is somebody who was erased. Only they themselves come back, by a form."""

    def __init__(self) -> None:
        super().__init__("email", "belongs to somebody who asked to be erased, and who alone may come back, by a form")


class NoSecret(RuntimeError):
    """Somebody was erased, and this process lacks the secret by which they would be known again."""


async def key_of(session: AsyncSession, address: str) -> str:
    """The keyed hash of an address. Raises NoSecret."""
    secret: str = session.info.get(SECRET, "")
    if not secret:
        raise NoSecret("set ERASURE_SECRET or LINK_SECRET as the worker has it: by it people who were erased are known again")
    said = f"erased\0{comparable(address)}".encode(errors="surrogatepass")
    return _MARK + hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()


async def erased(session: AsyncSession, addresses: Iterable[str]) -> set[str]:
    """Those of these addresses whose owners asked to be erased. Raises NoSecret."""
    rows = await _kept(session, set(addresses))
    return {address for address, of_address in rows.items() if any(row.reason == ERASED for row in of_address)}


async def admit(session: AsyncSession, addresses: Iterable[str], *, by_themselves: bool = False) -> None:
    """Let people in who may have been erased. What they had refused before they were holds again.

    Raises Erased where one asked for it and does not come ``by_themselves``, and NoSecret.
    """
    rows = await _kept(session, set(addresses))
    if not by_themselves and any(row.reason == ERASED for of_address in rows.values() for row in of_address):
        raise Erased
    for address, of_address in sorted(rows.items()):
        for row in of_address:
            if row.reason != ERASED:
                again = {"address_hash": hash_of_comparable(address), "topic": row.topic, "reason": row.reason, "at": row.at}
                await session.execute(insert(Suppression).values(again).on_conflict_do_nothing())
        await session.execute(delete(Suppression).where(Suppression.address_hash == of_address[0].address_hash))


async def forget_addresses(session: AsyncSession, addresses: Sequence[str], *, reason: str, now: datetime) -> int:
    """Keep what these addresses refused under their keyed hashes, and say how many refusals those are.

    With the reason ``ERASED`` nobody else brings them back from then on. Raises NoSecret.
    """
    kept = 0
    for address in addresses:
        key = await key_of(session, address)
        plain = Suppression.address_hash == hash_of_comparable(address)
        rows = [{"address_hash": key, "topic": _NOT_EVEN_KNOWN, "reason": ERASED, "at": now}] if reason == ERASED else []
        for refusal in await session.scalars(select(Suppression).where(plain).order_by(Suppression.topic)):
            if refusal.reason != ERASED:
                rows.append({"address_hash": key, "topic": refusal.topic, "reason": refusal.reason, "at": refusal.at})
                kept += 1
        for row in rows:
            await session.execute(insert(Suppression).values(row).on_conflict_do_nothing())
        await session.execute(delete(Suppression).where(plain))
    return kept


async def _kept(session: AsyncSession, addresses: set[str]) -> dict[str, list[Suppression]]:
    """What is kept under the keyed hashes of these addresses; nothing, and no secret is needed, where nobody was ever erased."""
    if not addresses or not await session.scalar(select(exists().where(Erasure.lead_id.is_not(None)))):
        return {}
    keys = {await key_of(session, address): address for address in addresses}
    found: dict[str, list[Suppression]] = {}
    for row in await session.scalars(select(Suppression).where(Suppression.address_hash.in_(keys)).order_by(Suppression.topic)):
        found.setdefault(keys[row.address_hash], []).append(row)
    return found
