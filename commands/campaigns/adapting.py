"""The text of a sample campaign under another name: its title and examples are adapted, and its forms get names of their own."""

from collections.abc import Mapping
from typing import Final

from nurture.plan.source import Source, read_source

_LONGEST: Final = 48


def adapted(text: str, name: str, language: str, file: str) -> str:
    """A sample's text under another name: its title and its examples too, and forms that are its own, for a form is one campaign's."""
    source = read_source(text, file)
    sample = str(source.data["campaign"])
    lines = text.split("\n")
    lines[source.line_of(("campaign",)) - 1] = f"campaign: {name}"
    if language:
        _put(lines, source, ("language",), f"language: {language}", after=("topic",))
    forms = _forms(source, name)
    for form, own in forms.items():
        at = source.line_of(("forms", form)) - 1
        lines[at] = lines[at].replace(f"{form}:", f"{own}:", 1)
    for place, line in enumerate(lines):
        if line.lstrip().startswith("#") and "$schema" not in line:
            lines[place] = _comment(line, sample, name, forms)
    return "\n".join(lines)


def _comment(line: str, sample: str, name: str, forms: Mapping[str, str]) -> str:
    title = sample.replace("_", "-").capitalize()
    if line.startswith(f"# {title}: "):
        return f"# {name}: made from the sample '{sample}'. It was written for:\n# {line.removeprefix(f'# {title}: ')}"
    line = line.replace(f"campaigns/{sample}.yaml", f"campaigns/{name}.yaml")
    for form, own in forms.items():
        line = line.replace(f"/forms/{form}", f"/forms/{own}")
    return line


def _put(lines: list[str], source: Source, path: tuple[str], line: str, after: tuple[str]) -> None:
    """Write a line of the top of the file in the place of the one that is there, whose remark stays."""
    if path[0] not in source.data:
        at = source.line_of(after) - 1
        lines[at] = f"{lines[at]}\n{line}"
        return
    at = source.line_of(path) - 1
    _, sign, remark = lines[at].partition(" #")
    lines[at] = f"{line:<27}{sign}{remark}".rstrip()


def _forms(source: Source, name: str) -> dict[str, str]:
    """The forms of the sample, and what they are called in the campaign that is made of it."""
    forms = source.data.get("forms")
    return {form: f"{name}_{form}"[:_LONGEST] for form in forms} if isinstance(forms, dict) else {}
