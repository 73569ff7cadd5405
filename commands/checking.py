"""Reads a campaign before anyone is in it: its file, its letters, and the campaigns that it leads on to."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from mail.doubts import doubts
from mail.letters import Letters
from mail.templates import name_of_letter
from nurture.campaign import Campaign, Email, EnrollIn
from nurture.language import CampaignError, Problem
from nurture.problems import did_you_mean
from nurture.source import read_source
from store.files import read_campaign_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What is known of a campaign file. ``campaign`` is None when its plan cannot be read; it may be started when nothing is wrong."""

    file: Path
    campaign: Campaign | None
    text: str
    problems: tuple[Problem, ...]
    doubts: tuple[Problem, ...] = ()
    """What may keep its letters from arriving. It may be started all the same."""


def check(file: Path, letters: Letters) -> Checked:
    """Read a campaign file and its letters, and find everything that is wrong with them."""
    try:
        campaign, text = read_campaign_file(file)
    except CampaignError as wrong:
        return Checked(file=file, campaign=None, text="", problems=wrong.problems)
    asked_for = _letters_asked_for(file, campaign, text)
    problems = tuple(_where_it_is_asked_for(problem, asked_for, letters, campaign) for problem in letters.check(campaign))
    doubtful = () if problems else tuple(doubts(letters, campaign))
    return Checked(file=file, campaign=campaign, text=text, problems=problems, doubts=doubtful)


def _letters_asked_for(file: Path, campaign: Campaign, text: str) -> dict[str, Problem]:
    """For each letter the first step that sends it, as the beginning of a problem."""
    source = read_source(text, str(file))
    first: dict[str, Problem] = {}
    for name, track in campaign.tracks.items():
        for place, step in enumerate(track.steps):
            if isinstance(step, Email) and step.email not in first:
                line = source.line_of(("tracks", name, "steps", place, "email"))
                first[step.email] = Problem(file=str(file), line=line, what="", fix="")
    return first


def _where_it_is_asked_for(problem: Problem, asked_for: Mapping[str, Problem], letters: Letters, campaign: Campaign) -> Problem:
    """A letter that is missing is told at the step that sends it, because there is no file yet that one could look into."""
    for letter, step in asked_for.items():
        path = letters.folder / name_of_letter(campaign.name, letter, campaign.language)
        if problem.file == str(path) and not path.is_file():
            fix = problem.fix if problem.fix.startswith("did you mean") else f"write {path}"
            return replace(step, what=problem.what, fix=fix)
    return problem


def targets(checked: Checked) -> Iterator[tuple[int, str]]:
    """Every other campaign that a step of this one begins, with its line."""
    if checked.campaign is None:
        return
    begun = [
        (("tracks", name, "steps", place, "enroll"), step.enroll)
        for name, track in checked.campaign.tracks.items()
        for place, step in enumerate(track.steps)
        if isinstance(step, EnrollIn) and step.enroll != checked.campaign.name
    ]
    if begun:
        source = read_source(checked.text, str(checked.file))
        yield from ((source.line_of(where), name) for where, name in begun)


def unknown_targets(checked: Checked, known: Collection[str], fix: str) -> Iterator[Problem]:
    """The campaigns that it begins and that nobody knows. ``fix`` is what to do about one that is not just misspelt."""
    for line, name in targets(checked):
        if name not in known:
            near = did_you_mean(name, known, "")
            advice = near if near.startswith("did you mean") else fix.replace("{name}", name)
            yield Problem(file=str(checked.file), line=line, what=f"it begins the campaign '{name}', which is not known", fix=advice)


def named_twice(all_checked: Collection[Checked]) -> Iterator[Problem]:
    """Two files that are the same campaign: the second one started would take the place of the first."""
    first: dict[str, Path] = {}
    for checked in all_checked:
        if checked.campaign is None:
            continue
        other = first.setdefault(checked.campaign.name, checked.file)
        if other != checked.file:
            line = read_source(checked.text, str(checked.file)).line_of(("campaign",))
            what = f"'{checked.campaign.name}' is also the name of the campaign in {other}"
            yield Problem(file=str(checked.file), line=line, what=what, fix="give one of them another name")


def campaigns_beside(file: Path) -> set[str]:
    """The names of the campaigns in the same folder, as far as they can be read."""
    names = set()
    for beside in sorted([*file.parent.glob("*.yaml"), *file.parent.glob("*.yml")]):
        try:
            names.add(read_campaign_file(beside)[0].name)
        except CampaignError:
            names.add(beside.stem)
    return names
