"""``rehearse`` and ``campaign test`` as marketers call them: what they show, and what they say about everything that is wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from commands.app import app
from tests.commands.conftest import Said
from tests.rehearsal.conftest import ROOT
from tests.rehearsal.test_world import HOSTILE

Small = Callable[..., Path]


Call = Callable[..., Said]


@pytest.fixture
def call(tmp_path: Path) -> Call:
    """Calls the starter with the letters of the small campaign, in the environment of somebody for whom production is near."""

    def call(*arguments: object, templates: Path = tmp_path / "letters", **environment: str) -> Said:
        near = {**HOSTILE, "COLUMNS": "120", "TEMPLATES_DIR": str(templates), **environment}
        done = CliRunner().invoke(app, [str(argument) for argument in arguments], env=near)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Said(done.exit_code, done.stdout, done.stderr)

    return call


def goldens(campaign: Path, text: str) -> Path:
    path = campaign.parent / "rehearsals" / campaign.name
    path.write_text(text, encoding="utf-8")
    return path


def test_two_editions_are_shown_side_by_side_and_on_a_page(call: Call, small: Small, tmp_path: Path) -> None:
    old, new = small(folder="old"), small("wait: 4 days", "wait: 11 days")
    page = tmp_path / "page.html"

    said = call("rehearse", new, "--compare", old, "--persona", "eager", "--days", 30, "--start", "2040-04-02", "--html", page)

    assert (said.code, said.err) == (0, "")
    assert "eager: " in said.out
    lines = [" ".join(line.split()) for line in said.out.splitlines()]
    assert any(line.startswith("~ letter: Fri 06 Apr 2040 small/more: more letter: Fri 13 Apr 2040 small/more: more") for line in lines)
    assert "differences." in page.read_text(encoding="utf-8")


def test_a_changed_letter_and_an_unmet_expectation_fail_the_test_until_they_are_accepted_or_put_right(
    call: Call, small: Small, tmp_path: Path
) -> None:
    campaign = small()
    path = goldens(
        campaign,
        "fast:\n"
        "  persona: silent\n"
        "  lead: {language: en, company: Fast Ltd}\n"
        "  days: 20\n"
        "  record: true\n"
        "  must:\n"
        "    - letters: [hello, more]\n"
        "    - letter: more\n"
        "      within: 2 days\n",
    )

    first = call("campaign", "test", campaign, "--update")
    assert first.code == 1
    assert f"{path}:8: fast: the letter 'more' must come within 2 days, but it came on Fri 06 Apr 2040, after 4 days" in first.err
    assert "This is more." in (path.parent / "small" / "fast.txt").read_text(encoding="utf-8")

    path.write_text(path.read_text(encoding="utf-8").replace("2 days", "5 days"), encoding="utf-8")
    letter = tmp_path / "letters" / "small" / "more.en.html"
    letter.write_text(letter.read_text(encoding="utf-8").replace("This is more.", "Here is more."), encoding="utf-8")
    second = call("campaign", "test", campaign, "--json")

    assert second.code == 1
    [fast] = second.json["rehearsals"]
    assert (fast["name"], fast["ok"], fast["problems"]) == ("fast", False, [])
    changed = [line.split("|")[-1].strip() for line in fast["differences"] if "is more." in line and line[0] in "+-"]
    assert changed == ["This is more.", "Here is more."]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--persona", "silnet"), "--persona: there is no persona 'silnet'; did you mean 'silent'?"),
        (("--script", "nowhere.yaml"), "nowhere.yaml: there is no such file; see if its name is right"),
        (("--start", "2020-01-01"), "--start: 2020-01-01 is not ahead, and the clock of a rehearsal only goes forward; give "),
        (("--start", "soon"), "--start: 'soon' is not a day; write it like 2027-03-01"),
        (("--lead", "leads.csv"), "--lead: 'leads.csv' names no line of a file; write it like leads.csv:2"),
        (("--lead", "nowhere.csv:2"), "nowhere.csv: there is no such file; see if its name is right"),
        (("--html", "/nowhere/page.html"), "--html: there is no folder /nowhere; make it first, or name another"),
        (("--compare", "nowhere.yaml"), "nowhere.yaml: there is no such file; see if its name is right"),
    ],
)
def test_wrong_words_are_refused_before_anything_is_played(call: Call, small: Small, arguments: tuple[str, ...], said: str) -> None:
    answer = call("rehearse", small(), *arguments)

    assert answer.code == 1
    assert answer.out == ""
    assert said in answer.err


def test_a_lead_of_a_file_is_named_by_its_line_and_a_wrong_row_says_what_is_wrong(call: Call, small: Small, tmp_path: Path) -> None:
    leads = tmp_path / "leads.csv"
    leads.write_text("email,country\nada@example.com,GB\nnobody,XX\n", encoding="utf-8")

    assert f"{leads}:9: no lead begins on this line; it has leads from line 2 to 3" in call("rehearse", small(), "--lead", f"{leads}:9").err
    assert f"{leads}:3: email: is not a mail address; country: " in call("rehearse", small(), "--lead", f"{leads}:3").err


def test_a_campaign_with_mistakes_and_without_its_letters_is_refused_with_every_line(call: Call, small: Small, tmp_path: Path) -> None:
    wrong = call("rehearse", small("wait: 4 days", "wait: four days"))
    assert wrong.code == 1
    assert "small.yaml:" in wrong.err
    assert "'four days' is not a length of time" in wrong.err

    campaign = small()
    (tmp_path / "letters" / "small" / "more.en.html").unlink()
    missing = call("rehearse", campaign)
    assert missing.code == 1
    assert f"{campaign}:11: the letter 'more' is missing" in missing.err
    assert "nothing was rehearsed" in missing.err


def test_a_campaign_without_rehearsals_and_rehearsals_with_mistakes_are_refused(call: Call, small: Small) -> None:
    campaign = small()
    path = campaign.parent / "rehearsals" / "small.yaml"
    assert f"{campaign}: it has no rehearsals; write what must happen into {path}" in call("campaign", "test", campaign).err

    goldens(campaign, "fast:\n  persona: silent\n  does: [{on letter helo: clicked}]\n  must: [{letter: hello}]\n")
    unknown_in_a_cue = call("campaign", "test", campaign)
    assert (unknown_in_a_cue.code, unknown_in_a_cue.err.strip()) == (
        1,
        f"{path}:3: no campaign here has the letter 'helo'; did you mean 'hello'?",
    )

    goldens(campaign, "fast:\n  persona: silent\n  must: [{letter: mroe}]\n")
    unknown = call("campaign", "test", campaign, "--json")
    assert unknown.code == 1
    assert unknown.json == {"error": f"{path}:3: 'mroe' is no letter of these campaigns; did you mean 'more'?"}

    goldens(campaign, "fast:\n  persona: silent\n  must: [{letter: more}]\n")
    assert "--only: there is no rehearsal 'slow' of these campaigns" in call("campaign", "test", campaign, "--only", "slow").err


def test_the_personas_are_listed_with_what_they_are_like(call: Call) -> None:
    said = call("rehearse", "--personas")

    assert said.code == 0
    assert "near_renewal" in said.out
    assert "Gets the letters, and never gives a sign." in said.out


def test_the_recorded_calendars_of_the_sample_campaigns_are_as_they_were_recorded(call: Call) -> None:
    files = [ROOT / "campaigns" / f"{name}.yaml" for name in ("welcome", "customer", "exhibition")]

    said = call(
        "campaign", "test", *files, "--only", "silent", "--only", "near_renewal", "--only", "card", templates=ROOT / "email_templates"
    )

    assert (said.code, said.err) == (0, ""), said.out
    assert "3 rehearsals, 0 failures" in said.out
