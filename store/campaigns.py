"""Campaigns, every edition that was ever started: leads under way keep theirs."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import Select, exists, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from nurture.campaign import Campaign, Form
from store.tables import CampaignEdition

_LATER = timedelta(microseconds=1)


async def keep(session: AsyncSession, campaign: Campaign, source: str, now: datetime) -> None:
    """Keep this edition and make it the current one of its name. ``source`` is the file as it was written.

    An edition that is current already is left as it is; an older one that is started again becomes current again, in its old words.
    """
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name), 1)"), {"name": campaign.name})
    newest = (await session.execute(_editions().where(CampaignEdition.name == campaign.name).limit(1))).first()
    if newest and newest.ref == campaign.ref:
        return
    started_at = max(now, newest.started_at + _LATER) if newest else now
    row = {"ref": campaign.ref, "name": campaign.name, "snapshot": campaign.to_json(), "source": source, "started_at": started_at}
    await session.execute(
        insert(CampaignEdition).values(row).on_conflict_do_update(index_elements=["ref"], set_={"started_at": started_at})
    )


@lru_cache(maxsize=512)
def _restored(ref: str, snapshot: str) -> Campaign:
    """An edition as it was kept; it never changes, so it is read once."""
    return Campaign.restore(ref, snapshot)


async def current(session: AsyncSession, name: str) -> Campaign | None:
    """The edition of this name that was started last."""
    row = (await session.execute(_editions().where(CampaignEdition.name == name).limit(1))).first()
    return _restored(row.ref, row.snapshot) if row else None


async def running(session: AsyncSession) -> list[Campaign]:
    """The current edition of every campaign that was started, by name. Nobody else starts one until the transaction ends."""
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('campaigns'), 2)"))
    newest = text("SELECT DISTINCT ON (name) ref, snapshot FROM campaign_editions ORDER BY name, started_at DESC")
    return [_restored(row.ref, row.snapshot) for row in await session.execute(newest)]


async def load(session: AsyncSession, refs: Iterable[str]) -> dict[str, Campaign]:
    """These editions by ref; one that was never kept is left out."""
    rows = await session.execute(_editions().where(CampaignEdition.ref.in_(set(refs))))
    return {row.ref: _restored(row.ref, row.snapshot) for row in rows}


async def form(session: AsyncSession, name: str) -> tuple[Campaign, Form] | None:
    """The form of this name, and the campaign that has it in its current edition; where several have, the one started last."""
    has_it = text("CAST(snapshot AS jsonb) -> 'forms' -> :form IS NOT NULL").bindparams(form=name)
    newer = aliased(CampaignEdition)
    is_current = ~exists().where(newer.name == CampaignEdition.name, newer.started_at > CampaignEdition.started_at)
    row = (await session.execute(_editions().where(has_it, is_current).limit(1))).first()
    if row is None:
        return None
    campaign = _restored(row.ref, row.snapshot)
    return campaign, campaign.forms[name]


def _editions() -> Select[str, str, datetime]:
    return select(CampaignEdition.ref, CampaignEdition.snapshot, CampaignEdition.started_at).order_by(CampaignEdition.started_at.desc())
