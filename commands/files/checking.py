"""Looks at campaign files beside one another: two that are the same campaign, and those in one folder."""

from collections.abc import Collection, Iterator
from pathlib import Path

from mail.checking import Checked
from nurture.plan.problems import CampaignError, Problem
from nurture.plan.source import read_source
from store.campaigns.files import read_campaign_file


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
