"""A form of the company's site as a campaign has it: what sending it means, what it asks for, and the consent that is ticked in it."""

from collections.abc import Collection
from typing import Final

from pydantic import Field, ValidationInfo, field_validator, model_validator

from nurture.kinds import Kind
from nurture.plan.parts import FieldName, Part, Slug
from nurture.plan.targets import is_target

KEPT: Final = {"kept": True}
"""Said while an edition is read that was right when it was started."""


SENT_BY_FORM: Final = (
    Kind.DOWNLOADED,
    Kind.DEMO_REQUESTED,
    Kind.ATTENDED,
    Kind.SUBSCRIBED,
    Kind.QUOTE_REQUESTED,
    Kind.TRIAL_STARTED,
    Kind.MEETING_BOOKED,
)
"""What a visitor can do by a form."""

_ABOUT_SOMETHING: Final = (Kind.DOWNLOADED, Kind.ATTENDED)
"""Those of them that are always about a content."""

OF_PERSON: Final = ("family_name", "given_name", "company", "title", "phone", "country")
"""What a form may ask of a person, beside the fields of its campaign."""

AT_A_TIME: Final = 3
"""How many fields a form asks for at most that says what it ``asks``."""

OF_FORM: Final = frozenset(
    {"email", "content", "consent", "language", "zone", "medium", "submission", "website", "opened", "visitor", "referrer", "page"}
)
"""What a form's own fields are called: no field of a campaign is asked for under these names."""


class Form(Part):
    """A form on the company's site. Whoever sends it is enrolled in this campaign, and what they did is an engagement."""

    engagement: Kind
    contents: tuple[Slug, ...] = Field(default=(), description="What can be asked for; the form's field 'content' names one.")
    consent: str = Field(default="", max_length=500, description="The text beside the tick box, kept as proof.")
    thanks: str = Field(default="", max_length=500, description="Where a browser goes afterwards; a page of our own when left out.")
    asks: tuple[FieldName, ...] | None = Field(
        default=None,
        description="What it asks for beside the address, in this order and three at a time: only what is not known yet.",
    )

    @field_validator("thanks")
    @classmethod
    def _leads_somewhere(cls, thanks: str, info: ValidationInfo) -> str:
        # An edition that was kept before this was asked is still read; the site passes over what it says.
        if thanks and info.context is not KEPT and not is_target(thanks):
            raise ValueError(f"'{thanks}' is no page to go to; write a path of this site, like '/thanks', or an https address")
        return thanks

    @model_validator(mode="after")
    def _can_be_sent(self) -> "Form":
        if self.engagement not in SENT_BY_FORM:
            raise ValueError(f"a form's engagement is one of {', '.join(SENT_BY_FORM)}")
        if self.engagement in _ABOUT_SOMETHING and not self.contents:
            raise ValueError(f"a form whose engagement is {self.engagement} needs contents")
        return self

    def asks_for(self, known: Collection[str]) -> tuple[str, ...]:
        """What it asks somebody for of whom this much is known, where it says what it ``asks``."""
        return tuple(name for name in self.asks or () if name not in known)[:AT_A_TIME]
