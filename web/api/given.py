"""What programs send: nothing that is not known, days and moments in one form, and texts that can be kept."""

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    ValidationInfo,
    field_validator,
)

from store.leads.persons import FIELDS, right

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})")
_EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)


class Given(BaseModel, extra="forbid"):
    """A body, or a part of one: a field that is not known is refused, so that a slip of the keyboard is not passed over."""

    if TYPE_CHECKING:  # bodies are converted, calls are not
        model_config = ConfigDict(strict=True)


def _is_day(value: object) -> object:
    if not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise ValueError("a day is written like 2027-03-01")
    return value


def _is_moment(value: object) -> object:
    if not (isinstance(value, str) and _MOMENT.fullmatch(value)):
        raise ValueError("a moment is written with its offset, like 2027-03-01T09:30:00+09:00")
    return value


def _late_enough(at: datetime) -> datetime:
    if at < _EARLIEST:
        raise ValueError(f"lies before {_EARLIEST.year}; see if the year is right")
    return at.astimezone(UTC)


class GivenPerson(Given):
    """Fields of a person: all that are wrong are said at once, each as whoever keeps persons says it."""

    @field_validator("*")
    @classmethod
    def _as_it_is_kept(cls, value: object, info: ValidationInfo) -> object:
        name = str(info.field_name)
        return right(name, value) if isinstance(value, str) and name in (*FIELDS, "company") else value


NAME: Final = r"^[a-z][a-z0-9_-]{0,47}$"
LINE: Final = r"^[^\x00-\x1f\x7f]*$"
TEXT: Final = r"^[^\x00]*$"
ADDRESS: Final = r"^[^\x00-\x20\x7f]+$"
PRINTABLE: Final = r"^[\x21-\x7e]+$"

Name = Annotated[str, Field(pattern=NAME)]
"""A name of campaigns, topics, contents and fields."""

Line = Annotated[str, Field(max_length=200, pattern=LINE)]
Text = Annotated[str, Field(max_length=4000, pattern=TEXT)]
Address = Annotated[str, Field(min_length=3, max_length=254, pattern=ADDRESS, json_schema_extra={"format": "email"})]
Day = Annotated[date, BeforeValidator(_is_day, json_schema_input_type=date)]
Moment = Annotated[AwareDatetime, AfterValidator(_late_enough), BeforeValidator(_is_moment, json_schema_input_type=datetime)]
Flag = StrictBool
Number = StrictInt
