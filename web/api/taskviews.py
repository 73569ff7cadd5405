"""A task as programs read it, and what they send when a rep takes or answers it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from nurture.kinds import Outcome
from nurture.profile import Value
from web.api.contracts import NewContract
from web.api.given import Address, Day, Flag, Given, GivenPerson, Line, Name, Number, Text
from web.api.views import View

_LINES = 50


class TaskView(View):
    """A rep's piece of work. It is open until it is completed or withdrawn. Whom it is about says `/leads/{lead_id}`."""

    id: UUID
    lead_id: UUID
    campaign: str
    reason: str
    say: str
    why: str
    channel: str
    owner: str = Field(description="A team, a rep, or the leader once the deadline has passed.")
    opened_at: datetime
    deadline_at: datetime
    escalated_at: datetime | None
    claimed_by: str
    claimed_at: datetime | None
    checklist: list[str] = Field(description="Lines that an answer has to say something to.")
    asks: list[str] = Field(description="Fields that an answer may fill in, under `learned`.")
    outcomes: list[Outcome] = Field(description="What may be answered.")
    wants_artefact: bool
    completed_at: datetime | None
    completed_by: str
    outcome: str
    notes: str
    answers: list[str]
    learned: dict[str, Value]
    artefact: str
    withdrawn_at: datetime | None


class Claim(Given):
    """Who takes it."""

    by: Line = Field(min_length=1, description="The rep.")


class Contact(GivenPerson):
    """Somebody else at the company."""

    email: Address
    family_name: Line = ""
    given_name: Line = ""
    title: Line = ""
    phone: Line = ""


class Completion(Given):
    """A rep's answer. It steers the lead."""

    by: Line = Field(min_length=1, description="The rep.")
    outcome: Outcome
    until: Day | None = Field(default=None, description="not_now: the day from which the lead may be asked again.")
    contract: NewContract | None = Field(default=None, description="won: the contract.")
    other_contact: Contact | None = Field(default=None, description="other_contact: the person to talk to.")
    campaign: Name | None = Field(default=None, description="other_project: the campaign that begins for this lead.")
    checks: Annotated[list[Text], Field(max_length=_LINES, description="The answers to the lines of the checklist, in their order.")] = []
    learned: Annotated[dict[Name, Flag | Number | Line], Field(max_length=_LINES, description="The fields that are asked for.")] = {}
    artefact: Line = Field(default="", description="A link to what was made.")
    notes: Text = Field(default="", description="For colleagues.")
