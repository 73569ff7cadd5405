"""How fast letters may go, how many went, and what is stopped."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Table


class Pace(Table):
    """How many letters may go in a lane in an hour and on a day; a domain that warms up has ``first_day`` and what goes with it."""

    __tablename__ = "paces"

    lane: Mapped[str] = mapped_column(primary_key=True)
    """``by`` a transport, ``to`` the domain of recipients, or ``from`` a domain of ours: ``by ses``, ``to gmail.com``, ``to *``."""
    per_hour: Mapped[int | None]
    per_day: Mapped[int | None]
    first_day: Mapped[int | None]
    doubles_in_days: Mapped[float | None]
    at_most: Mapped[int | None]
    began_at: Mapped[datetime | None]
    """When its warm-up began."""
    set_at: Mapped[datetime]


class PaceCount(Table):
    """How many letters went in a lane, in its last hour and on its last day, counted in the transaction that counts the attempt."""

    __tablename__ = "pace_counts"

    lane: Mapped[str] = mapped_column(primary_key=True)
    hour_at: Mapped[datetime]
    in_hour: Mapped[int]
    day_at: Mapped[datetime]
    in_day: Mapped[int]


class Stop(Table):
    """A time in which an operator has all letters wait, or those of one campaign. It stays as proof."""

    __tablename__ = "stops"
    __table_args__ = (Index("uq_stops_standing", "campaign", unique=True, postgresql_where=text("lifted_at IS NULL")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    campaign: Mapped[str]
    """The name of the campaign; empty for all letters."""
    because: Mapped[str] = mapped_column(server_default="")
    stopped_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
