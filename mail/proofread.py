"""Reads letters before anyone gets them: what is missing, misspelled or never sent, with its file and line."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jinja2 import TemplateSyntaxError, nodes
from jinja2.defaults import DEFAULT_NAMESPACE

from mail.facts import NAMES, Addressee, Facts, Links, Sender
from mail.templates import HOUSE, LAYOUT, LetterError, name_of_letter
from mail.written import flaws_of, pages_of
from nurture.confirming import CONFIRM
from nurture.plan.campaign import Campaign
from nurture.plan.problems import Problem, did_you_mean, nearest

if TYPE_CHECKING:
    from mail.letters import Letters, Rendered

_BLOCKS: Final = ("subject", "preheader", "html", "text")
_NEEDED: Final = ("subject", "html", "text")
_JINJAS_OWN: Final = ("self", "super", "loop", "caller", "varargs", "kwargs")
_SENDER: Final = Sender(
    name="Name", address="name@example.com", legal_name="The legal name", postal_address="The postal address", contact="The contact"
)
_LINKS: Final = Links(
    unsubscribe="https://example.com/u/token",
    preferences="https://example.com/preferences/token",
    site="https://example.com",
    confirm="https://example.com/confirm/token",
)
_SAMPLES: Final = (Addressee(given_name="Given", family_name="Family", company="Company", title="Title"), Addressee())
"""A lead of whom everything is known, and one of whom nothing is: both sides of a letter's conditions."""


def proofread(letters: "Letters", campaign: Campaign) -> list[Problem]:
    """The problems of all letters of a campaign, in every language they are written in."""
    problems: list[Problem] = []
    asked = [(HOUSE, CONFIRM)] if campaign.double_opt_in else []
    for folder, letter in [*asked, *((campaign.name, letter) for letter in campaign.letters)]:
        name = name_of_letter(folder, letter, campaign.language)
        if not (letters.folder / name).is_file():
            problems.append(_missing(letters, folder, letter, campaign.language))
        for file in sorted((letters.folder / folder).glob(f"{letter}.*.html")):
            language = file.name.removeprefix(f"{letter}.").removesuffix(".html")
            problems += _read(letters, folder, letter, language)
    return list(dict.fromkeys(problems))  # what is wrong in the layout is wrong in every letter


def written_for_anybody(letters: "Letters", campaign: str, letter: str, language: str) -> "Rendered":
    """A letter for somebody of whom everything is known. Raises LetterError."""
    return letters.render(campaign, letter, language, language, Facts(lead=_SAMPLES[0], sender=_SENDER, links=_LINKS))


def _missing(letters: "Letters", folder: str, letter: str, language: str) -> Problem:
    file = letters.folder / name_of_letter(folder, letter, language)
    ending = f".{language}.html"
    near = nearest(letter, sorted(path.name.removesuffix(ending) for path in file.parent.glob(f"*{ending}")))
    what = f"the letter {letter!r} is missing in the campaign's language, {language!r}"
    return Problem(file=str(file), line=0, what=what, fix=f"did you mean '{near}'?" if near else "write this file")


def _read(letters: "Letters", campaign: str, letter: str, language: str) -> list[Problem]:
    name = name_of_letter(campaign, letter, language)
    file = str(letters.folder / name)
    if len(language) != 2 or not language.islower() or language == "jp":
        fix = "use 'ja' for Japanese" if language == "jp" else "name the file <letter>.<language>.html, with two small letters as in 'en'"
        return [Problem(file=file, line=0, what=f"{language!r} is not the code of a language", fix=fix)]
    try:
        source = (letters.folder / name).read_text(encoding="utf-8")
        tree = letters.as_html.parse(source, name, file)
        asks = (campaign, letter) == (HOUSE, CONFIRM)
        slips = [*_shape(tree), *_unknown_names(tree), *_unknown_tools(letters, tree), *_link_to_confirm(tree, asks=asks)]
        if not slips:
            letters.as_html.compile(source, name, file)
    except UnicodeDecodeError:
        return [Problem(file=file, line=0, what="the file is not UTF-8", fix="save it as UTF-8")]
    except TemplateSyntaxError as wrong:
        what = wrong.message or "the template cannot be read"
        fix = "every {% block %} and {% if %} needs its end, every {{ its }}, and a block comes once"
        return [Problem(file=file, line=wrong.lineno, what=what, fix=fix)]
    problems = [Problem(file=file, line=line, what=what, fix=fix) for line, what, fix in slips]
    return problems or _rehearse(letters, file, campaign, letter, language)


def _shape(tree: nodes.Template) -> Iterator[tuple[int, str, str]]:
    """What a letter consists of: the layout it extends, its blocks, and nothing beside them."""
    extends = next(tree.find_all(nodes.Extends), None)
    if extends is None or not isinstance(extends.template, nodes.Const) or extends.template.value != LAYOUT:
        yield extends.lineno if extends else 0, "the letter does not extend the layout", f'begin it with {{% extends "{LAYOUT}" %}}'
    blocks = {block.name: block for block in tree.find_all(nodes.Block)}
    for needed in _NEEDED:
        if needed not in blocks:
            yield 0, f"the block {needed!r} is missing", f"add {{% block {needed} %}}…{{% endblock %}}"
        elif _is_empty(blocks[needed]):
            yield blocks[needed].lineno, f"the block {needed!r} is empty", "write something into it"
    for block in blocks.values():
        if block.name not in _BLOCKS:
            yield block.lineno, f"a letter has no block {block.name!r}", did_you_mean(block.name, _BLOCKS, "use one of")
    for node in tree.body:
        if isinstance(node, nodes.Output) and not _is_blank(node):
            yield node.lineno, "what is outside of the blocks is never sent", "move it into a block, or delete it"


def _is_empty(block: nodes.Block) -> bool:
    return all(isinstance(node, nodes.Output) and _is_blank(node) for node in block.body)


def _is_blank(output: nodes.Output) -> bool:
    return all(isinstance(node, nodes.TemplateData) and not node.data.strip() for node in output.nodes)


def _unknown_names(tree: nodes.Template) -> Iterator[tuple[int, str, str]]:
    """Names that no letter knows, whether or not the branch they are in is ever taken."""
    own = {name.name for name in tree.find_all(nodes.Name) if name.ctx != "load"}
    known = {*NAMES, *own, *_JINJAS_OWN, *DEFAULT_NAMESPACE}
    known |= {macro.name for macro in tree.find_all(nodes.Macro)}
    known |= {part if isinstance(part, str) else part[1] for imported in tree.find_all(nodes.FromImport) for part in imported.names}
    known |= {imported.target for imported in tree.find_all(nodes.Import)}
    for name in tree.find_all(nodes.Name):
        if name.ctx == "load" and name.name not in known:
            yield name.lineno, f"{name.name!r} is not known", did_you_mean(name.name, NAMES, "use one of")
    for root, part, line in _parts(tree):
        if NAMES.get(root) and root not in own and part not in NAMES[root]:
            parts = [f"{root}.{known_part}" for known_part in NAMES[root]]
            yield line, f"'{root}.{part}' is not known", did_you_mean(f"{root}.{part}", parts, "use one of")


def _link_to_confirm(tree: nodes.Template, *, asks: bool) -> Iterator[tuple[int, str, str]]:
    """The letter that asks to confirm a consent leads there from both parts; another letter has nothing to confirm."""
    for block in tree.find_all(nodes.Block):
        lines = [line for root, part, line in _parts(block) if (root, part) == ("links", "confirm")]
        if asks and not lines and block.name in ("html", "text"):
            yield block.lineno, f"the block {block.name!r} leads nowhere to confirm", "add a link to {{ links.confirm }}"
        elif lines and not asks:
            yield lines[0], "this letter has nothing to confirm", f"only '{HOUSE}/{CONFIRM}' knows 'links.confirm'"


def _unknown_tools(letters: "Letters", tree: nodes.Template) -> Iterator[tuple[int, str, str]]:
    """Filters and tests that there are not, which would only show when their branch is taken."""
    for filtered in tree.find_all(nodes.Filter):
        if filtered.name not in letters.as_html.filters:
            yield (
                filtered.lineno,
                f"there is no filter {filtered.name!r}",
                did_you_mean(filtered.name, letters.as_html.filters, "use one of"),
            )
    for tested in tree.find_all(nodes.Test):
        if tested.name not in letters.as_html.tests:
            yield tested.lineno, f"there is no test {tested.name!r}", did_you_mean(tested.name, letters.as_html.tests, "use one of")


def _parts(tree: nodes.Node) -> Iterator[tuple[str, str, int]]:
    """Every ``name.part`` and ``name["part"]``, with its line."""
    for dotted in tree.find_all(nodes.Getattr):
        if isinstance(dotted.node, nodes.Name):
            yield dotted.node.name, dotted.attr, dotted.lineno
    for bracketed in tree.find_all(nodes.Getitem):
        if isinstance(bracketed.node, nodes.Name) and isinstance(bracketed.arg, nodes.Const):
            yield bracketed.node.name, str(bracketed.arg.value), bracketed.lineno


def _rehearse(letters: "Letters", file: str, campaign: str, letter: str, language: str) -> list[Problem]:
    """Write the letter for the samples: what only shows while it is written, or once it is."""
    pages, problems = pages_of(letters.folder), list[Problem]()
    for lead in _SAMPLES:
        facts = Facts(lead=lead, sender=_SENDER, links=_LINKS)
        try:
            rendered = letters.render(campaign, letter, language, language, facts)
        except LetterError as wrong:
            place, _, what = str(wrong).partition(": ")
            line = place.rpartition(":")[2]
            who = "a lead of whom only the address is known" if lead == Addressee() else "any lead"
            what = f"it cannot be written for {who}: {what}"
            return [Problem(file=file, line=int(line) if line.isdigit() else 0, what=what, fix="correct this line")]
        problems += (flaw.problem(Path(file), letters.folder) for flaw in flaws_of(rendered, facts, pages))
    return list(dict.fromkeys(problems))
