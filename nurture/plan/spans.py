"""A length of time as marketing writes it: ``3 days``, ``2 working days``, ``4 hours``."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticSerializationUnexpectedValue, core_schema


class Unit(StrEnum):
    """What a span counts. Days and weeks are calendar days in the lead's zone; working days leave out weekends and holidays."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WORKING_DAY = "working day"
    WEEK = "week"


_WRITTEN = re.compile(r"^(\d{1,5}) (second|minute|hour|day|working day|week)s?$")
_EXACT = {
    Unit.SECOND: timedelta(seconds=1),
    Unit.MINUTE: timedelta(minutes=1),
    Unit.HOUR: timedelta(hours=1),
}
DAYS_OF: Final = {Unit.DAY: 1, Unit.WORKING_DAY: 1, Unit.WEEK: 7}
"""Calendar days in the units that count them, or working days."""


@dataclass(frozen=True, slots=True)
class Span:
    """``amount`` of ``unit``. Days keep the wall clock across daylight saving; hours and shorter are exact."""

    amount: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``"3 working days"``. Raises ValueError with the forms that are understood."""
        found = _WRITTEN.match(text.strip()) if isinstance(text, str) else None
        if not found:
            raise ValueError(f"{text!r} is not a length of time: write it like '3 days', '2 working days', '4 hours' or '1 week'")
        return cls(int(found[1]), Unit(found[2]))

    @property
    def exact(self) -> timedelta | None:
        """The length, where it is the same everywhere; None where it depends on the lead's calendar."""
        exact = _EXACT.get(self.unit)
        return exact and exact * self.amount

    @property
    def days(self) -> int:
        """Calendar days, for units that count them; 0 for hours and shorter."""
        return self.amount * DAYS_OF.get(self.unit, 0)

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}{'' if self.amount == 1 else 's'}"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, cls) else cls.parse(value),
            serialization=core_schema.plain_serializer_function_ser_schema(_written, return_schema=core_schema.str_schema()),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "pattern": _WRITTEN.pattern, "examples": ["3 days", "2 working days", "4 hours"]}


def _written(span: object) -> str:
    """The span in words. Where something else may stand in its place, as an ``until`` after ``wait``, that is written in its own way."""
    if not isinstance(span, Span):
        raise PydanticSerializationUnexpectedValue("this is not a length of time")
    return str(span)
