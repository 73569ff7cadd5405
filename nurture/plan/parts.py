"""The smallest pieces of a campaign file: names, conditions, and when and how often letters may go."""

from datetime import time
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from nurture.plan.spans import Span, Unit

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,47}$")]
"""A name that is safe everywhere: in files, ids and Temporal's histories."""


FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
"""A name that conditions can use."""

Condition = Annotated[str, Field(max_length=500)]


class Part(BaseModel, frozen=True, extra="forbid", populate_by_name=True):
    """A piece of a campaign file: never changes, and refuses keys that it does not know."""

    if TYPE_CHECKING:  # files are converted, calls are not
        model_config = ConfigDict(strict=True)


class Weekday(StrEnum):
    """The days of the week, Monday first, in the order of ``date.weekday()``."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class Window(Part):
    """When letters may go out, in the lead's own zone. Holidays are those of the lead's country."""

    days: tuple[Weekday, ...] = (Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU, Weekday.FRI)
    opens: time = Field(default=time(9), alias="from")
    closes: time = Field(default=time(17), alias="to")
    holidays: bool = Field(default=True, description="Keep the holidays of the lead's country free.")
    quiet: tuple[Annotated[str, Field(pattern=r"^\d\d-\d\d to \d\d-\d\d$", examples=["12-28 to 01-04"])], ...] = Field(
        default=(), description="Days of every year on which no letter goes, as month-day to month-day."
    )
    always: bool = Field(default=False, description="Day and night, every day: for machines, not for people.")

    @field_validator("opens", "closes")
    @classmethod
    def _is_a_wall_clock(cls, moment: time) -> time:
        if moment.tzinfo is not None or moment.microsecond:
            raise ValueError("a window is written as hours and minutes on the lead's own clock, such as 09:00")
        return moment

    @model_validator(mode="after")
    def _is_a_window(self) -> "Window":
        if not self.always and self.opens >= self.closes:
            raise ValueError(f"the window opens at {self.opens:%H:%M} and must close later, not at {self.closes:%H:%M}")
        if not self.always and not self.days:
            raise ValueError("a window needs at least one day")
        return self


class Cap(Part):
    """At most ``touches`` letters in any ``per``, over all campaigns of the lead. 0 means no cap."""

    touches: int = Field(default=2, ge=0, le=100)
    per: Span = Span(7, Unit.DAY)

    @cached_property
    def in_words(self) -> str:
        """What there is room for."""
        return f"{self.touches} letter{'' if self.touches == 1 else 's'} in {self.per}"
