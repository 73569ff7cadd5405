"""Stories are written out where a file is read; what is wrong in them is said where the file names them."""

from pathlib import Path

import pytest

from nurture.plan.campaign import Campaign
from nurture.plan.problems import CampaignError
from nurture.plan.stories import STORIES
from nurture.reading.language import read_campaign
from nurture.stages import STAGE_SETS, purchase_of, selling_begins

RIGHT = (Path(__file__).parent / "right.yaml").read_text("utf-8")
LINE = RIGHT.splitlines().index("tracks:") + 1


def with_lines(*lines: str) -> str:
    """The right file with these lines in front of its tracks."""
    return RIGHT.replace("\ntracks:\n", "\n" + "\n".join(lines) + "\ntracks:\n", 1)


@pytest.mark.parametrize("settings", [" {}", ""], ids=["no_settings", "only_named"])
@pytest.mark.parametrize("story", STORIES)
def test_each_story_works_untouched(story: str, settings: str) -> None:
    campaign = read_campaign(with_lines("stories:", f"  {story}:{settings}"), "welcome.yaml")

    assert story in campaign.tracks
    assert campaign.rules[0].go in campaign.tracks
    assert Campaign.restore(campaign.ref, campaign.to_json()) == campaign


@pytest.mark.parametrize("preset", STAGE_SETS)
def test_the_stories_work_untouched_in_every_model_of_stages(preset: str) -> None:
    lines = [f"stages: {preset}", "stories:", *(f"  {story}: {{}}" for story in STORIES)]
    without_stages = "".join(line for line in with_lines(*lines).splitlines(keepends=True) if "stage:" not in line)

    campaign = read_campaign(without_stages, "welcome.yaml")

    stages = {name: track.stage for name, track in campaign.tracks.items() if track.stage}
    assert stages.keys() >= set(STORIES)
    assert stages["out_of_nowhere"] == selling_begins(preset)
    assert set(stages.values()) <= set(STAGE_SETS[preset][: STAGE_SETS[preset].index(purchase_of(preset))])


def test_the_rules_of_a_story_come_before_the_wider_ones_of_the_campaign() -> None:
    campaign = read_campaign(with_lines("stories: {out_of_nowhere: {}}"), "welcome.yaml")

    assert campaign.rules[0].name == "out_of_nowhere"


def test_a_track_of_the_campaign_takes_the_place_of_the_storys() -> None:
    own = with_lines("stories: {beyond_the_machine: {}}").replace(
        "\ntracks:\n", "\ntracks:\n  beyond_the_machine:\n    steps:\n      - wait: 9 days\n      - go: educate\n", 1
    )

    assert len(read_campaign(own, "welcome.yaml").tracks["beyond_the_machine"].steps) == 2


@pytest.mark.parametrize(
    ("lines", "line", "says"),
    [
        (["stories:", "  everybody_gon: {}"], LINE + 1, "did you mean 'everybody_gone'?"),
        (["stories:", "  everybody_gone:", "    aftr: 14 days"], LINE + 2, "did you mean 'after'?"),
        (["stories:", "  everybody_gone:", "    after: 14 dys"], LINE + 2, "did you mean '14 days'?"),
        (["stories:", "  out_of_nowhere:", "  everybody_gone:", "    in: [educat]"], LINE + 2, "did you mean 'educate'?"),
        (["stories:", "  out_of_nowhere:", "  beyond_the_machine:", "    back_to: educat"], LINE + 2, "did you mean 'educate'?"),
        (["stories:", "  beyond_the_machine:", "    touches: many"], LINE + 2, "write a whole number"),
        (["stories: [everybody_gone]"], LINE, "write keys and values"),
    ],
)
def test_a_slip_in_a_story_is_told_at_its_line(lines: list[str], line: int, says: str) -> None:
    with pytest.raises(CampaignError) as wrong:
        read_campaign(with_lines(*lines), "welcome.yaml")

    assert [problem.line for problem in wrong.value.problems] == [line]
    assert says in str(wrong.value)


def test_a_slip_in_the_campaigns_own_rules_is_still_told_at_its_own_line() -> None:
    text = with_lines("stories: {out_of_nowhere: {}, everybody_gone: {}}").replace("{outcome: won}", "{outcome: wonn}")
    line = next(number for number, line in enumerate(text.splitlines(), 1) if "wonn" in line)

    with pytest.raises(CampaignError) as wrong:
        read_campaign(text, "welcome.yaml")

    assert line in [problem.line for problem in wrong.value.problems]
    assert "did you mean 'won'?" in str(wrong.value)
