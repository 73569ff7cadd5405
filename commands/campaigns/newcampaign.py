"""``campaign new``: a campaign of one's own, made from a sample, with its letters."""

import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from commands.campaigns.adapting import adapted
from commands.console import Json, WrongInput, number, run, say, say_json
from commands.files.checking import campaigns_beside
from commands.front import templates_dir
from mail.checking import Checked, check
from mail.letters import Letters
from mail.templates import name_of_letter
from nurture.plan.campaign import Campaign
from nurture.plan.problems import did_you_mean
from nurture.plan.source import read_source
from nurture.plan.vocabulary import language_fault

_HERE: Final = Path(__file__).resolve().parents[2]
_CAMPAIGNS: Final = "campaigns"
_LETTERS: Final = "email_templates"
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,47}")
_PAGE: Final = re.compile(r"\{\{\s*links\.site\s*\}\}(/[\w./-]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A sample campaign: its file, its text, and its letters in the languages that are wanted."""

    file: Path
    text: str
    campaign: Campaign
    letters: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was made of a sample, and what its owner changes first."""

    campaign: str
    sample: str
    file: str
    letters: list[str]
    change: list[str]
    problems: list[str]


def new_command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name of your campaign, like spring_fair.", show_default=False)],
    sample: Annotated[str, typer.Option("--from", help="The sample it is made from, like welcome.", show_default=False)],
    language: Annotated[
        str, typer.Option(help="Only the letters in this language, which becomes the campaign's own; all of them when left out.")
    ] = "",
    folder: Annotated[Path, typer.Option(help="Where campaign files are.")] = Path(_CAMPAIGNS),
    json: Json = False,
) -> None:
    """Make a campaign of your own from a sample, with its letters, and say what to change in it first.

    It writes campaigns/NAME.yaml and a folder NAME of letters, and overwrites nothing. Nobody is enrolled by it.
    """
    made = run(_new(name, sample, language, folder))
    if json:
        say_json(asdict(made))
        return
    say(f"{made.file}: '{made.campaign}' was made from the sample '{made.sample}', with {number(len(made.letters), 'letter')}", "green")
    say("Change first:")
    for place, line in enumerate(made.change, 1):
        say(f"  {place}. {line}")
    for problem in made.problems:
        say(f"  - {problem}", "yellow")
    say(f"Then: campaign check {made.file}")


async def _new(name: str, sample: str, language: str, folder: Path) -> Made:
    if not _NAME.fullmatch(name):
        raise WrongInput(
            f"NAME: '{name}' is no name of a campaign; it has small letters, digits, - and _, begins with a letter, 48 at most"
        )
    if language and (wrong := language_fault(language)):
        raise WrongInput(f"--language: {wrong[0]}; {wrong[1]}")
    if not folder.is_dir():
        raise WrongInput(f"{folder}: there is no such folder of campaigns; run this where the project is, or name it with --folder")
    letters = templates_dir()
    found = _find(sample, folder, letters, language)
    file, own = folder / f"{name}.yaml", letters / name
    for path in (file, folder / f"{name}.yml", own):
        if path.exists():
            raise WrongInput(f"{path} is there already, and nothing is overwritten; choose another name, or take it away first")
    text = adapted(found.text, name, language, str(found.file))
    _write(file, text, own, found.letters)
    checked = check(file, Letters(letters))
    return Made(
        campaign=name,
        sample=found.campaign.name,
        file=str(file),
        letters=[str(own / letter.name) for letter in found.letters],
        change=_first(text, name, own, found),
        problems=_problems(checked),
    )


def _find(sample: str, folder: Path, letters: Path, language: str) -> Sample:
    """The sample among the campaigns of the folder, else among those that come with the project. Raises WrongInput."""
    folders = [(folder, letters), (_HERE / _CAMPAIGNS, _HERE / _LETTERS)]
    for campaigns, templates in folders:
        file = campaigns / f"{sample}.yaml"
        if _NAME.fullmatch(sample) and file.is_file():
            checked = check(file, Letters(templates))
            if checked.campaign is None or checked.problems:
                raise WrongInput(*map(str, checked.problems))
            return Sample(
                file=file, text=checked.text, campaign=checked.campaign, letters=_letters_of(checked.campaign, templates, language)
            )
    known = {path.stem for campaigns, _ in folders for path in campaigns.glob("*.yaml")}
    raise WrongInput(f"--from: there is no sample '{sample}'; {did_you_mean(sample, sorted(known), 'the samples are')}")


def _letters_of(campaign: Campaign, templates: Path, language: str) -> tuple[Path, ...]:
    found: list[Path] = []
    for letter in campaign.letters:
        if not language:
            found += sorted((templates / campaign.name).glob(f"{letter}.??.html"))
            continue
        path = templates / name_of_letter(campaign.name, letter, language)
        if not path.is_file():
            raise WrongInput(f"--language: {path} is missing; the sample has no such letter in '{language}'")
        found.append(path)
    return tuple(found)


def _write(file: Path, text: str, own: Path, letters: tuple[Path, ...]) -> None:
    """Write what is made. Where somebody was faster, nothing of theirs is touched, and nothing of ours stays."""
    written: list[Path] = []
    try:
        own.mkdir()
    except OSError as error:
        raise WrongInput(f"{own}: {error.strerror}; nothing was made") from None
    try:
        for path, content in [(own / letter.name, letter.read_text(encoding="utf-8")) for letter in letters] + [(file, text)]:
            with path.open("x", encoding="utf-8", newline="\n") as opened:
                written.append(path)
                opened.write(content)
    except OSError as error:
        for path in written:
            path.unlink()
        own.rmdir()
        raise WrongInput(f"{error.filename or own}: {error.strerror}; nothing was made") from None


def _first(text: str, name: str, own: Path, sample: Sample) -> list[str]:
    """What its owner changes first, with the lines where that is."""
    source = read_source(text, name)
    lines = [f"its title and what it is for, in the comments at the top, and 'topic' on line {source.line_of(('topic',))}"]
    for form in source.data.get("forms") or {}:
        at = source.line_of(("forms", form, "consent"))
        lines.append(f"the consent of the form '{form}' on line {at}: the page that posts to /forms/{form} shows it word for word")
    languages = sorted({letter.name.split(".")[1] for letter in sample.letters})
    lines.append(f"the letters in {own}, in {' and '.join(languages)}: they tell of a product that does not exist")
    pages = sorted({page for letter in sample.letters for page in _PAGE.findall(letter.read_text(encoding="utf-8"))})
    if pages:
        lines.append(f"the pages of your site that they lead to: {', '.join(pages)}")
    if "task" in text:
        lines.append("what reps are asked to do and to ask: 'say' and 'checklist' of the tasks")
    return lines


def _problems(checked: Checked) -> list[str]:
    known = campaigns_beside(checked.file)
    onward = checked.unknown_targets(known, "make that one too, or begin another campaign here")
    return [str(problem) for problem in (*checked.problems, *onward)]
