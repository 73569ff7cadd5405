"""Who looks at the site by the number that their browser keeps, where people came from, and files that are given after a form."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Table


class Visitor(Table):
    """A browser whose owner agreed to be known again: by a random number that the site keeps, and as a lead once they say who they are."""

    __tablename__ = "visitors"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    site: Mapped[str] = mapped_column(server_default="")
    """On which site they agreed, as ``https://host``."""
    agreed_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    first: Mapped[dict[str, Any] | None]
    """Where they came from when they first did from somewhere that says so, as ``store.site.arrivals.Arrival``."""
    last: Mapped[dict[str, Any] | None]
    shown: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """When each popup was last shown to them."""
    lead_id: Mapped[UUID | None] = mapped_column(ForeignKey("leads.id"), index=True)


class LeadArrival(Table):
    """Where a lead came from, first and last."""

    __tablename__ = "arrivals"

    lead_id: Mapped[UUID] = mapped_column(ForeignKey("leads.id"), primary_key=True)
    first: Mapped[dict[str, Any]]
    last: Mapped[dict[str, Any]]


class Handout(Table):
    """A file that a lead asked for by a form. It has downloaded it once it was really fetched."""

    __tablename__ = "handouts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    """Made from what makes a repeated form recognisable."""
    lead_id: Mapped[UUID] = mapped_column(ForeignKey("leads.id"), index=True)
    form: Mapped[str]
    content: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    asked_at: Mapped[datetime]
    fetched_at: Mapped[datetime | None]
