"""A persona in a town: its lead there, and how far its part has come."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid5

from nurture.calendar import add
from nurture.places import zone
from nurture.plan.spans import Span
from nurture.profile import Profile
from nurture.standing import Standing
from rehearsal.cues import Deed
from rehearsal.personas import Persona

_IDS: Final = UUID("6b1f6d54-5a0e-5c0e-9a52-0d3cf6c1b7aa")


@dataclass(slots=True, kw_only=True)
class Player:
    """A persona in the town. ``remarks`` are what it wanted to do and could not, with the moment."""

    persona: Persona
    begins_at: datetime
    ends_at: datetime
    id: UUID
    is_here: bool = False
    is_gone: bool = False
    standing: Standing | None = None
    last_letter: str = ""
    tracks: list[str] = field(default_factory=list)
    answered: dict[str, int] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)
    did: dict[datetime, Deed] = field(default_factory=dict)
    remarks: list[tuple[datetime, str, str]] = field(default_factory=list)

    @property
    def profile(self) -> Profile:
        person = self.persona.person
        return Profile(
            zone=person.zone or "UTC", country=person.country, language=person.language or "en", fit=person.fit, segment=person.segment
        )

    def today(self, now: datetime) -> date:
        """The date where the player lives."""
        return now.astimezone(zone(self.profile.zone)).date()

    def ahead(self, now: datetime, length: Span) -> date:
        """The day on which a length of time ends that begins now."""
        return self.today(add(now, length, self.profile))

    def remark(self, now: datetime, what: str, why: str) -> None:
        """Something that the persona wanted to do could not be done."""
        self.remarks.append((now, what, why))


def id_of(name: str) -> UUID:
    """The id that a persona of this name has in every rehearsal."""
    return uuid5(_IDS, name)
