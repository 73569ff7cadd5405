"""Short words to tell a rehearsal's story with, where none need be played."""

from datetime import UTC, datetime, timedelta

from rehearsal.diary import Entry, Rehearsal, Sort, Story

BEGAN = datetime(2040, 4, 2, 8, tzinfo=UTC)


def letter(name: str, days: float, text: str = "Hello.") -> Entry:
    """A letter that came so many days after the beginning."""
    at = BEGAN + timedelta(days=days)
    return Entry(at=at, sort=Sort.LETTER, what=f"sent {name}", why="it is next", name=name, campaign="welcome", subject=name, text=text)


def task(reason: str, days: float) -> Entry:
    at = BEGAN + timedelta(days=days)
    return Entry(at=at, sort=Sort.TASK, what=f"asked a rep: {reason}", name=reason, campaign="welcome", until=at + timedelta(days=2))


def move(track: str, days: float) -> Entry:
    return Entry(at=BEGAN + timedelta(days=days), sort=Sort.MOVE, what=f"welcome: educate → {track}", why="a rule")


def story(*entries: Entry, stage: str = "interest", tracks: tuple[str, ...] = ("educate",), open: bool = True) -> Story:
    """What happened to Ada in London."""
    return Story(
        persona="ada",
        about="",
        person="Ada Quillfeather",
        company="Quillfeather Pumps Ltd",
        language="en",
        country="GB",
        zone="Europe/London",
        began_at=BEGAN,
        entries=entries,
        stage=stage,
        tracks=tracks,
        entered=("educate", *(entry.what.rpartition(" → ")[2] for entry in entries if entry.sort is Sort.MOVE)),
        open=open,
        next_at=None,
        why="a pause",
    )


def rehearsal(*stories: Story) -> Rehearsal:
    until = BEGAN + timedelta(days=100)
    return Rehearsal(file="welcome.yaml", campaign="welcome", ref="welcome@0", since=BEGAN, until=until, stories=stories, seconds=1.0)
