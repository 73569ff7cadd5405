"""A campaign changes while leads are in it: where each goes on, by the names of tracks and steps."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from nurture.enrollment import Enrollment
from nurture.ourside import Course
from nurture.plan.campaign import Campaign
from nurture.plan.track import Branch, Email, Go, Message, Notify, Split, Step, Task, Track, WaitFor, name_of_step


class Landing(StrEnum):
    """How a lead finds its place in another edition."""

    KEPT = "kept"
    NEXT_STEP = "next_step"
    END_OF_TRACK = "end_of_track"
    START = "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in a campaign. ``step`` is an index into the track's steps; one past the last is at rest."""

    track: str
    step: int
    landing: Landing = Landing.KEPT


def changed(enrollment: Enrollment, campaign: Campaign, course: Course, at: datetime, had: Collection[str] = ()) -> Enrollment:
    """The enrollment in another edition of its campaign. A rep's open task stays open.

    Migrating keeps the place, since when the lead is there, and every time rule that had its turn: a pause is planned again from its
    beginning. What the lead had behind it in its track, and has before it in the new edition, is passed over; so is each letter that it
    ``had`` in any track, where the change is what puts it before the lead. Restarting begins anew.
    """
    if course is Course.RESTART:
        fresh = replace(enrollment, campaign=campaign, touches=0, fired=(), passed=(), horizon_from=at)
        return fresh.entering(campaign.start, at)
    place = landing(enrollment.campaign, campaign, enrollment.track, enrollment.step)
    put = (letter for letter in _put_before(enrollment, campaign, place) if letter in had)
    passed = tuple(dict.fromkeys((*_passed(enrollment, campaign, place), *put)))
    if place.landing is Landing.START:
        return replace(enrollment, campaign=campaign, passed=passed).entering(place.track, at)
    there = replace(enrollment, campaign=campaign, track=place.track, step=place.step, passed=passed)
    if there.here != enrollment.here:
        there = replace(there, doubts=0, said=None, hurried_at=None)
    return _with_its_task(enrollment, there, place)


def landing(old: Campaign, new: Campaign, track: str, step: int) -> Place:
    """Where a lead at this step of the old edition goes on in the new one.

    Where its step is gone, that is the next step of the old track that the new one has, or else the track's end. Where its track is gone,
    it begins again in the start track.
    """
    if track not in new.tracks:
        return Place(track=new.start, step=0, landing=Landing.START)
    at_end = len(new.tracks[track].steps)
    if step >= len(old.tracks[track].steps):
        return Place(track=track, step=at_end)
    for place, found in enumerate(matches(old.tracks[track], new.tracks[track])[step:]):
        if found is not None:
            return Place(track=track, step=found, landing=Landing.NEXT_STEP if place else Landing.KEPT)
    return Place(track=track, step=at_end, landing=Landing.END_OF_TRACK)


def matches(old: Track, new: Track) -> list[int | None]:
    """For each step of a track, where it is in the new edition of that track; None where it is gone.

    A step goes by its name. A pause without a name is called by its place, which shifts when a step is put in above it: it is known as the
    pause after the named step before it, or else as the pause before the named step after it.
    """
    found: list[int | None] = [None] * len(old.steps)
    taken: set[int] = set()
    for names_of in (_names_after, _names_before):
        there = {name: place for place, name in enumerate(names_of(new)) if place not in taken}
        for place, name in enumerate(names_of(old)):
            if found[place] is None and name in there:
                found[place] = there[name]
                taken.add(there[name])
    return found


def _names_after(track: Track) -> list[str]:
    return list(_relative(track, range(len(track.steps)), "after"))


def _names_before(track: Track) -> list[str]:
    return list(_relative(track, range(len(track.steps) - 1, -1, -1), "before"))[::-1]


def _relative(track: Track, places: Iterable[int], side: str) -> Iterator[str]:
    anchor, nth = "", 0
    for place in places:
        name = name_of_step(track, place)
        if _has_name(track.steps[place]):
            anchor, nth = name, 0
            yield name
        else:
            nth += 1
            yield f"{name.rpartition('-')[0]} {nth} {side} '{anchor}'"


def _has_name(step: Step) -> bool:
    """Whether a step is called by more than its kind and place."""
    return bool(step.name) or isinstance(step, Email | Task | Message)


def _passed(enrollment: Enrollment, campaign: Campaign, place: Place) -> tuple[str, ...]:
    """What reached this lead, or was passed over for it, and would come again from its place in the new edition on."""
    behind = {*enrollment.passed, *_reaching(enrollment.where, 0, enrollment.step)}
    ahead: dict[str, None] = {}
    for name, track in campaign.tracks.items():
        if name == place.track:
            ahead |= dict.fromkeys(_reaching(track, place.step))
        elif name not in enrollment.campaign.tracks:
            ahead |= dict.fromkeys(_reaching(track))
        else:
            # What stood in that track before is meant to come there: loops and other ways bring a letter again.
            before = set(_reaching(enrollment.campaign.tracks[name]))
            ahead |= dict.fromkeys(reaching for reaching in _reaching(track) if reaching not in before)
    return tuple(name for name in ahead if name in behind)


def _reaching(track: Track, since: int = 0, until: int | None = None) -> Iterator[str]:
    """The steps of a track that reach a lead or a human: a letter by its own name, the others by the step's."""
    for place, step in enumerate(track.steps[:until]):
        if place < since:
            continue
        if isinstance(step, Email):
            yield step.email
        elif isinstance(step, Task | Message | Notify):
            yield name_of_step(track, place)


def _put_before(enrollment: Enrollment, campaign: Campaign, place: Place) -> Iterator[str]:
    """The letters that a lead comes to by the change alone: they stand where they did not stand before, or it has to begin again.

    A letter that stays in its track is meant to come whenever a rule or a loop leads there.
    """
    begins_again = _led_to(campaign, place.track) if place.landing is Landing.START else set()
    for name, track in campaign.tracks.items():
        old = enrollment.campaign.tracks.get(name)
        stood = set(_letters(old, enrollment.step if name == enrollment.track else 0)) if old and name not in begins_again else set()
        yield from (letter for letter in _letters(track, place.step if name == place.track else 0) if letter not in stood)


def _led_to(campaign: Campaign, start: str) -> set[str]:
    """The track and all that steps lead to from there, without any rule."""
    led, coming = set[str](), [start]
    while coming:
        if (track := coming.pop()) not in led:
            led.add(track)
            coming += [there for step in campaign.tracks[track].steps for there in _onward(step) if there]
    return led


def _onward(step: Step) -> tuple[str | None, ...]:
    match step:
        case Go(go=there):
            return (there,)
        case Branch(branch=ways) | Split(split=ways):
            return tuple(way.go for way in ways)
        case WaitFor(wait_for=awaited):
            return (awaited.then, awaited.silence)
        case _:
            return ()


def _letters(track: Track, since: int) -> Iterator[str]:
    return (step.email for step in track.steps[since:] if isinstance(step, Email))


def _with_its_task(old: Enrollment, new: Enrollment, place: Place) -> Enrollment:
    """A task that belongs to the step where the lead is goes on belonging to it, also where the step is called otherwise."""
    task = new.task
    if task is None or task.step != old.here or (place.landing is not Landing.KEPT and not isinstance(new.at_step, Task)):
        return new
    return replace(new, task=replace(task, step=new.here))
