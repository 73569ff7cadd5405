"""What is known of a lead and is wrong: where a file says something else, and how a person puts it right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.ourside import ProfileChanged
from store.bulk import lock_leads
from store.leads import engagements, leads
from store.leads.persons import FIELDS, Person, is_empty
from store.places import zone_in
from store.tables import Account, Lead

CORRECTABLE: Final = (*(field for field in FIELDS if field not in ("email", "source")), "company")
"""What can be put right. An address cannot: consents and refusals are an address's, so another address is another lead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A field that was put right: as it was and as it is."""

    field: str
    before: str
    after: str


async def differing(session: AsyncSession, persons: Sequence[Person]) -> list[tuple[str, ...]]:
    """For each of these persons, the fields in which something else is known. What a person leaves empty differs in nothing."""
    found = await session.execute(_KNOWN.where(Lead.email.in_([person.email for person in persons])))
    known = {row.Lead.email: _said(row.Lead, row.company) for row in found}
    return [
        tuple(f for f in CORRECTABLE if not is_empty(f, getattr(person, f)) and getattr(person, f) != known[person.email][f])
        for person in persons
    ]


async def correct(session: AsyncSession, lead_id: UUID, right: Mapping[str, str], now: datetime) -> list[Correction]:
    """Put fields of a lead right, and tell its workflow when its profile changes by it. An empty value says that nobody knows.

    Gives what has changed. A zone that only followed from the country follows the new one. Raises WrongPerson.
    """
    await lock_leads(session, [lead_id])
    row = (await session.execute(_KNOWN.where(Lead.id == lead_id))).one()
    before = _said(row.Lead, row.company)
    given: dict[str, Any] = {**before, **right}
    if "country" in right and "zone" not in right and before["zone"] == zone_in(before["country"]):
        given["zone"] = ""
    person = Person(email=row.Lead.email, **given)
    after = {field: getattr(person, field) for field in CORRECTABLE}
    changed = [Correction(field=f, before=before[f], after=after[f]) for f in CORRECTABLE if before[f] != after[f]]
    if changed:
        fields = {field: value for field, value in after.items() if field != "company"}
        account_id = await leads.account_of(session, person.company, now)
        put_right = update(Lead).where(Lead.id == lead_id).values(**fields, account_id=account_id)
        await session.execute(put_right, execution_options={"synchronize_session": False})
        profile = leads.profile_of(SimpleNamespace(**after))
        if row.Lead.enrollments and profile != leads.profile_of(SimpleNamespace(**before)):
            await engagements.record(session, lead_id, ProfileChanged(at=now, profile=profile), source="correction")
    return changed


def _said(lead: Lead, company: str | None) -> dict[str, str]:
    return {field: getattr(lead, field) for field in CORRECTABLE if field != "company"} | {"company": company or ""}


_KNOWN: Final = (
    select(Lead, Account.name.label("company")).outerjoin(Account, Account.id == Lead.account_id).execution_options(populate_existing=True)
)
