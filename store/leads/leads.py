"""The people we may write to: who they are, found by id or address, registered one by one or by the file."""

from collections.abc import Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from nurture.engagements import Engagement
from nurture.kinds import Fit
from nurture.ourside import ProfileChanged
from nurture.profile import Profile
from store import addresses
from store.bulk import chunks
from store.leads import engagements, keyed
from store.leads.persons import FIELDS, Person, WrongPerson, is_empty, merged
from store.places import zone_in
from store.tables import Account, Lead

__all__ = ["Person", "WrongPerson", "account_of", "company_of", "find", "name_of", "profile_of", "register", "register_all"]


class Steered(Protocol):
    """What steers a lead, as its row says it."""

    @property
    def zone(self) -> str: ...
    @property
    def country(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def fit(self) -> str: ...
    @property
    def segment(self) -> str: ...


async def register(session: AsyncSession, person: Person, now: datetime, *, by_themselves: bool = False) -> tuple[UUID, bool]:
    """The lead of this address, and whether it is new. What is known of a lead is never overwritten; what is empty is filled.

    Raises keyed.Erased for somebody who asked to be erased, unless they come ``by_themselves``: they are another lead then.
    """
    return (await register_all(session, [person], now, by_themselves=by_themselves))[0]


async def register_all(
    session: AsyncSession, persons: Sequence[Person], now: datetime, *, by_themselves: bool = False
) -> list[tuple[UUID, bool]]:
    """The same for many persons, in their order. A person named twice is one lead, which is new only the first time."""
    await keyed.admit(session, [person.email for person in persons], by_themselves=by_themselves)
    by_email: dict[str, Person] = {}
    for person in persons:
        by_email[person.email] = merged(by_email[person.email], person) if person.email in by_email else person
    accounts = await _accounts(session, {person.company for person in persons if person.company}, now)
    # In the order of the addresses, so that two imports at once cannot block each other.
    rows = [_row(by_email[email], accounts) for email in sorted(by_email)]
    new: dict[str, UUID] = {}
    for chunk in chunks(rows):
        new.update({row.email: row.id for row in await session.execute(_INSERT, {"rows": chunk, "now": now})})
    known = await _fill(session, {row["email"]: row for row in rows if row["email"] not in new}, now)
    ids = known | new
    return [(ids[person.email], new.pop(person.email, None) is not None) for person in persons]


async def find(session: AsyncSession, id_or_address: str) -> Lead | None:
    """The lead of this id or mail address."""
    try:
        return await session.get(Lead, UUID(id_or_address.strip()))
    except ValueError:
        return await session.scalar(select(Lead).where(Lead.email == addresses.comparable(id_or_address)))


def profile_of(lead: Steered) -> Profile:
    """What steers the lead. Where nobody has said it: UTC, English, no country."""
    return Profile(
        zone=lead.zone or "UTC",
        country=lead.country,
        language=lead.language or "en",
        fit=Fit(lead.fit),
        segment=lead.segment,
    )


def name_of(lead: Lead) -> str:
    """The person's name in the order of its language."""
    parts = (lead.family_name, lead.given_name) if lead.language in ("ja", "zh", "ko", "hu", "vi") else (lead.given_name, lead.family_name)
    return " ".join(part for part in parts if part)


def _row(person: Person, accounts: dict[str, UUID]) -> dict[str, Any]:
    return {"id": uuid7(), "account_id": accounts.get(person.company)} | {field: getattr(person, field) for field in FIELDS}


async def company_of(session: AsyncSession, lead: Lead) -> str:
    """The name of the lead's company; empty where it is not known."""
    return (await session.scalar(select(Account.name).where(Account.id == lead.account_id))) or ""


async def account_of(session: AsyncSession, company: str, now: datetime) -> UUID | None:
    """The id of the company of this name, which is created where it is not known yet; None for no name."""
    return (await _accounts(session, {company} if company else set(), now)).get(company)


async def _accounts(session: AsyncSession, names: set[str], now: datetime) -> dict[str, UUID]:
    """The companies' ids by name; those that are not known yet are created."""
    accounts: dict[str, UUID] = {}
    rows = [{"id": uuid7(), "name": name} for name in sorted(names)]
    for chunk in chunks(rows):
        await session.execute(_INSERT_ACCOUNTS, {"rows": chunk, "now": now})
        accounts.update({row.name: row.id for row in await session.execute(_ACCOUNTS, {"rows": chunk})})
    return accounts


async def _fill(session: AsyncSession, rows: dict[str, dict[str, Any]], now: datetime) -> dict[str, UUID]:
    """Fill what known leads leave empty, and tell the workflows of those whose profile changes by it."""
    if not rows:
        return {}
    found = list(await session.execute(_KNOWN, {"emails": list(rows)}))
    changed: list[dict[str, Any]] = []
    happened: list[tuple[UUID, Engagement]] = []
    for lead in found:
        given = rows[lead.email]
        gained = {f: given[f] for f in ("account_id", *FIELDS) if is_empty(f, getattr(lead, f)) and not is_empty(f, given[f])}
        if lead.country not in ("", given["country"]) and gained.get("zone") == zone_in(given["country"]):
            gained.pop("zone", None)  # it only follows from a country that is not taken
        if not gained:
            continue
        after = {f: getattr(lead, f) for f in ("id", "account_id", *FIELDS)} | gained
        changed.append(after)
        if lead.enrollments and profile_of(lead) != (profile := profile_of(SimpleNamespace(**after))):
            happened.append((lead.id, ProfileChanged(at=now, profile=profile)))
    for chunk in chunks(changed):
        await session.execute(_UPDATE, {"rows": chunk})
    await engagements.record_all(session, happened, source="register")
    return {lead.email: lead.id for lead in found}


_COLUMNS: Final = ", ".join(FIELDS)
_GIVEN: Final = f"jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (id uuid, account_id uuid, {', '.join(f'{f} text' for f in FIELDS)})"

_INSERT_ACCOUNTS = text("""
    INSERT INTO accounts (id, name, created_at)
    SELECT id, name, :now FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (id uuid, name text)
    ON CONFLICT (name) DO NOTHING
""")

_ACCOUNTS = text("""
    SELECT accounts.id, accounts.name FROM accounts JOIN jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (name text) USING (name)
""")

_INSERT = text(f"""
    INSERT INTO leads (id, account_id, {_COLUMNS}, created_at) SELECT id, account_id, {_COLUMNS}, :now FROM {_GIVEN}
    ON CONFLICT (email) DO NOTHING RETURNING id, email
""")

_KNOWN = text(f"""
    SELECT id, account_id, {_COLUMNS}, enrollments FROM leads WHERE email = ANY(CAST(:emails AS text[])) ORDER BY id FOR NO KEY UPDATE
""")

_UPDATE = text(f"""
    UPDATE leads SET account_id = given.account_id, {", ".join(f"{f} = given.{f}" for f in FIELDS)} FROM {_GIVEN} WHERE leads.id = given.id
""")
