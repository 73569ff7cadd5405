"""The other campaigns that a campaign begins, each with its line; and those of them that nobody knows."""

from collections.abc import Collection, Iterator

from nurture.plan.campaign import Campaign
from nurture.plan.problems import Problem, did_you_mean
from nurture.plan.source import read_source
from nurture.plan.track import EnrollIn


def targets(campaign: Campaign, text: str, file: str) -> Iterator[tuple[int, str]]:
    """Every other campaign that a step of this one begins, with its line in ``text``."""
    begun = [
        (("tracks", name, "steps", place, "enroll"), step.enroll)
        for name, track in campaign.tracks.items()
        for place, step in enumerate(track.steps)
        if isinstance(step, EnrollIn) and step.enroll != campaign.name
    ]
    if begun:
        source = read_source(text, file)
        yield from ((source.line_of(where), name) for where, name in begun)


def unknown_targets(campaign: Campaign, text: str, file: str, known: Collection[str], fix: str) -> Iterator[Problem]:
    """The campaigns that it begins and that nobody knows. ``fix`` is what to do about one that is not just misspelt."""
    for line, name in targets(campaign, text, file):
        if name not in known:
            near = did_you_mean(name, known, "")
            advice = near if near.startswith("did you mean") else fix.replace("{name}", name)
            yield Problem(file=file, line=line, what=f"it begins the campaign '{name}', which is not known", fix=advice)
