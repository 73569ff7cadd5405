"""What the guides teach is how it is: their examples work, and nothing of the language is left out."""

import re
from pathlib import Path

import pytest

from commands.files.rows import COLUMNS
from mail.facts import NAMES
from mail.letters import Letters
from nurture.kinds import Kind, Outcome
from nurture.plan.campaign import Campaign
from nurture.plan.form import Form
from nurture.plan.parts import Cap, Part, Window
from nurture.plan.problems import CampaignError
from nurture.plan.rule import Rule, When
from nurture.plan.spans import Unit
from nurture.plan.track import STEPS, TaskPlan, Track
from nurture.plan.vocabulary import FACTS
from nurture.reading.language import read_campaign
from nurture.stages import STAGES
from web.submissions import LONGEST

ROOT = Path(__file__).resolve().parents[2]
MARKETING = (ROOT / "docs" / "marketing.md").read_text(encoding="utf-8")
LANGUAGE = MARKETING + (ROOT / "docs" / "campaigns.md").read_text(encoding="utf-8")
REPS = (ROOT / "docs" / "reps.md").read_text(encoding="utf-8")


def block(kind: str) -> str:
    """The one block of this kind."""
    [found] = re.findall(rf"^```{kind}\n((?:(?!```).*\n)*)```$", MARKETING, re.MULTILINE)
    return str(found)


def code() -> str:
    """All that is set as code, inside of blocks and outside."""
    found: list[str] = re.findall(r"```.*\n(?:(?!```).*\n)*```|`[^`\n]+`", LANGUAGE)
    return "\n".join(found)


def test_the_campaign_of_the_guide_is_right() -> None:
    campaign = read_campaign(block("yaml"), "newsletter.yaml")

    assert campaign.letters == ["hello", "example_week", "check_in"]


def test_the_letter_of_the_guide_is_right(tmp_path: Path) -> None:
    for shared in ("layout.html", "layout.txt", "words.jinja"):
        (tmp_path / shared).write_bytes((ROOT / "email_templates" / shared).read_bytes())
    (tmp_path / "newsletter").mkdir()
    campaign = read_campaign(block("yaml"), "newsletter.yaml")
    for letter in campaign.letters:
        (tmp_path / "newsletter" / f"{letter}.en.html").write_text(block("html"), encoding="utf-8")

    assert Letters(tmp_path).check(campaign) == []


def test_the_wrong_campaign_of_the_guide_gets_the_answer_that_is_shown() -> None:
    with pytest.raises(CampaignError) as wrong:
        read_campaign(block("yaml wrong"), "newsletter.yaml")

    assert str(wrong.value) == block("text problems").rstrip("\n")


def test_the_form_of_the_guide_sends_what_the_site_reads() -> None:
    form = block("html form")
    fields = set(re.findall(r'name="(\w+)"', form))
    campaign = read_campaign(block("yaml"), "newsletter.yaml")
    [(name, offered)] = campaign.forms.items()

    assert {"email", "consent", "website", "content"} <= fields <= {*LONGEST, "consent", "website"}
    assert f"/forms/{name}" in form
    assert offered.consent in form
    assert f'value="{offered.contents[0]}"' in form
    assert [field for field in LONGEST if f"`{field}`" not in MARKETING and field not in fields] == []


@pytest.mark.parametrize("part", [Campaign, Window, Cap, Form, Track, TaskPlan, Rule, When, *STEPS.values()])
def test_every_key_of_the_language_is_in_the_guide(part: type[Part]) -> None:
    keys = [field.alias or name for name, field in part.model_fields.items()]
    said = code()

    assert [key for key in keys if not re.search(rf"\b{key}\b", said)] == []


@pytest.mark.parametrize("word", [*Kind, *Outcome, *FACTS, *STAGES, *COLUMNS])
def test_every_word_of_a_closed_set_is_in_the_guide(word: str) -> None:
    assert f"`{word}`" in LANGUAGE


@pytest.mark.parametrize("unit", [unit for unit in Unit if unit is not Unit.SECOND])
def test_every_unit_of_time_is_in_the_guide(unit: Unit) -> None:
    assert re.search(rf"`\d+ {unit}s?`", MARKETING)


def test_everything_that_a_letter_may_use_is_in_the_guide() -> None:
    rows = dict(
        re.findall(r"^\| `(\w+)` \| (.+) \|$", MARKETING.partition("A letter may use these names")[2].partition("##")[0], re.MULTILINE)
    )

    assert rows.keys() == NAMES.keys()
    for name, parts in NAMES.items():
        assert [part for part in parts if f"`{part}`" not in rows[name]] == []


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_is_explained_to_reps(outcome: Outcome) -> None:
    assert f"(`{outcome}`) |" in REPS


def test_the_lists_of_campaigns_and_outcomes_in_the_guide_are_whole() -> None:
    row = re.findall(r"^\| `when: \{outcome: won\}` \|.*$", MARKETING, re.MULTILINE)

    assert [outcome for outcome in Outcome if f"`{outcome}`" not in row[0]] == []
    assert [file.name for file in ROOT.glob("campaigns/*.yaml") if f"`campaigns/{file.name}`" not in MARKETING] == []
