"""Sets up a rehearsal: the campaign that is right with those it leads on to, who plays, and from when on."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from commands.console import WrongInput
from commands.files.checking import campaigns_beside
from commands.front import templates_dir
from commands.moments import read_day
from mail.checking import Checked, check
from mail.letters import Letters
from nurture.plan.problems import CampaignError
from store.campaigns.files import read_campaign_file
from store.leads.persons import Person

if TYPE_CHECKING:
    from rehearsal.diary import Rehearsal
    from rehearsal.personas import Persona
    from rehearsal.stage import Part, Plan
    from rehearsal.world import House

_CUSTOMERS: Final = ("near_renewal", "happy_customer")
_PROSPECTS: Final = ("silent", "eager")


def plan_of(file: Path) -> "Plan":
    """A campaign file that is right, with those that it leads on to. Raises WrongInput, which names everything that is wrong."""
    from rehearsal.stage import Plan

    letters = Letters(templates_dir())
    checked = check(file, letters)
    others: dict[str, Checked] = {}
    problems, waiting = [*checked.problems], [checked]
    while waiting:
        one = waiting.pop()
        wanted = {name for _, name in one.targets()}
        beside = {name: found for name in sorted(wanted) if (found := _beside(file, name))}
        known = beside if wanted <= beside.keys() else campaigns_beside(file)
        problems += one.unknown_targets(known, "write its file, like {name}.yaml beside this one")
        for name, found in beside.items():
            if name not in others and checked.campaign and name != checked.campaign.name:
                others[name] = check(found, letters)
                problems += others[name].problems
                waiting.append(others[name])
    if problems or checked.campaign is None:
        raise WrongInput(*dict.fromkeys(map(str, problems)), "nothing was rehearsed; correct what is named above")
    campaigns = [other.campaign for other in others.values() if other.campaign]
    return Plan(file=str(file), campaign=checked.campaign, others=campaigns, templates=letters.folder)


def fits(plan: "Plan", parts: "Sequence[Part]") -> None:
    """Raises WrongInput for what personas name and these campaigns do not have, and for days outside of the rehearsal."""
    from rehearsal.fitting import misfits

    if problems := [problem for part in parts for problem in misfits(part, plan.all)]:
        raise WrongInput(*dict.fromkeys(map(str, problems)))


async def played(
    house: "House", plan: "Plan", parts: "Sequence[Part]", advance: Callable[[str, float], None], *, own_sender: bool = True
) -> "Rehearsal":
    """Play the parts. Raises WrongInput where the world would not be thrown away, or the sender is wrong."""
    from rehearsal.stage import rehearse
    from rehearsal.world import NotThrownAway
    from settings import SettingsError

    try:
        return await rehearse(house, plan, parts, advance, own_sender=own_sender)
    except NotThrownAway as wrong:
        raise WrongInput(f"{wrong}; nothing was rehearsed") from None
    except SettingsError as wrong:
        raise WrongInput(*str(wrong).splitlines()) from None


def _beside(file: Path, name: str) -> Path | None:
    """The file of the campaign of this name in the same folder; mostly it is named like it, and then no other need be read."""
    named = [file.parent / f"{name}.yaml", file.parent / f"{name}.yml"]
    for beside in (*named, *sorted(file.parent.glob("*.yaml")), *sorted(file.parent.glob("*.yml"))):
        try:
            if beside.is_file() and read_campaign_file(beside)[0].name == name:
                return beside
        except CampaignError:
            if beside in named:
                return beside  # what is wrong with it is told of there
    return None


def cast_of(plan: "Plan", names: Sequence[str], lead: str | None, script: Path | None, now: datetime) -> "list[Persona]":
    from rehearsal.personas import named, presets, read_script

    try:
        known = presets()
        cast = [named(name, known) for name in dict.fromkeys(names)]
        if script:
            cast.append(read_script(script))
    except CampaignError as wrong:
        raise WrongInput(*map(str, wrong.problems)) from None
    if lead:
        person = _person_of(lead, now)
        cast = [replace(one, person=person) for one in (cast or [known["silent"]])]
        if len(cast) > 1:
            raise WrongInput("--lead: one lead has one persona or one script; name one")
    if not cast:
        ends = any(rule.when.contract_ends_in is not None for rule in plan.campaign.rules)
        cast = [known[name] for name in (_CUSTOMERS if ends else _PROSPECTS)]
    return cast


def _person_of(place: str, now: datetime) -> Person:
    """The person of one line of a lead file."""
    from commands.files.rows import COLUMNS, REPORT_COLUMNS, Entry, read_row
    from commands.files.sheet import Row, opened

    name, _, number = place.rpartition(":")
    if not name or not number.isdigit():
        raise WrongInput(f"--lead: '{place}' names no line of a file; write it like leads.csv:2")
    lines = []
    with opened(Path(name), COLUMNS, passed_over=REPORT_COLUMNS) as sheet:
        for row in sheet:
            lines.append(row.line)
            if row.line == int(number):
                entry = read_row(row, name, now) if isinstance(row, Row) else row
                if isinstance(entry, Entry):
                    return entry.person
                raise WrongInput(f"{name}:{number}: {entry.reason}")
    there = f"it has leads from line {lines[0]} to {lines[-1]}" if lines else "it has none"
    raise WrongInput(f"{name}:{number}: no lead begins on this line; {there}")


def first_day(start: str | None, now: datetime) -> date:
    first = read_day("--start", start) if start else (now + timedelta(days=1)).date()
    earliest = (now + timedelta(days=1)).date()
    if first < earliest:
        raise WrongInput(f"--start: {first} is not ahead, and the clock of a rehearsal only goes forward; give {earliest} or later")
    return first
