"""The page about the words of a campaign: its examples are one campaign that is right, and no word is left out."""

import re
from pathlib import Path

import pytest

from nurture.kinds import Audience, Depth, Hours, Kind, Outcome, Purpose
from nurture.plan import campaign, form, parts, rule, track
from nurture.plan.parts import Part
from nurture.plan.problems import CampaignError
from nurture.plan.track import STEPS, Late
from nurture.plan.vocabulary import FACTS
from nurture.reading.language import read_campaign
from nurture.stages import FOCUS, STAGE_SETS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "campaigns.md").read_text(encoding="utf-8")
WORDS = [word for module in (campaign, form, parts, rule, track) for word in vars(module).values()]
PARTS = sorted({word for word in WORDS if isinstance(word, type) and issubclass(word, Part) and word.model_fields}, key=str)


def blocks(kind: str) -> str:
    """All blocks of this kind, in order."""
    found: list[str] = re.findall(rf"^```{kind}\n((?:(?!```).*\n)*)```$", PAGE, re.MULTILINE)
    return "".join(found)


def code() -> str:
    """All that is set as code, inside of blocks and outside."""
    found: list[str] = re.findall(r"```.*\n(?:(?!```).*\n)*```|`[^`\n]+`", PAGE)
    return "\n".join(found)


def test_the_examples_of_the_page_are_together_a_right_campaign() -> None:
    text = f"{blocks('yaml top')}tracks:\n{blocks('yaml tracks')}rules:\n{blocks('yaml rules')}"

    read = read_campaign(text, "planner.yaml")

    assert {type(step) for one in read.tracks.values() for step in one.steps} == {*STEPS.values()}


def test_the_wrong_campaign_of_the_page_gets_the_answer_that_is_shown() -> None:
    with pytest.raises(CampaignError) as wrong:
        read_campaign(blocks("yaml wrong"), "planner.yaml")

    assert str(wrong.value) == blocks("text problems").rstrip("\n")


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_key_of_the_language_is_on_the_page(part: type[Part]) -> None:
    said = code()

    assert [key for name, field in part.model_fields.items() if not re.search(rf"\b{(key := field.alias or name)}\b", said)] == []


@pytest.mark.parametrize("word", [*FACTS, *Kind, *Outcome, *Depth, *Purpose, *Hours, *Audience, *Late, *STAGE_SETS, *FOCUS])
def test_every_word_of_a_closed_set_is_on_the_page(word: str) -> None:
    assert re.search(rf"\b{word}\b", code())


@pytest.mark.parametrize("preset", STAGE_SETS)
def test_every_stage_is_on_the_page(preset: str) -> None:
    row = re.findall(rf"^\| `{preset}` \| (.+) \|$", PAGE, re.MULTILINE)[0]

    assert preset == "btob_fine" or re.findall(r"`(\w+)`", row) == [*STAGE_SETS[preset]]
    assert all(f"`{stage}`" in PAGE for stage in STAGE_SETS[preset])
