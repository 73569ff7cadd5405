"""What is held of a person: in which tables, which rows, and what of them stays once the person is erased.

Every table is either here or in ``NOT_PERSONAL``, with the reason and its columns; a test fails for one that is in neither.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.events import Event
from store.addresses import hash_of_comparable
from store.tables import (
    Account,
    ApiAnswer,
    Confirmation,
    Consent,
    Contract,
    Engagement,
    Enrollment,
    Handout,
    Handover,
    Lead,
    LeadArrival,
    LetterClick,
    Note,
    Notification,
    PersonalLetter,
    Preference,
    ProviderEvent,
    Standing,
    Stray,
    Suppression,
    Table,
    Task,
    Touch,
    Visitor,
    WebhookMessage,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whose rows are meant. ``addresses`` are the lead's own and those that it wrote from, in the form that rows hold."""

    lead_id: UUID
    account_id: UUID | None
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """The rows of a table that are about a person. They go, unless ``cleared`` says what becomes of their columns, and ``stays`` why.

    Of a table with ``cleared``, a column that is in neither of both is forgotten: a test fails for it.
    """

    table: type[Table]
    rows: Callable[[Subject], ColumnElement[bool]]
    cleared: Mapping[str, Any] = field(default_factory=dict)
    stays: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(self.table.__tablename__)


def _letters(subject: Subject, column: Any) -> Select[Any]:
    return select(column).where(Touch.lead_id == subject.lead_id)


def _alone(subject: Subject) -> ColumnElement[bool]:
    """The company, where nobody else of it is known."""
    others = select(Lead.id).where(Lead.account_id == Account.id, Lead.id != subject.lead_id)
    return (Account.id == subject.account_id) & ~others.exists()


_ACCOUNT: Final = "the account of what was sent, which says nothing of to whom"

HOLDINGS: Final = (
    Holding(
        table=Notification,
        rows=lambda s: or_(Notification.lead_id == s.lead_id, Notification.task_id.in_(select(Task.id).where(Task.lead_id == s.lead_id))),
    ),
    Holding(table=Handover, rows=lambda s: Handover.task_id.in_(select(Task.id).where(Task.lead_id == s.lead_id))),
    Holding(table=PersonalLetter, rows=lambda s: PersonalLetter.lead_id == s.lead_id),
    Holding(table=Task, rows=lambda s: Task.lead_id == s.lead_id),
    Holding(table=Note, rows=lambda s: Note.lead_id == s.lead_id),
    Holding(table=Standing, rows=lambda s: Standing.lead_id == s.lead_id),
    # That somebody was erased is still told to those who were told of them: a number that is nobody's any more.
    Holding(table=WebhookMessage, rows=lambda s: (WebhookMessage.lead_id == s.lead_id) & (WebhookMessage.type != Event.LEAD_ERASED)),
    Holding(table=ApiAnswer, rows=lambda s: ApiAnswer.lead_ids.contains(literal([str(s.lead_id)], JSONB))),
    Holding(table=Contract, rows=lambda s: Contract.lead_id == s.lead_id),
    Holding(table=Enrollment, rows=lambda s: Enrollment.lead_id == s.lead_id),
    Holding(table=Engagement, rows=lambda s: Engagement.lead_id == s.lead_id),
    Holding(table=Preference, rows=lambda s: Preference.lead_id == s.lead_id),
    Holding(table=Confirmation, rows=lambda s: or_(Confirmation.lead_id == s.lead_id, Confirmation.address.in_(s.addresses))),
    Holding(table=Consent, rows=lambda s: Consent.address.in_(s.addresses)),
    Holding(
        table=Stray,
        rows=lambda s: or_(Stray.sender.in_(s.addresses), Stray.candidates == literal([str(s.lead_id)], JSONB)),
    ),
    Holding(table=LetterClick, rows=lambda s: LetterClick.touch_key.in_(_letters(s, Touch.key))),
    Holding(
        table=ProviderEvent,
        rows=lambda s: or_(
            ProviderEvent.touch_key.in_(_letters(s, Touch.key)),
            ProviderEvent.message_id.in_(_letters(s, Touch.message_id)),
            ProviderEvent.provider_id.in_(_letters(s, Touch.provider_id).where(Touch.provider_id != "")),
        ),
    ),
    Holding(
        table=Touch,
        rows=lambda s: Touch.lead_id == s.lead_id,
        cleared={
            # Another key: whatever names the letter by the old one finds nothing.
            "key": func.gen_random_uuid(),
            "why": "",
            "address": "",
            "message_id": None,
            "message": None,
            "provider_id": "",
            "language": "",
            "refusal": "",
            "confirms": None,
            "lane": "",
            "turn_at": None,
            "replied_at": None,
            "opened_at": None,
        },
        stays={
            "lead_id": "the number of the stub, which is nobody's any more",
            **dict.fromkeys(
                ("enrollment", "campaign", "letter", "topic", "claimed_at", "attempts", "not_taken", "attempted_at", "sent_at"), _ACCOUNT
            ),
            **dict.fromkeys(("refused_at", "delivered_at", "bounced_at", "complained_at", "carried_at"), _ACCOUNT),
        },
    ),
    Holding(table=Visitor, rows=lambda s: Visitor.lead_id == s.lead_id),
    Holding(table=LeadArrival, rows=lambda s: LeadArrival.lead_id == s.lead_id),
    Holding(table=Handout, rows=lambda s: Handout.lead_id == s.lead_id),
    Holding(table=Lead, rows=lambda s: Lead.id == s.lead_id),
    Holding(table=Account, rows=_alone),
)
"""In the order in which they go."""

REFUSALS: Final = Holding(table=Suppression, rows=lambda s: Suppression.address_hash.in_([hash_of_comparable(a) for a in s.addresses]))
"""They do not go: they are kept under a keyed hash, by ``store.leads.keyed``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """Why nothing in these columns is about a person whom we may write to."""

    reason: str
    columns: tuple[str, ...]


NOT_PERSONAL: Final = {
    "campaign_editions": Because(
        reason="what marketing writes, to nobody in particular", columns=("ref", "name", "snapshot", "source", "started_at")
    ),
    "api_tokens": Because(
        reason="programs of others, and people of ours who let them in",
        columns=(
            *("id", "name", "prefix", "token_hash", "scopes", "made_by", "made_at", "ends_at", "used_at", "revoked_at", "revoked_by"),
        ),
    ),
    "sender_blocks": Because(
        reason="what a server has against us",
        columns=("id", "transport", "touch_key", "code", "status", "blocked_at", "told_at", "probed_at", "lifted_at", "lifted_by"),
    ),
    "paces": Because(
        reason="what operators set, for domains",
        columns=("lane", "per_hour", "per_day", "first_day", "doubles_in_days", "at_most", "began_at", "set_at"),
    ),
    "pace_counts": Because(reason="how many letters went, to a domain", columns=("lane", "hour_at", "in_hour", "day_at", "in_day")),
    "stops": Because(
        reason="what operators had wait, and why: of a campaign", columns=("id", "campaign", "because", "stopped_at", "lifted_at")
    ),
    "webhook_receivers": Because(
        reason="systems that are told what happens, and who of ours set them up",
        columns=(
            *("id", "url", "kinds", "with_person", "made_by", "made_at", "secret_no", "rotated_at"),
            *("failing_since", "failures", "rests_until", "off_at", "off_because", "told_at"),
        ),
    ),
    "visits": Because(
        reason="of nobody who is known: the rows of a visitor go as soon as it says who it is",
        columns=("id", "visitor", "content", "medium", "at"),
    ),
    "looks": Because(
        reason="what the doctor saw: numbers, and ids that lead to nobody once a lead is erased",
        columns=("id", "at", "by", "open", "looked_up", "away", "found", "repaired", "leads", "told_at"),
    ),
    "people": Because(
        reason="people of ours, whom no letter of a campaign goes to",
        columns=("name", "address", "roles", "language", "away_until", "came_at", "left_at", "roles_changed_at", "stages"),
    ),
    "sessions": Because(reason="people of ours who are signed in", columns=("token_hash", "person", "created_at", "used_at", "ends_at")),
    "signin_links": Because(reason="people of ours who sign in", columns=("token_hash", "person", "made_at", "ends_at", "used_at")),
    "audits": Because(
        reason="what people of ours changed; of others it holds ids, which lead to nobody once a lead is erased",
        columns=("id", "at", "who", "what", "kind", "subject", "before", "after"),
    ),
    "erasures": Because(
        reason="the stub itself; what a person is looked for by is emptied when it is finished",
        columns=("lead_id", "reason", "by", "address_key", "begun_at", "known", "went", "finished_at"),
    ),
}


async def subject_of(session: AsyncSession, lead: Lead) -> Subject:
    """The person of a lead, with the addresses that it is known to write from."""
    sender = Engagement.details["from"].astext
    own = (Engagement.lead_id == lead.id, Engagement.details["by"].astext.in_(("lead", "alias")), sender != "")
    wrote_from = await session.scalars(select(sender).where(*own).distinct())
    letters_to = await session.scalars(select(Touch.address).where(Touch.lead_id == lead.id, Touch.address != "").distinct())
    return Subject(
        lead_id=lead.id, account_id=lead.account_id, addresses=tuple(dict.fromkeys((lead.email, *sorted(wrote_from), *sorted(letters_to))))
    )
