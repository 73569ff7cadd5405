"""Writes letters: picks the language, fills the template in as subject, HTML and plain text, and gives it the shape that mail needs."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from os.path import isfile
from pathlib import Path
from typing import Any, Final

from css_inline import CSSInliner, InlineError
from jinja2 import Template, TemplateError, TemplateNotFound, TemplateSyntaxError

from mail.facts import Facts, as_template_values, one_line
from mail.forms import Form, Given, Written, only_prints, styles_depend_on_facts
from mail.proofread import proofread
from mail.templates import LetterError, html_templates, name_of_letter, text_templates
from nurture.plan.campaign import Campaign
from nurture.plan.problems import Problem

_LANGUAGE: Final = re.compile(r"[a-z]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A letter as one lead gets it. ``language`` is the one it is written in, which may be the fallback."""

    subject: str
    html: str
    text: str
    language: str


class Letters:
    """The letters in a folder. Changes to files are seen at once."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self.as_html = html_templates(self.folder)
        self.as_text = text_templates(self.folder)
        self._forms: dict[tuple[str, tuple[bool, ...]], Form] = {}
        self._inliner = CSSInliner(load_remote_stylesheets=False)

    def render(self, campaign: str, letter: str, language: str, fallback_language: str, facts: Facts) -> Rendered:
        """Write a letter in ``language``, or in the fallback where there is none. Raises LetterError."""
        written_in = self._choose(campaign, letter, language, fallback_language)
        name = name_of_letter(campaign, letter, written_in)
        values = as_template_values(facts, written_in)
        written = self._by_form(name, values) or self._write(name, values)
        subject = one_line(written.subject)
        if not subject:
            raise LetterError(f"{self.folder / name}: the subject is empty")
        return Rendered(subject=subject, html=written.html, text=written.text, language=written_in)

    def with_layout(self, name: str, values: dict[str, Any], language: str) -> Rendered:
        """Write what stands in ``<name>.html`` and ``<name>.txt`` beside the layout. Raises LetterError."""
        html = self._inline(self._fill(self.as_html.get_template, f"{name}.html", values), name)
        text = self._fill(self.as_text.get_template, f"{name}.txt", values | {"part": "text"})
        return Rendered(subject=values["letter"]["subject"], html=html, text=tidy(text), language=language)

    def fill_text(self, name: str, values: dict[str, Any]) -> str:
        """Fill a template of plain text in. Raises LetterError."""
        return self._fill(self.as_text.get_template, name, values)

    def check(self, campaign: Campaign) -> list[Problem]:
        """Everything that is wrong with the letters of a campaign, found without sending one."""
        return proofread(self, campaign)

    def _choose(self, campaign: str, letter: str, language: str, fallback_language: str) -> str:
        for candidate in (language, fallback_language):
            if _LANGUAGE.fullmatch(candidate) and isfile(f"{self.folder}/{name_of_letter(campaign, letter, candidate)}"):
                return candidate
        raise LetterError(f"{self.folder / name_of_letter(campaign, letter, fallback_language)}: there is no such letter")

    def _by_form(self, name: str, values: dict[str, Any]) -> Written | None:
        """The letter by what was written for others of whom the same is known; None for one that has to be written for this lead alone."""
        given = Given(values)
        known = given.known
        form = self._forms.get((name, known))
        if form is None or not form.is_fresh():
            try:
                is_form, unchanged = only_prints(name, self.as_html, self.as_text)
            except (TemplateError, UnicodeDecodeError):
                return None  # to be told where it is met while the letter is written
            form = Form(written=self._with_marks(name, given.marked()) if is_form else None, unchanged=unchanged)
            self._forms[name, known] = form
        written = form.filled_in(given)
        return written if written is None or given.keep_lines else replace(written, text=tidy(written.text))

    def _with_marks(self, name: str, marked: dict[str, Any]) -> Written | None:
        written = self._write(name, marked)
        before = self._fill(self.as_html.get_template, name, marked)
        return None if styles_depend_on_facts(before, written.html) else written

    def _write(self, name: str, values: dict[str, Any]) -> Written:
        return Written(
            subject=self._fill(self.as_text.get_template, name, values | {"part": "subject"}),
            text=tidy(self._fill(self.as_text.get_template, name, values | {"part": "text"})),
            html=self._inline(self._fill(self.as_html.get_template, name, values), name),
        )

    def _fill(self, get: Callable[[str], Template], name: str, values: dict[str, Any]) -> str:
        try:
            return get(name).render(values)
        except TemplateNotFound as missing:
            said = f"{self.folder / name}: it needs the template {missing.name!r}, which is not there"
        except TemplateSyntaxError as wrong:
            said = f"{wrong.filename}:{wrong.lineno}: the template cannot be read"
        except Exception as wrong:
            said = f"{self._place(wrong, name)}: {type(wrong).__name__} while the letter was written"
        raise LetterError(said)

    def _inline(self, html: str, name: str) -> str:
        """The styles moved onto the elements, because mail programs drop style sheets. Nothing is loaded from anywhere."""
        try:
            return self._inliner.inline(html)
        except InlineError:
            said = f"{self.folder / name}: its style sheet cannot be read"
        raise LetterError(said)

    def _place(self, wrong: Exception, name: str) -> str:
        """The innermost line of a template that an error passed through."""
        place, trace = str(self.folder / name), wrong.__traceback__
        while trace:
            if Path(trace.tb_frame.f_code.co_filename).is_relative_to(self.folder):
                place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
            trace = trace.tb_next
        return place


def tidy(text: str) -> str:
    """Plain text without blanks at the ends of lines and without gaps of several empty lines."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"
