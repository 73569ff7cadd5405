"""What campaigns know by name, found in their plans wherever they name it."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from nurture.kinds import Kind
from store.campaigns import campaigns
from store.journeys import selections


async def named_contents(session: AsyncSession, kind: Kind) -> list[str]:
    """Everything that the current editions of campaigns offer, look for, or know, as something that this is done with."""
    started = await selections.started_campaigns(session)
    plans = await campaigns.load(session, [row.ref for row in started])
    return sorted({name for plan in plans.values() for name in _named(plan.model_dump(mode="json", by_alias=True), kind)})


def _named(part: Any, kind: Kind) -> Iterator[str]:
    match part:
        case dict():
            known = part.get("contents")
            if part.get("engagement") == kind:
                yield from [part["content"]] if part.get("content") else known or ()
            if isinstance(known, dict):
                yield from known
            for key, value in part.items():
                yield from _named(key, kind)
                yield from _named(value, kind)
        case list() | tuple():
            for one in part:
                yield from _named(one, kind)
        case str() if part.startswith(f"{kind}:"):
            yield part.removeprefix(f"{kind}:")
