"""Whether personas fit a campaign: what they name and no campaign here has, and days that never come."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import timedelta

from nurture.human import HORIZON, IN_DOUBT, LAST_LOOK, TOO_LATE, UNREACHABLE
from nurture.kinds import Kind
from nurture.plan.campaign import Campaign
from nurture.plan.problems import Problem, did_you_mean
from nurture.plan.track import Message, Task
from rehearsal.cues import On
from rehearsal.personas import ANY, PRESETS
from rehearsal.stage import Part

_OF_ANY_CAMPAIGN = tuple(plan.reason for plan in (HORIZON, IN_DOUBT, LAST_LOOK, TOO_LATE, UNREACHABLE))


def letters_in(campaigns: Iterable[Campaign]) -> list[str]:
    """Every letter of these campaigns."""
    return list(dict.fromkeys(letter for campaign in campaigns for letter in campaign.letters))


def reasons_in(campaigns: Iterable[Campaign]) -> list[str]:
    """The reason of every task that these campaigns may open."""
    steps = [step for campaign in campaigns for track in campaign.tracks.values() for step in track.steps]
    asked = [step.task.reason if isinstance(step, Task) else step.message.channel for step in steps if isinstance(step, Task | Message)]
    return list(dict.fromkeys([*asked, *_OF_ANY_CAMPAIGN]))


def tracks_in(campaigns: Iterable[Campaign]) -> list[str]:
    """Every track of these campaigns."""
    return list(dict.fromkeys(track for campaign in campaigns for track in campaign.tracks))


def misfits(part: Part, campaigns: Mapping[str, Campaign]) -> Iterator[Problem]:
    """What a persona names that is not there. The personas that come with the product may name what only some campaigns have."""
    persona, all_of_them = part.persona, list(campaigns.values())
    known: Mapping[On, tuple[str, Collection[str]]] = {
        On.LETTER: ("letter", letters_in(all_of_them)),
        On.TASK: ("task", reasons_in(all_of_them)),
        On.TRACK: ("track", tracks_in(all_of_them)),
    }
    topics = list(dict.fromkeys(campaign.topic for campaign in all_of_them))
    fields = list(dict.fromkeys(name for campaign in all_of_them for name in campaign.fields))
    for cue in persona.cues:
        if cue.file == str(PRESETS):
            continue
        if cue.when.on in known and not (cue.when.on is On.LETTER and cue.when.name.isdigit()):
            yield from _unknown(cue.file, cue.line, *known[cue.when.on], cue.when.name)
        match cue.deed.kind:
            case Kind.CLICKED if cue.deed.content:
                yield from _unknown(cue.file, cue.line, *known[On.LETTER], cue.deed.content)
            case Kind.OPTED_OUT if cue.deed.content:
                yield from _unknown(cue.file, cue.line, "topic", topics, cue.deed.content)
            case Kind.FACTS_LEARNED:
                for name, _ in cue.deed.learned:
                    yield from _unknown(cue.file, cue.line, "field", fields, name)
        last = part.since + timedelta(days=part.days - 1)
        if cue.when.at and not part.since <= cue.when.at.date() <= last:
            what = f"{cue.when.at:%Y-%m-%d} is not within the rehearsal, which goes from {part.since} to {last}"
            yield Problem(file=cue.file, line=cue.line, what=what, fix="give another day, or begin earlier or play longer")
    term = persona.contract
    if term and term.day and term.day < part.since:
        what = f"the contract ends on {term.day}, before the rehearsal begins on {part.since}"
        yield Problem(file=term.file, line=term.line, what=what, fix="give a later day, or write 'ends_in: 150 days'")
    for reason, (file, line) in persona.places.items():
        if file != str(PRESETS) and reason != ANY:
            yield from _unknown(file, line, *known[On.TASK], reason)


def _unknown(file: str, line: int, noun: str, known: Collection[str], name: str) -> Iterator[Problem]:
    if name not in known:
        what = f"no campaign here has the {noun} '{name}'"
        yield Problem(file=file, line=line, what=what, fix=did_you_mean(name, known, f"{noun}s are") or "take it out")
