"""A campaign of one's own from a sample: right at once, beside the sample, and never over something that is there."""

import re
import shutil
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nurture.reading.language import read_campaign

pytestmark = pytest.mark.anyio

Starter = Callable[..., Awaitable[Any]]

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted(path.stem for path in (ROOT / "campaigns").glob("*.yaml"))


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the campaigns and the letters of the project."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("campaigns", "email_templates"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


@pytest.fixture
def campaigns(copies: Path) -> Iterator[Path]:
    """A copy of the folder of campaigns."""
    yield copies / "campaigns"
    for made in (copies / "campaigns").glob("ours.*"):
        made.unlink()


@pytest.fixture
def letters(copies: Path) -> Iterator[Path]:
    """A copy of the folder of letters."""
    yield copies / "email_templates"
    shutil.rmtree(copies / "email_templates" / "ours", ignore_errors=True)


def everything_in(*folders: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("language", ["", "ja"])
@pytest.mark.parametrize("sample", SAMPLES)
async def test_what_is_made_of_a_sample_is_right_at_once(
    bare_starter: Starter, campaigns: Path, letters: Path, sample: str, language: str
) -> None:
    before = everything_in(campaigns, letters)

    options = ["--language", language] if language else []
    made = await bare_starter("campaign", "new", "ours", "--from", sample, *options, "--folder", campaigns, TEMPLATES_DIR=str(letters))
    checked = await bare_starter("campaign", "check", campaigns / "ours.yaml", "--json", TEMPLATES_DIR=str(letters))

    assert (made.code, made.err) == (0, "")
    assert (checked.json["ok"], checked.json["problems"]) == (True, [])
    [ours], theirs = checked.json["campaigns"], read_campaign((campaigns / f"{sample}.yaml").read_text(encoding="utf-8"), sample)
    counted = (len(theirs.tracks), len(theirs.letters), len(theirs.rules), len(theirs.forms))
    assert (ours["tracks"], ours["letters"], ours["rules"], ours["forms"]) == counted
    languages = {path.name.split(".")[1] for path in (letters / "ours").iterdir()}
    assert languages == ({language} if language else {"en", "ja"})
    assert {path: content for path, content in everything_in(campaigns, letters).items() if path in before} == before


async def test_the_file_says_whose_it_is_and_nothing_of_the_plan_is_lost(bare_starter: Starter, campaigns: Path, letters: Path) -> None:
    said = ("campaign", "new", "ours", "--from", "welcome", "--language", "ja", "--folder", campaigns)
    await bare_starter(*said, TEMPLATES_DIR=str(letters))

    sample = (campaigns / "welcome.yaml").read_text(encoding="utf-8").splitlines()
    ours = (campaigns / "ours.yaml").read_text(encoding="utf-8").splitlines()
    gone, come = [line for line in sample if line not in ours], [line for line in ours if line not in sample]
    assert "# ours: made from the sample 'welcome'. It was written for:" in come
    assert [line.split("#")[0].strip() for line in come if not line.lstrip().startswith("#")] == [
        "campaign: ours",
        "language: ja",
        "ours_download:",
        "ours_seminar:",
        "ours_demo:",
    ]
    assert len(come) == len(gone) + 1
    assert not [line for line in ours if "campaigns/welcome.yaml" in line or "/forms/download" in line]


async def test_it_says_what_to_change_first_and_on_which_line(bare_starter: Starter, campaigns: Path, letters: Path) -> None:
    said = ("campaign", "new", "ours", "--from", "welcome", "--folder", campaigns)
    made = await bare_starter(*said, "--json", TEMPLATES_DIR=str(letters))

    text = (campaigns / "ours.yaml").read_text(encoding="utf-8").splitlines()
    lines = {what: int(found[1]) for what in ("topic", "consent") if (found := re.search(rf"{what}\W.*?line (\d+)", made.out))}
    assert {what: text[line - 1].split(":")[0].strip() for what, line in lines.items()} == {"topic": "topic", "consent": "consent"}
    assert any("/guides/planning" in line for line in made.json["change"])
    assert made.json["problems"] == []
    assert all(Path(letter).is_file() for letter in made.json["letters"])


async def test_it_runs_beside_the_sample(starter: Starter, campaigns: Path, letters: Path) -> None:
    await starter("campaign", "new", "ours", "--from", "welcome", "--folder", campaigns, TEMPLATES_DIR=str(letters))

    started = [
        await starter("campaign", "start", campaigns / f"{name}.yaml", TEMPLATES_DIR=str(letters))
        for name in ("customer", "welcome", "ours")
    ]

    assert [(done.code, done.err) for done in started] == [(0, "")] * 3


@pytest.mark.parametrize("taken", ["ours.yaml", "ours.yml", "letters"])
async def test_nothing_is_overwritten(bare_starter: Starter, campaigns: Path, letters: Path, taken: str) -> None:
    there = letters / "ours" / "hello.en.html" if taken == "letters" else campaigns / taken
    there.parent.mkdir(exist_ok=True)
    there.write_text("mine", encoding="utf-8")
    before = everything_in(campaigns, letters)

    refused = await bare_starter("campaign", "new", "ours", "--from", "season", "--folder", campaigns, TEMPLATES_DIR=str(letters))

    assert (refused.code, everything_in(campaigns, letters)) == (1, before)
    assert "is there already, and nothing is overwritten" in refused.err


async def test_where_it_cannot_be_written_nothing_stays_behind(bare_starter: Starter, campaigns: Path, letters: Path) -> None:
    (campaigns / "ours.yaml").symlink_to(campaigns / "nowhere.yaml")
    before = everything_in(campaigns, letters)

    refused = await bare_starter("campaign", "new", "ours", "--from", "season", "--folder", campaigns, TEMPLATES_DIR=str(letters))

    assert (refused.code, "nothing was made" in refused.err) == (1, True)
    assert everything_in(campaigns, letters) == before
    assert not (letters / "ours").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ours", "--from", "welcme"), "there is no sample 'welcme'; did you mean 'welcome'?"),
        (("ours", "--from", "../secrets"), "there is no sample '../secrets'"),
        (("Ours", "--from", "welcome"), "'Ours' is no name of a campaign"),
        (("../ours", "--from", "welcome"), "'../ours' is no name of a campaign"),
        (("ours", "--from", "welcome", "--language", "jp"), "'jp' is not a language; did you mean 'ja'?"),
        (("ours", "--from", "welcome", "--language", "fr"), "the sample has no such letter in 'fr'"),
    ],
)
async def test_what_cannot_be_is_refused_with_the_reason(
    bare_starter: Starter, campaigns: Path, letters: Path, words: tuple[str, ...], said: str
) -> None:
    before = everything_in(campaigns, letters)

    refused = await bare_starter("campaign", "new", *words, "--folder", campaigns, TEMPLATES_DIR=str(letters))

    assert refused.code == 1
    assert said in refused.err
    assert everything_in(campaigns, letters) == before


async def test_samples_come_with_the_project_where_a_company_has_folders_of_its_own(bare_starter: Starter, tmp_path: Path) -> None:
    own, letters = tmp_path / "own", tmp_path / "letters"
    own.mkdir()
    letters.mkdir()
    for layout in (ROOT / "email_templates").glob("*.*"):
        shutil.copy(layout, letters)

    made = await bare_starter("campaign", "new", "ours", "--from", "exhibition", "--folder", own, "--json", TEMPLATES_DIR=str(letters))

    assert (made.code, len(list((letters / "ours").iterdir()))) == (0, 6)
    assert [re.sub(r".*: it begins", "it begins", problem) for problem in made.json["problems"]] == [
        f"it begins the campaign '{name}', which is not known; make that one too, or begin another campaign here"
        for name in ("welcome", "customer")
    ]
