"""Reads a campaign before anyone is in it: its file, and its letters."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from mail.doubts import doubts
from mail.letters import Letters
from mail.templates import name_of_letter
from nurture.plan.campaign import Campaign
from nurture.plan.onward import targets, unknown_targets
from nurture.plan.problems import CampaignError, Problem
from nurture.plan.source import read_source
from nurture.plan.track import Email
from store.campaigns.files import read_campaign_bytes, read_campaign_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What is known of a campaign file. ``campaign`` is None when its plan cannot be read; it may be started when nothing is wrong."""

    file: Path
    campaign: Campaign | None
    text: str
    problems: tuple[Problem, ...]
    doubts: tuple[Problem, ...] = ()
    """What may keep its letters from arriving. It may be started all the same."""

    def targets(self) -> Iterator[tuple[int, str]]:
        """Every other campaign that a step of this one begins, with its line."""
        return targets(self.campaign, self.text, str(self.file)) if self.campaign else iter(())

    def unknown_targets(self, known: Collection[str], fix: str) -> Iterator[Problem]:
        """The campaigns that it begins and that nobody knows. ``fix`` is what to do about one that is not just misspelt."""
        return unknown_targets(self.campaign, self.text, str(self.file), known, fix) if self.campaign else iter(())


def check(file: Path, letters: Letters) -> Checked:
    """Read a campaign file and its letters, and find everything that is wrong with them."""
    try:
        campaign, text = read_campaign_file(file)
    except CampaignError as wrong:
        return Checked(file=file, campaign=None, text="", problems=wrong.problems)
    return _with_letters(file, campaign, text, letters)


def check_sent(name: str, content: bytes, letters: Letters) -> Checked:
    """The same for a file that somebody has sent: its name, and what is in it."""
    try:
        campaign, text = read_campaign_bytes(content, name)
    except CampaignError as wrong:
        return Checked(file=Path(name), campaign=None, text="", problems=wrong.problems)
    return _with_letters(Path(name), campaign, text, letters)


def check_kept(campaign: Campaign, text: str, letters: Letters) -> Checked:
    """The same for an edition that was started, with the letters that there are today."""
    return _with_letters(Path(f"{campaign.name}.yaml"), campaign, text, letters)


def _with_letters(file: Path, campaign: Campaign, text: str, letters: Letters) -> Checked:
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
