"""A lead as programs read it, and what they send of one."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from pydantic import Field

from nurture.kinds import Fit
from store.consent.consents import Basis
from web.api.given import Address, Given, GivenPerson, Line, Moment, Name, Text
from web.api.views import View

_FIT: Final = "How well it matches the customers we serve."


class LeadView(View):
    """A person we may write to, and how it stands. What nobody has said is empty."""

    id: UUID
    email: str
    family_name: str
    given_name: str
    company: str
    title: str
    phone: str
    language: str = Field(description="ISO 639-1.")
    country: str = Field(description="ISO 3166-1 alpha-2.")
    zone: str = Field(description="An IANA name.")
    fit: Fit = Field(description=_FIT)
    segment: str
    source: str
    owner: str = Field(description="The rep who is named for it.")
    created_at: datetime
    stage: str | None = Field(description="Where the customer is; null before any campaign.")
    open: bool | None = Field(description="Whether anything is left to do for it.")
    next_at: datetime | None = Field(description="Its next wake-up.")
    why: str | None = Field(description="What it waits for, in words.")
    held_until: date | None


class Consent(Given):
    """The ground on which letters about a topic may be written. Without one none goes out."""

    topic: Name
    basis: Basis
    given_at: Moment | None = Field(default=None, description="When it was given; now when left out.")
    text: Text = Field(default="", description="The exact text that was agreed to.")
    page: Line = Field(default="", description="Where.")


class NewLead(GivenPerson):
    """A person to register."""

    email: Address
    family_name: Line = ""
    given_name: Line = ""
    company: Line = ""
    title: Line = ""
    phone: Line = ""
    language: Line = Field(default="", description="ISO 639-1, like `ja`.")
    country: Line = Field(default="", description="ISO 3166-1 alpha-2, like `JP`.")
    zone: Line = Field(default="", description="An IANA name, like `Asia/Tokyo`; else that of a country that has only one.")
    fit: Fit = Field(default=Fit.UNKNOWN, description=_FIT)
    segment: Line = ""
    source: Line = Field(default="", description="Where it comes from.")
    consent: Consent | None = None


class Registered(View):
    """What came of it."""

    lead: LeadView
    new: bool = Field(description="False for an address that was known: what was empty is filled, and nothing is overwritten.")
    consent_kept: bool | None = Field(description="False where it was in force already, or the person refused; null without one.")


class LeadChange(GivenPerson):
    """Fields to put right; what is left out stays, and an empty text says that nobody knows. An address cannot be changed."""

    family_name: Line = ""
    given_name: Line = ""
    company: Line = ""
    title: Line = ""
    phone: Line = ""
    language: Line = ""
    country: Line = ""
    zone: Line = ""
    fit: Fit = Field(default=Fit.UNKNOWN, description=_FIT)
    segment: Line = ""


class Wanted(Given):
    """Whom to look for."""

    email: Address
