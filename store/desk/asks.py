"""The fields that a task asks a rep for: what each may hold, as the lead's edition of the campaign plans it, and reading what was typed."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.plan.campaign import FieldPlan
from nurture.profile import Value
from store.campaigns import campaigns
from store.tables import Enrollment

MOST: Final = 10**12
"""A number that a rep fills in is smaller."""

_YES: Final = frozenset({"yes", "true", "on", "1"})
_NO: Final = frozenset({"no", "false", "off", "0"})


class WrongValue(ValueError):
    """What was typed is nothing that the field can hold. ``code`` is ``choice``, ``number``, ``yes_no`` or ``date``."""

    def __init__(self, code: str, reason: str) -> None:
        self.code, self.reason = code, reason
        super().__init__(reason)


async def plans(session: AsyncSession, lead_id: UUID, enrollment: int, asks: Sequence[str]) -> dict[str, FieldPlan]:
    """What the fields may hold, in the order in which they are asked for. One that the edition does not know is left out."""
    if not asks:
        return {}
    ref = await session.scalar(select(Enrollment.ref).where(Enrollment.lead_id == lead_id, Enrollment.number == enrollment))
    edition = (await campaigns.load(session, [ref])).get(ref) if ref else None
    return {name: edition.fields[name] for name in asks if name in edition.fields} if edition else {}


async def plans_of_lead(session: AsyncSession, lead_id: UUID) -> dict[str, FieldPlan]:
    """What the fields of a lead may hold, of all its campaigns under way. Of two that plan one field the older counts."""
    of_lead = select(Enrollment.ref).where(Enrollment.lead_id == lead_id, Enrollment.over_at.is_(None)).order_by(Enrollment.number.desc())
    refs = list(await session.scalars(of_lead))
    editions = await campaigns.load(session, refs)
    return {name: plan for ref in refs if ref in editions for name, plan in editions[ref].fields.items()}


def read(plan: FieldPlan, typed: Value) -> Value:
    """The value of a field as it was typed; a date is written YYYY-MM-DD. Raises WrongValue."""
    text = ("yes" if typed else "no") if isinstance(typed, bool) else str(typed).strip()
    match plan:
        case "yes_no":
            if text.lower() not in _YES | _NO:
                raise WrongValue("yes_no", "is yes or no")
            return text.lower() in _YES
        case "number":
            return _number(text)
        case "date":
            try:
                return date.fromisoformat(text.replace("/", "-")).isoformat()
            except ValueError:
                raise WrongValue("date", "is a day, written like 2027-03-01") from None
        case _:
            if text not in plan:
                raise WrongValue("choice", f"is one of {', '.join(plan)}")
            return text


def _number(text: str) -> int:
    try:
        number = int(text.replace(",", "").replace("_", "")) if len(text) <= 20 else MOST
    except ValueError:
        raise WrongValue("number", "is a whole number") from None
    if abs(number) >= MOST:
        raise WrongValue("number", f"is a whole number below {MOST:,}")
    return number
