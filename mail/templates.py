"""Letters as files: one template a letter and language, ``<campaign>/<letter>.<language>.html``, which fills the blocks of a shared layout.

The same file is read twice. As HTML it fills ``layout.html`` and every fact is escaped; as plain text it fills ``layout.txt`` under the
same name, and nothing is escaped, because an apostrophe in a subject is no markup. Both are sandboxed, and refuse unknown names.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from jinja2 import BytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from jinja2.sandbox import ImmutableSandboxedEnvironment

LAYOUT: Final = "layout.html"
HOUSE: Final = "_house"
"""The folder of letters that belong to no campaign. No campaign can be called like it."""


class LetterError(Exception):
    """A letter could not be written. The message names file and line, and never a fact of the lead."""


class _Compiled(BytecodeCache):
    """What each template was compiled to, for as long as the process lives and the template says the same: compiling is slow."""

    def __init__(self) -> None:
        self._compiled: dict[str, tuple[str, Any]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._compiled.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = (bucket.checksum, bucket.code)


class _PlainLoader(FileSystemLoader):
    """Gives the plain text's layout to letters that ask for the layout."""

    def get_source(self, environment: Any, template: str) -> tuple[str, str, Callable[[], bool]]:
        return super().get_source(environment, "layout.txt" if template == LAYOUT else template)


_AS_HTML: Final = _Compiled()
_AS_TEXT: Final = _Compiled()


def name_of_letter(campaign: str, letter: str, language: str) -> str:
    """Where a letter is, below the folder of letters."""
    return f"{campaign}/{letter}.{language}.html"


def html_templates(folder: Path) -> ImmutableSandboxedEnvironment:
    """The letters of a folder as HTML."""
    return _environment(FileSystemLoader(folder), _AS_HTML, escape=True)


def text_templates(folder: Path) -> ImmutableSandboxedEnvironment:
    """The letters of a folder as plain text: the subject, where ``part`` says so, else the text."""
    return _environment(_PlainLoader(folder), _AS_TEXT, escape=False)


def _environment(loader: FileSystemLoader, compiled: BytecodeCache, *, escape: bool) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=loader, bytecode_cache=compiled, autoescape=escape, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
