"""The company that leads belong to: what one of them does the others hear of, and whom one of them brings."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.engagements import Delivery, Engagement
from nurture.kinds import Kind, Outcome
from nurture.leadside import Acted, ColleagueActed
from nurture.ourside import TaskCompleted
from store.bulk import lock_leads
from store.database import Database
from store.leads import engagements
from store.leads.leads import register
from store.leads.persons import Person, WrongPerson
from store.tables import Account, Lead

REFERRAL: Final = "referral"
"""The source of a lead that another one brought."""

_ACTS: Final = frozenset({Kind.REPLIED, Kind.DEMO_REQUESTED, Kind.MEETING_BOOKED})
_ANSWERS: Final = frozenset({Outcome.WON, Outcome.LOST, Outcome.NOT_NOW})


async def tell_colleagues(database: Database, delivered: Mapping[UUID, Delivery]) -> int:
    """Tell the other leads of a company what one of them did, or what a rep answered about it, and say how many were told.

    Whoever has a campaign under way is told, once for each thing, as an engagement of its own. Nobody passes on what it was told. This is a
    transaction of its own: done again after it was cut off, it tells nobody twice.
    """
    news = {(lead, e.seq): e for lead, delivery in delivered.items() for e in delivery.engagements if _is_news(e)}
    if not news:
        return 0
    told = 0
    async with database.transaction() as session:
        pairs = (await session.execute(_COLLEAGUES, {"ids": sorted({lead for lead, _ in news}, key=str)})).all()
        await lock_leads(session, [pair.colleague for pair in pairs])
        for pair in pairs:
            for (lead, seq), happened in news.items():
                if lead == pair.lead:
                    what = ColleagueActed(at=happened.at, colleague=lead, what=happened.kind, outcome=getattr(happened, "outcome", None))
                    # A rep's answer is repeated to a workflow that was built up again, under another number.
                    about = str(happened.task) if isinstance(happened, TaskCompleted) else f"{lead}:{seq}"
                    key = f"colleague:{about}:{pair.colleague}"
                    told += await engagements.record(session, pair.colleague, what, source="account", key=key) is not None
    return told


def _is_news(engagement: Engagement) -> bool:
    return engagement.kind in _ACTS or (isinstance(engagement, TaskCompleted) and engagement.outcome in _ANSWERS)


async def refer(
    session: AsyncSession, lead: UUID, person: Person, at: datetime, now: datetime, *, source: str = ""
) -> tuple[UUID, int | None]:
    """A lead names somebody who may be interested: that person is a lead then, without any consent.

    Gives its id, and the number of the engagement of the lead that named it, or None when that is known already. Nobody who was known
    before is taken for brought by this one. Raises WrongPerson when the lead names itself.
    """
    known = await session.scalar(select(Lead.id).where(Lead.email == person.email))
    if known == lead:
        raise WrongPerson("email", "is the lead's own")
    await lock_leads(session, [id for id in (lead, known) if id])
    referred, is_new = await register(session, person, now)
    if is_new:
        brought = update(Lead).where(Lead.id == referred).values(referred_by=lead)
        await session.execute(brought, execution_options={"synchronize_session": False})
    seq = await engagements.record(session, lead, Acted(kind=Kind.REFERRED, at=at), source=source, key=f"referral:{lead}:{referred}")
    return referred, seq


async def find(session: AsyncSession, id_or_name: str) -> list[Account]:
    """The company of this id or name; else those whose names contain it, the first twenty."""
    wanted = id_or_name.strip()
    try:
        found = await session.get(Account, UUID(wanted))
        return [found] if found else []
    except ValueError:
        pass
    exactly = list(await session.scalars(select(Account).where(func.lower(Account.name) == wanted.lower()).order_by(Account.name)))
    named = [account for account in exactly if account.name == wanted] or exactly
    like = select(Account).where(Account.name.icontains(wanted, autoescape=True)).order_by(Account.name).limit(20)
    return named or list(await session.scalars(like))


_COLLEAGUES = text("""
    SELECT lead.id AS lead, colleague.id AS colleague
    FROM leads AS lead JOIN leads AS colleague ON colleague.account_id = lead.account_id AND colleague.id <> lead.id
    WHERE lead.id = ANY(CAST(:ids AS uuid[]))
    AND EXISTS (SELECT FROM enrollments WHERE lead_id = colleague.id AND over_at IS NULL)
    ORDER BY colleague.id, lead.id
""")
