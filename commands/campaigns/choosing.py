"""Which leads a campaign is started for: all, those of a file, of a segment, or named one by one."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from commands.console import WrongInput
from commands.files.rows import COLUMNS, REPORT_COLUMNS
from commands.files.sheet import Row, opened
from nurture.plan.problems import did_you_mean
from store.addresses import comparable
from store.bulk import CHUNK
from store.journeys import selections
from store.journeys.starting import Choice, Chosen
from store.leads import leads

ALL: Final = "all"


async def nobody(session: AsyncSession) -> Chosen:
    """The campaign is started for its forms and for other campaigns that begin it."""
    return Chosen(ids=[])


async def everyone(session: AsyncSession) -> Chosen:
    """Every lead there is."""
    ids = await selections.all_ids(session)
    if not ids:
        raise WrongInput("there are no leads yet; take some in with: leads import FILE.csv")
    return Chosen(ids=ids)


def of_file(path: Path, campaign: str) -> Choice:
    """The leads whose addresses are in a file; where it has a column ``campaign``, only the rows of this campaign. Raises WrongInput."""
    addresses: dict[str, None] = {}
    unread = 0
    with opened(path, COLUMNS, passed_over=REPORT_COLUMNS) as sheet:
        for row in sheet:
            if not isinstance(row, Row):
                unread += 1
            elif row.cells.get("campaign", campaign).strip() == campaign:
                addresses[comparable(row.cells["email"])] = None
        if not addresses:
            said = f"no row of it has '{campaign}' in its column 'campaign'" if "campaign" in sheet.columns else "it has no rows"
            raise WrongInput(f"{path}: {said}; correct the file, or name leads with --lead")

    async def choose(session: AsyncSession) -> Chosen:
        wanted = list(addresses)
        ids: list[UUID] = []
        for start in range(0, len(wanted), CHUNK):
            ids += await selections.ids_of_addresses(session, wanted[start : start + CHUNK])
        if not ids:
            raise WrongInput(f"{path}: none of its {len(wanted):,} addresses is known; take them in first with: leads import {path}")
        return Chosen(ids=ids, unknown=len(wanted) - len(ids), unread=unread)

    return choose


def named(names: Sequence[str]) -> Choice:
    """These leads, by id or address. Raises WrongInput when one of them is not known."""

    async def choose(session: AsyncSession) -> Chosen:
        found = {name: await leads.find(session, name) for name in names}
        unknown = [name for name, lead in found.items() if lead is None]
        if unknown:
            raise WrongInput(*(f"there is no lead '{name}'; give the id or the address of one that was imported" for name in unknown))
        return Chosen(ids=list({lead.id: None for lead in found.values() if lead}))

    return choose


def of_segments(names: Sequence[str]) -> Choice:
    """The leads of these segments. Raises WrongInput when nobody is in one of them."""

    async def choose(session: AsyncSession) -> Chosen:
        found = await selections.ids_of_segments(session, names)
        if empty := [name for name in found if not found[name]]:
            known = await selections.segments(session)
            fix = "no lead has a segment yet"
            raise WrongInput(*(f"nobody is in the segment '{name}'; {did_you_mean(name, known, 'known are') or fix}" for name in empty))
        return Chosen(ids=[lead_id for ids in found.values() for lead_id in ids])

    return choose
