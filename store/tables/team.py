"""Who is of the team and may do what, who is signed in, and what people changed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Table


class Colleague(Table):
    """Somebody of ours. Tasks and leads name their rep by ``name``; letters in the name of a lead's owner come from ``address``.

    One who never came in (``came_at``) is only named, as a rep who is away; one who was taken out (``left_at``) stays, for what they did.
    """

    __tablename__ = "people"
    __table_args__ = (Index("uq_people_address", "address", unique=True, postgresql_where=text("address <> '' AND left_at IS NULL")),)

    name: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(server_default="")
    """In the form of ``store.addresses.normal``. It is where links to sign in go, and what a provider of identities knows them by."""
    roles: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    language: Mapped[str] = mapped_column(server_default="")
    away_until: Mapped[date | None]
    """The first day back."""
    came_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    roles_changed_at: Mapped[datetime | None]
    stages: Mapped[str] = mapped_column(server_default="")
    """The range of stages that they look after, such as ``interest..consideration``; empty for all."""


class DeskSession(Table):
    """A browser in which somebody of the team is signed in. Of its token only a hash is kept."""

    __tablename__ = "sessions"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey("people.name"), index=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)


class SigninLink(Table):
    """A link that signs somebody in once. Of its token only a hash is kept."""

    __tablename__ = "signin_links"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey("people.name"), index=True)
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class Audit(Table):
    """A change that a person made. It names people of ours, and of others nothing but ids."""

    __tablename__ = "audits"
    __table_args__ = (
        Index("ix_audits_who_id", "who", "id"),
        Index("ix_audits_kind_subject_id", "kind", "subject", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    who: Mapped[str]
    what: Mapped[str]
    kind: Mapped[str]
    subject: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
