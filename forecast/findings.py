"""What a forecast says: the figures that a manager asks for, and what is worth a warning."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from forecast.desk import Desk, at_the_desk, capacities
from forecast.tally import Counts
from forecast.world import DAY, World
from nurture.kinds import Outcome
from nurture.stages import STAGE_SETS


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    """One letter: how often it goes, and what follows."""

    campaign: str
    letter: str
    sent: int
    reactions: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRow:
    """One track, and how often it is entered."""

    campaign: str
    track: str
    entered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffRow:
    """Tasks for one reason: how many are opened, answered after their deadline, and with what."""

    campaign: str
    reason: str
    opened: int
    late: int
    answers: dict[Outcome, int]

    @property
    def answered(self) -> int:
        return sum(self.answers.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Everything that is foretold. What belongs to days is a figure for each, from ``begins_on`` on."""

    begins_on: date
    days: int
    seed: int
    asked_for: int
    leads: int
    without_consent: int
    arrivals: tuple[int, ...]
    mails: tuple[int, ...]
    limits: tuple[int | None, ...]
    held_back: tuple[int, ...]
    desk: Desk
    reps: int
    stages: dict[str, tuple[int, ...]]
    letters: tuple[LetterRow, ...]
    tracks: tuple[TrackRow, ...]
    handoffs: tuple[HandoffRow, ...]
    contracts: dict[str, int]
    unsent: int
    beyond: dict[str, int]

    @property
    def dates(self) -> list[date]:
        return [self.begins_on + day * DAY for day in range(self.days)]

    @property
    def silent_letters(self) -> list[LetterRow]:
        """Letters that nobody ever gets."""
        return [row for row in self.letters if not row.sent]

    @property
    def empty_tracks(self) -> list[TrackRow]:
        """Tracks that nobody ever enters."""
        return [row for row in self.tracks if not row.entered]

    @property
    def missed(self) -> int:
        """Deadlines that the reps miss because there is more to do than they can."""
        return sum(self.desk.missed)

    @property
    def needed_reps(self) -> int | None:
        """How many reps would do the work of the busiest four weeks; None where nobody says what one can do."""
        per_rep = max(self.desk.capacity) / self.reps if self.reps else 0
        if not per_rep:
            return None
        weeks = range(max(self.days - 27, 1))
        pressure = max(sum(self.desk.opened[d : d + 28]) / max(sum(c > 0 for c in self.desk.capacity[d : d + 28]), 1) for d in weeks)
        return max(1, -int(-pressure // per_rep))


def findings(world: World, counts: Counts, asked_for: int) -> Forecast:
    """What the counts of a world say."""
    days = world.days
    mails = _by_day(counts.mails, days)
    limits = tuple(world.assumed.sending.limit(day) for day in range(days))
    return Forecast(
        begins_on=world.begins_on,
        days=days,
        seed=world.seed,
        asked_for=asked_for,
        leads=counts.leads,
        without_consent=counts.without_consent,
        arrivals=_by_day(counts.arrivals, days),
        mails=mails,
        limits=limits,
        held_back=held_back(mails, limits),
        desk=at_the_desk(counts.work, capacities(world)),
        reps=world.assumed.reps.number,
        stages=_stages(world, counts),
        letters=tuple(
            LetterRow(
                campaign=campaign.name,
                letter=letter,
                sent=counts.letters[campaign.name, letter],
                reactions={
                    kind: n for (name, about, kind), n in sorted(counts.reactions.items()) if (name, about) == (campaign.name, letter)
                },
            )
            for campaign in world.campaigns.values()
            for letter in campaign.letters
        ),
        tracks=tuple(
            TrackRow(campaign=campaign.name, track=track, entered=counts.entries[campaign.name, track])
            for campaign in world.campaigns.values()
            for track in campaign.tracks
        ),
        handoffs=_handoffs(counts),
        contracts={what: counts.contracts[what] for what in ("won", "renewed", "left")},
        unsent=counts.unsent.total(),
        beyond=dict(sorted(counts.beyond.items())),
    )


def held_back(mails: Sequence[int], limits: Sequence[int | None]) -> tuple[int, ...]:
    """How many mails wait in the evening of each day because no more may leave; they go first on the next."""
    waiting, waits = 0, list[int]()
    for mail, limit in zip(mails, limits, strict=True):
        waiting = 0 if limit is None else max(waiting + mail - limit, 0)
        waits.append(waiting)
    return tuple(waits)


def _by_day(counted: Counter[int], days: int) -> tuple[int, ...]:
    return tuple(counted[day] for day in range(days))


def _stages(world: World, counts: Counts) -> dict[str, tuple[int, ...]]:
    """How many leads are in each stage in the evening of each day, in the order of the stage models."""
    seen = {stage for _, stage in counts.stages}
    models = [STAGE_SETS[campaign.stages] for campaign in world.campaigns.values()]
    order = [stage for stage in dict.fromkeys(stage for model in (*models, *STAGE_SETS.values()) for stage in model) if stage in seen]
    found: dict[str, tuple[int, ...]] = {}
    for stage in order:
        running, days = 0, list[int]()
        for day in range(world.days):
            running += counts.stages[day, stage]
            days.append(running)
        if any(days):
            found[stage] = tuple(days)
    return found


def _handoffs(counts: Counts) -> tuple[HandoffRow, ...]:
    rows = [
        HandoffRow(
            campaign=campaign,
            reason=reason,
            opened=opened,
            late=counts.escalated[campaign, reason],
            answers={outcome: n for outcome in Outcome if (n := counts.answers[campaign, reason, outcome])},
        )
        for (campaign, reason), opened in counts.tasks.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.opened, row.campaign, row.reason)))
