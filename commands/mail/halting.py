"""What keeps letters from going, and for how long: stops, holds of leads, the pace, and transports that refuse us."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from commands.console import number
from commands.front import database
from commands.moments import distance
from store.mail import blocks, pace, stops
from store.mail.blocks import Block
from store.mail.pace import Waiting
from store.mail.stops import HeldLead, Standing

_MOST_NAMED: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Halts:
    """What keeps letters from going, each the oldest first."""

    blocks: list[Block]
    stops: list[Standing]
    held: list[HeldLead]
    waiting: list[Waiting]

    def in_words(self, now: datetime) -> Iterator[str]:
        """A sentence for each; of leads on hold some are named."""
        for block in self.blocks:
            said = " ".join(filter(None, [str(block.code or ""), block.status])) or "no code"
            yield f"{block.transport} refuses us as a sender ({said}) since {_since(block.blocked_at, now)}. Letters wait."
        for stop in self.stops:
            what, again = (f"Letters of '{stop.campaign}'", f"campaign {stop.campaign}") if stop.campaign else ("All letters", "all")
            because = f": {stop.because}" if stop.because else ""
            yield f"{what} are stopped since {_since(stop.stopped_at, now)}{because}. Let them go again with: resume {again}"
        for lead in self.held[:_MOST_NAMED]:
            yield f"{lead.lead_id} is on hold until {lead.until}, since {_since(lead.since, now)}. End it with: resume lead {lead.lead_id}"
        if len(self.held) > _MOST_NAMED:
            yield f"… and {number(len(self.held) - _MOST_NAMED, 'more lead')} on hold; --json names all of them"
        for line in self.waiting:
            yield f"{number(line.letters, 'letter')} in '{line.lane}' wait, the first since {_since(line.since, now)}."

    def as_json(self) -> list[dict[str, object]]:
        """The same for programs."""
        return [*map(block_as_json, self.blocks), *map(asdict, [*self.stops, *self.held, *self.waiting])]


async def halted(now: datetime) -> Halts:
    """Look."""
    async with database() as db, db.transaction() as session:
        return Halts(
            blocks=await blocks.all_standing(session),
            stops=await stops.all_standing(session),
            held=await stops.held(session),
            waiting=await pace.waiting(session, now),
        )


def block_as_json(block: Block) -> dict[str, object]:
    return {"transport": block.transport, "code": block.code, "status": block.status, "blocked_at": block.blocked_at}


def _since(at: datetime, now: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC, {distance(at, now)}"
