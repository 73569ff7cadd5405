"""Programs of others: the tokens that they come with, and what they were answered, for when they ask again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Table


class ApiToken(Table):
    """What a program proves by that it may ask. Only a hash of it is kept, and its first letters, so that people tell it from others."""

    __tablename__ = "api_tokens"
    __table_args__ = (Index("uq_api_tokens_standing", "name", unique=True, postgresql_where=text("revoked_at IS NULL")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    """What the audit log calls it. One that takes the place of another has the same name."""
    prefix: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    scopes: Mapped[list[str]] = mapped_column(JSONB)
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    """When it was last used, to the minute."""
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str] = mapped_column(server_default="")


class ApiAnswer(Table):
    """What a program was answered to a change that it asked for under a key; asked again, it gets the same. It is kept for a day."""

    __tablename__ = "api_answers"

    token_id: Mapped[UUID] = mapped_column(ForeignKey("api_tokens.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes]
    """Of the request: another one under the same key is a mistake."""
    status: Mapped[int]
    headers: Mapped[dict[str, Any]]
    body: Mapped[bytes]
    lead_ids: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    """Whom it tells of."""
    kept_at: Mapped[datetime] = mapped_column(index=True)
