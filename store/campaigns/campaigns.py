"""Campaigns, every edition that was ever started: leads under way keep theirs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from sqlalchemy import Select, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.plan.campaign import Campaign
from nurture.plan.form import Form
from store.tables import CampaignEdition

_LATER = timedelta(microseconds=1)
_known: Final[dict[str, Campaign]] = {}
"""Editions whose forms were asked for, by ref: they never change."""


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


async def with_source(session: AsyncSession, name: str) -> tuple[Campaign, str] | None:
    """The edition of this name that was started last, and its file as it was written."""
    campaign = await current(session, name)
    if campaign is None:
        return None
    return campaign, await session.scalar(select(CampaignEdition.source).where(CampaignEdition.ref == campaign.ref)) or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A version of a campaign: which, and since when it is the current one, or was."""

    ref: str
    started_at: datetime


async def editions(session: AsyncSession, name: str) -> list[Edition]:
    """Every edition of a campaign, the current one first; none where no campaign of this name was started."""
    rows = select(CampaignEdition.ref, CampaignEdition.started_at).where(CampaignEdition.name == name)
    return [Edition(**row._asdict()) for row in await session.execute(rows.order_by(CampaignEdition.started_at.desc()))]


def short(ref: str) -> str:
    """An edition as people read it."""
    return ref.rpartition("@")[2][:8]


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
    return (await forms(session)).get(name)


async def forms(session: AsyncSession) -> dict[str, tuple[Campaign, Form]]:
    """Every form by name, as ``form`` gives them. What an edition says is read once in the life of a process."""
    rows = (await session.execute(_CURRENT)).all()
    if missing := {row.ref for row in rows} - _known.keys():
        _known.update(await load(session, missing))
    newest_last = [_known[row.ref] for row in rows]
    return {name: (campaign, form) for campaign in newest_last for name, form in campaign.forms.items()}


def _editions() -> Select[str, str, datetime]:
    return select(CampaignEdition.ref, CampaignEdition.snapshot, CampaignEdition.started_at).order_by(CampaignEdition.started_at.desc())


_CURRENT = text("""
    SELECT ref FROM campaign_editions AS edition
    WHERE NOT EXISTS (SELECT FROM campaign_editions AS newer WHERE newer.name = edition.name AND newer.started_at > edition.started_at)
    ORDER BY started_at
""")
