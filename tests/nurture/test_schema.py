"""The JSON Schema of campaign files: what an editor marks, completes and explains."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from nurture.reading.schema import campaign_schema, schema_text

CAMPAIGNS = Path(__file__).parents[2] / "campaigns"
RIGHT = Path(__file__).parent / "right.yaml"
RICH = Path(__file__).parent / "rich.yaml"


def data_of(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def test_the_published_schema_is_in_step_with_the_models() -> None:
    published = (CAMPAIGNS / "campaign.schema.json").read_text("utf-8")

    assert published == schema_text(), "write campaigns/campaign.schema.json anew with nurture.schema.schema_text()"


def test_the_schema_is_itself_right() -> None:
    Draft202012Validator.check_schema(campaign_schema())


@pytest.mark.parametrize("path", [RIGHT, RICH, *sorted(CAMPAIGNS.glob("*.yaml"))], ids=lambda path: path.name)
def test_an_editor_takes_every_right_file(path: Path) -> None:
    Draft202012Validator(campaign_schema()).validate(data_of(path.read_text("utf-8")))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("- email: hello", "- emial: hello"),
        ("- email: hello\n      - wait", "- email: hello\n        wait"),
        ("3 working days", "3 wroking days"),
        ("{outcome: won}", "{outcome: wonn}"),
        ("when: replied", "when: repleid"),
        ("engagement: downloaded\n", "engagement: visited\n"),
        ("stage: interest", "stage: intrest"),
        ("16:30", "16:30Z"),
        ("  closed:", "  Closed Deals:"),
        ("topic: insights\n", ""),
    ],
)
def test_an_editor_marks_a_slip_of_the_pen(right: str, wrong: str) -> None:
    text = RIGHT.read_text("utf-8")
    assert right in text

    assert not Draft202012Validator(campaign_schema()).is_valid(data_of(text.replace(right, wrong, 1)))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("tue 09:30", "tue 9:30"),
        ("minus: 2 weeks", "mnus: 2 weeks"),
        ("late: human", "late: humans"),
        ("[replied,", "[repleid,"),
        ('"downloaded:prices"]', '"downlaoded:prices"]'),
        ("at_most: 14 days", "at_most: 14"),
        ("- {go: later}", "- {goto: later}"),
        ("          - {share: 1}\n", ""),
        ("{share: 1}", "{share: -1}"),
        ("hours: flip", "hours: flap"),
        ("channel: social", "chanel: social"),
        ("to: leader", "to: leaders"),
        ("artefact: true", "artefact: Yes please"),
        ("asks: [size", "asks: [si-ze"),
        ("outcomes: [won", "outcomes: [wn"),
        ("stages: btob", "stages: bto"),
        ("off: [repeat]", "off: [repeet]"),
        ("reaches: purchase", "reaches: purchas"),
        ("offer: sales", "offer: sale"),
        ("guide: top", "guide: tpo"),
        ("seats: number", "seats: numbr"),
        ("{downloaded: 2", "{downlaoded: 2"),
        ("recent: 30 days", "recent: 30 hours"),
        ("ahead: 14 days", "ahead: 14 hours"),
        ("12-28 to 01-04", "12-28"),
        ("least: 60 days", "least: 60"),
        ("least: 60 days", "again: soon"),
        ("least: 60 days", "focus: new"),
        ("priority: 10", "priority: 1000"),
        ("colleague: demo_requested", "colleague: demo_requestd"),
    ],
)
def test_an_editor_marks_a_slip_in_any_word_of_the_language(right: str, wrong: str) -> None:
    text = RICH.read_text("utf-8")
    assert right in text

    assert not Draft202012Validator(campaign_schema()).is_valid(data_of(text.replace(right, wrong, 1)))


def test_an_editor_explains_every_key() -> None:
    schema = campaign_schema()

    for part in (schema, *schema["$defs"].values()):
        for key, value in part.get("properties", {}).items():
            assert value.get("description"), (part["title"], key)
