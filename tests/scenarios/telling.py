"""Short words to tell a scenario with: a campaign from its tracks, a lead in it, and what one sees of that lead."""

from pathlib import Path
from typing import Any, Final
from uuid import UUID

from local.town import Town
from nurture.kinds import Outcome
from nurture.plan.campaign import Campaign
from nurture.plan.plots import with_stories
from nurture.standing import Standing
from store.desk.tasks import Answer, TaskRow
from store.journeys import notes, standings
from store.leads.persons import Person

_TEMPLATES: Final = Path(__file__).parents[2] / "email_templates"


def campaign(name: str = "welcome", *, tracks: dict[str, Any], **parts: Any) -> Campaign:
    """A campaign that begins in the first of its tracks; a track without a stage is its list of steps."""
    written = {track: {"steps": plan} if isinstance(plan, list) else plan for track, plan in tracks.items()}
    data = {"campaign": name, "topic": name, "start": next(iter(tracks)), "tracks": written} | parts
    return Campaign.model_validate(with_stories(data))


def task(reason: str, **plan: Any) -> dict[str, Any]:
    """A step that calls a human."""
    return {"task": {"reason": reason} | plan}


def rule(name: str, when: Any, go: str, **conditions: Any) -> dict[str, Any]:
    return {"name": name, "when": when, "go": go} | conditions


async def enrolled(town: Town, person: Person, *started: Campaign) -> UUID:
    """A lead in all of these campaigns, which it agreed to hear from."""
    for one in started:
        await town.start(one)
    lead = await town.register(person, *(one.topic for one in started))
    for one in started:
        await town.enroll(lead, one.name)
    return lead


async def standing(town: Town, lead: UUID) -> Standing:
    async with town.database.transaction() as session:
        found = await standings.of_lead(session, lead)
    assert found is not None
    return found


async def stage(town: Town, lead: UUID) -> str:
    return (await standing(town, lead)).stage


async def tracks(town: Town, lead: UUID) -> list[str]:
    return [position.track for position in (await standing(town, lead)).positions]


async def said(town: Town, lead: UUID) -> str:
    """Everything that was noted about a lead, a line for each decision."""
    async with town.database.transaction() as session:
        return "\n".join(f"{note.what}: {note.why}" for note in await notes.of_lead(session, lead))


async def reasons(town: Town, lead: UUID) -> list[str]:
    return [row.reason for row in await town.tasks_of(lead)]


async def the_task(town: Town, lead: UUID) -> TaskRow:
    [row] = await town.tasks_of(lead)
    return row


async def answer(town: Town, lead: UUID, outcome: Outcome, **words: Any) -> None:
    """A rep answers the one task that is open."""
    await town.answer(await the_task(town, lead), Answer(outcome=outcome, **words))


def letters_in(folder: Path, campaign: str, *names: str) -> None:
    """Write short letters, so that a scenario can call them what they are."""
    for shared in ("layout.html", "layout.txt", "words.jinja"):
        (folder / shared).write_text((_TEMPLATES / shared).read_text(encoding="utf-8"), encoding="utf-8")
    (folder / campaign).mkdir(exist_ok=True)
    for name in names:
        subject = name.replace("_", " ").capitalize()
        parts = {"subject": subject, "preheader": subject, "html": f"<p>{subject}</p>", "text": subject}
        blocks = "".join(f"{{% block {part} %}}{words}{{% endblock %}}\n" for part, words in parts.items())
        (folder / campaign / f"{name}.en.html").write_text(f'{{% extends "layout.html" %}}\n{blocks}', encoding="utf-8")
