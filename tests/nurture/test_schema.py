"""The JSON Schema of campaign files: what an editor marks, completes and explains."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from ruamel.yaml import YAML

from nurture.language import campaign_schema
from nurture.schema import schema_text

CAMPAIGNS = Path(__file__).parents[2] / "campaigns"
RIGHT = Path(__file__).parent / "right.yaml"


def data_of(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def test_the_published_schema_is_in_step_with_the_models() -> None:
    published = (CAMPAIGNS / "campaign.schema.json").read_text("utf-8")

    assert published == schema_text(), "write campaigns/campaign.schema.json anew with nurture.schema.schema_text()"


def test_the_schema_is_itself_right() -> None:
    Draft202012Validator.check_schema(campaign_schema())


@pytest.mark.parametrize("path", [RIGHT, *sorted(CAMPAIGNS.glob("*.yaml"))], ids=lambda path: path.name)
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


def test_an_editor_explains_every_key() -> None:
    schema = campaign_schema()

    for part in (schema, *schema["$defs"].values()):
        for key, value in part.get("properties", {}).items():
            assert value.get("description"), (part["title"], key)
