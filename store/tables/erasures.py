"""Who was erased: what is left of a person of whom nothing is left."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Table


class Erasure(Table):
    """One person who was erased, or is being erased: which lead it was, when, by whom, and how much went. Nothing here says who it was."""

    __tablename__ = "erasures"
    __table_args__ = (Index("ix_erasures_under_way", "begun_at", postgresql_where=text("finished_at IS NULL")),)

    lead_id: Mapped[UUID] = mapped_column(primary_key=True)
    reason: Mapped[str]
    """asked or retention."""
    by: Mapped[str]
    address_key: Mapped[str] = mapped_column(index=True)
    """The keyed hash of the address, by which whoever knows the address finds this."""
    begun_at: Mapped[datetime]
    known: Mapped[dict[str, Any] | None]
    """What the person is looked for by until the erasure is finished; nothing afterwards."""
    went: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """How many rows of each table, letters' files and runs of its workflow went."""
    finished_at: Mapped[datetime | None]
    """When nothing of the person was found any more, wherever it was looked for."""
