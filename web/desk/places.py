"""Steps of a campaign as marketers speak of them: what each does or where it leads, and to which of them a lead can be led."""

from collections.abc import Callable
from typing import Final

from nurture.plan.campaign import Campaign
from nurture.plan.spans import Span
from nurture.plan.track import Branch, Email, End, EnrollIn, Go, Message, Notify, Pause, Split, Step, Task, Track, WaitFor
from web.desk.stepwords import span_in_words, step_in_lines
from web.desk.taskviews import called
from web.formfields import readable
from web.words import words

_LEADS_TO: Final = (Email, Message, Task, Pause, WaitFor, EnrollIn)
"""What it makes sense to lead somebody to: what reaches them, and what waits for them. The rest only remembers, or shows the way."""


def step_in_words(step: Step, language: str, *, letters: Callable[[str], str] = readable) -> str:
    """``the letter “After talk”``, ``a pause: 10 days``; empty for a step that only remembers something."""
    w = words(language)
    match step:
        case Email(email=letter):
            return w["ahead_letter"].format(what=letters(letter))
        case Pause(wait=wait) if isinstance(wait, Span):
            return w["ahead_pause"].format(what=span_in_words(wait, language))
        case Pause() | WaitFor():
            return next(step_in_lines(step, language)).text
        case Task(task=plan):
            return w["ahead_task"].format(what=called(plan.reason, language))
        case Message(message=plan):
            return w["ahead_task"].format(what=called(plan.channel, language))
        case Notify():
            return w["ahead_word"]
        case Go(go=track):
            return w["ahead_track"].format(what=readable(track))
        case EnrollIn(enroll=campaign):
            return w["ahead_campaign"].format(what=readable(campaign))
        case Branch() | Split():
            return w["ahead_fork"]
        case End():
            return w["ahead_end"]
        case _:
            return ""


def step_called(track: Track, name: str, language: str) -> str:
    """A step of a track, by its name; the name itself where the track has no such step."""
    step = track.steps[track.step_names.index(name)] if name in track.step_names else None
    return (step_in_words(step, language, letters=str) if step else "") or name


def place_of(campaign: Campaign, track: str, name: str, language: str) -> str:
    """Where a lead is: ``nurture: Educate · a pause: 10 days``."""
    there = campaign.tracks.get(track)
    rests = there is not None and name not in there.step_names
    here = words(language)["chart_rest"] if rests else step_called(there, name, language) if there else name
    return f"{campaign.name}: {readable(track)} · {here}"


def destinations(campaign: Campaign, language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Where a lead can be led to: each track with its beginning and the steps that make sense, as ``TRACK/STEP`` and in words."""
    return [
        (readable(name), [(name, words(language)["decide_begin"]), *_steps(name, track, language)])
        for name, track in campaign.tracks.items()
    ]


def _steps(name: str, track: Track, language: str) -> list[tuple[str, str]]:
    found = []
    for place, step in enumerate(track.steps):
        if place == 0 or not isinstance(step, _LEADS_TO):
            continue
        said = step_in_words(step, language, letters=str)
        if isinstance(step, Pause | WaitFor) and (then := _after(track, place, language)):
            said = words(language)["decide_then"].format(what=said, then=then)
        found.append((f"{name}/{track.step_names[place]}", said))
    return found


def _after(track: Track, place: int, language: str) -> str:
    """What comes after a step that only waits, so that two pauses of a track can be told apart."""
    return next((said for step in track.steps[place + 1 :] if (said := step_in_words(step, language, letters=str))), "")
