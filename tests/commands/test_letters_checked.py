"""Letters are read before anybody gets them: what is wrong with them starts nothing, and what filters would doubt is said."""

import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands.test_campaign import ROOT, write

pytestmark = pytest.mark.anyio

Starter = Callable[..., Awaitable[Any]]
Ask = Callable[..., Awaitable[list[Any]]]

LETTER = """\
{% extends "layout.html" %}
{% block subject %}Your guide{% endblock %}
{% block html %}
<p>{{ lead.salutation }}, here is <a href="{{ links.site }}/LINK">your guide</a>. WORDS</p>
{% endblock %}
{% block text %}
{{ lead.salutation }}, here is your guide: {{ links.site }}/LINK WORDS
{% endblock %}
"""


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    """The shared layout, and the pages of the site."""
    (tmp_path / "letters" / "calls").mkdir(parents=True)
    for shared in (ROOT / "email_templates").glob("*.*"):
        shutil.copy(shared, tmp_path / "letters")
    return tmp_path / "letters"


def say(letters: Path, *, link: str = "guides/planning", words: str = "") -> str:
    """Write the campaign's letter, and give its name."""
    path = letters / "calls" / "guide.en.html"
    path.write_text(LETTER.replace("LINK", link).replace("WORDS", words), encoding="utf-8")
    return str(path)


async def test_a_letter_that_leads_nowhere_starts_nothing(starter: Starter, ask: Ask, letters: Path, tmp_path: Path) -> None:
    letter, file = say(letters, link="guides/planing"), write(tmp_path, "email: guide")
    checked = await starter("campaign", "check", file, "--json", TEMPLATES_DIR=str(letters))
    started = await starter("campaign", "start", file, TEMPLATES_DIR=str(letters))

    problem = {"file": letter, "what": "the site has no page '/guides/planing'", "fix": "did you mean '/guides/planning'?"}
    assert (checked.code, checked.json["problems"]) == (1, [problem | {"line": line} for line in (4, 7)])
    assert (started.code, f"{letter}:4: the site has no page '/guides/planing'" in started.err) == (1, True)
    assert await ask("SELECT count(*) FROM campaign_editions") == [0]


async def test_what_filters_doubt_is_said_and_keeps_nobody_from_starting(starter: Starter, letters: Path, tmp_path: Path) -> None:
    letter, file = say(letters, words="Act now!!"), write(tmp_path, "email: guide")
    checked = await starter("campaign", "check", file, TEMPLATES_DIR=str(letters))
    as_json = await starter("campaign", "check", file, "--json", TEMPLATES_DIR=str(letters))
    started = await starter("campaign", "start", file, TEMPLATES_DIR=str(letters))

    assert (checked.code, as_json.code, started.code) == (0, 0, 0)
    assert (as_json.json["ok"], [(doubt["line"], doubt["file"]) for doubt in as_json.json["doubts"]]) == (
        True,
        [(4, letter)] * 2 + [(7, letter)] * 2,
    )
    for said in (checked.err, started.err):
        assert f"{letter}:4: filters know 'Act now' from advertising that nobody asked for; say it in other words" in said
    assert "'calls' is right" in checked.out
