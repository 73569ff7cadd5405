"""A letter that is written once for many leads is, for each of them, the letter that would have been written for it alone."""

import random
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from css_inline import CSSInliner

from mail.facts import Addressee, Facts, as_template_values
from mail.letters import Letters

TYPED = ("", "Ada", "D'Arcy", 'Smith & Sons "Ltd"', "<b>x</b>", "&lt;", "a\u00a0b", "\ue0000\ue001", "{{ 7 }}", "株式会社北斗", " a  b ")
SAMPLES = Path(__file__).resolve().parents[2] / "email_templates"
SAMPLE_LETTERS = Letters(SAMPLES)


class Parsed(HTMLParser):
    """What a mail program finds in a letter, whichever way its characters are written."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Any] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, sorted(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(tag)

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def alone(letters: Letters, name: str, language: str, facts: Facts) -> tuple[str, list[Any]]:
    """The text, and what is found in the HTML, of a letter that is written for this lead alone."""
    values = as_template_values(facts, language)
    html = letters.as_html.get_template(name).render(values)
    return letters.as_text.get_template(name).render({**values, "part": "text"}), Parsed(CSSInliner().inline(html)).found


def anybody(chance: random.Random, facts: Facts) -> Facts:
    names = {name: chance.choice(TYPED) for name in ("given_name", "family_name", "company", "title")}
    site = chance.choice(("https://example.com", "https://example.com/?a=1&b=%22"))
    return replace(facts, lead=Addressee(**names), links=replace(facts.links, site=site))


def write(folder: Path, html: str, *, style: str = "", text: str = "Hello", above: str = "") -> Letters:
    layout = f"<html><head><style>p {{ color: red }} {style}</style></head><body>{{% block html %}}{{% endblock %}}</body></html>"
    (folder / "layout.html").write_text(layout, encoding="utf-8")
    (folder / "part.html").write_text("<p>{{ lead.given_name|upper }}</p>", encoding="utf-8")
    blocks = "".join(
        f"{{% block {name} %}}{content}{{% endblock %}}" for name, content in (("subject", "Hi"), ("html", html), ("text", text))
    )
    (folder / "welcome" / "hello.en.html").write_text(f'{{% extends "layout.html" %}}{above}{blocks}', encoding="utf-8")
    return Letters(folder)


@pytest.mark.parametrize(
    "name", [str(file.relative_to(SAMPLES)) for file in sorted(SAMPLES.glob("*/*.html")) if not file.parent.name.startswith("_")]
)
def test_every_sample_letter_is_for_each_lead_what_it_would_be_for_it_alone(name: str, facts: Facts) -> None:
    letters, chance = SAMPLE_LETTERS, random.Random(name)
    campaign, _, file = name.partition("/")
    letter, language, _ = file.split(".")
    for _ in range(6):
        theirs = anybody(chance, facts)
        written, (text, html) = letters.render(campaign, letter, language, "en", theirs), alone(letters, name, language, theirs)

        assert Parsed(written.html).found == html
        assert written.text.split() == text.split()


@pytest.mark.parametrize(
    ("html", "options"),
    [
        ("<p>{{ lead.given_name }}</p>", {}),
        ('<p title="{{ lead.company }}">{{ lead["company"] }}</p>', {}),
        ("{% if lead.company %}<p>{{ lead.company }}</p>{% else %}<i>nobody</i>{% endif %}", {}),
        ("{% if not lead.company %}<p>!</p>{% endif %}{% if lead.given_name == 'Ada' %}<p>Ada</p>{% endif %}", {}),
        ("<p>{{ lead.company|upper }} {{ lead.company|length }}</p>", {}),
        ("<p>{{ lead.company ~ '!' }}</p>{{ '<p>' ~ lead.title ~ '</p>' }}", {}),
        ("<p>{% filter upper %}{{ lead.given_name }}{% endfilter %}</p>", {}),
        ("{% set all %}{{ lead.given_name }}{% endset %}<p>{{ all|upper }}</p>", {}),
        ("{% set name = lead.given_name %}<p>{{ name|upper }}</p>", {}),
        ("{% macro say() %}{{ lead.given_name }}{% endmacro %}<p>{{ say()|upper }}</p>", {}),
        ("{% autoescape false %}<p>{{ lead.given_name }}</p>{% endautoescape %}", {}),
        ("<p>{{ self.text()|upper }}</p>", {"text": "{{ lead.given_name }}"}),
        ("{% for letter in lead.given_name %}<p>{{ letter }}</p>{% endfor %}", {}),
        ("{% for lead in [{'given_name': 'Eve'}] %}<p>{{ lead.given_name }}</p>{% endfor %}", {}),
        ("<p>{{ lead }}</p>", {}),
        ("{% include ['part.html', lead.given_name] ignore missing %}", {}),
        ("{% set part = 'part.html' %}{% include part %}", {}),
        ("<p {{ lead.given_name }}>x</p>", {}),
        ('<p style="color: {{ lead.given_name }}">x</p>', {}),
        ('<p title="{{ lead.given_name }}">x</p>', {"style": 'p[title="Ada"] { color: blue }'}),
        ("<p>{{ lead.given_name }}</p>", {"style": "p:empty { color: blue }"}),
        ("<p>x</p>", {"style": "p { content: '{{ lead.given_name }}' }"}),
        ("<table>{{ lead.given_name }}<tr><td>{{ lead.company }}</td></tr></table>", {}),
        ("<p>\ue0000\ue001 {{ lead.given_name }}</p>", {}),
        ("<textarea>{{ lead.company }}</textarea><!-- {{ lead.company }} --><title>{{ lead.company }}</title>", {}),
    ],
)
def test_whatever_a_letter_does_with_facts_each_lead_gets_its_own(folder: Path, facts: Facts, html: str, options: dict[str, str]) -> None:
    letters, chance = write(folder, html, **options), random.Random(7)
    for _ in range(40):
        theirs = anybody(chance, facts)
        written, (text, found) = (
            letters.render("welcome", "hello", "en", "en", theirs),
            alone(letters, "welcome/hello.en.html", "en", theirs),
        )

        assert Parsed(written.html).found == found
        assert written.text.split() == text.split()


@pytest.mark.parametrize("html", ["<p>{{ ['a', 'b', 'c', 'd']|random }}</p>", "<p>{{ lipsum(n=1) }}</p>"])
def test_what_chance_chooses_is_chosen_for_each_lead(folder: Path, facts: Facts, html: str) -> None:
    letters = write(folder, html)

    assert len({letters.render("welcome", "hello", "en", "en", facts).html for _ in range(60)}) > 1


@pytest.mark.parametrize("file", ["welcome/hello.en.html", "layout.html", "layout.txt", "words.jinja"])
def test_a_change_to_any_file_of_a_letter_is_seen_by_the_next_lead(folder: Path, facts: Facts, file: str) -> None:
    letters = Letters(folder)
    letters.render("welcome", "hello", "en", "en", facts)
    source = (folder / file).read_text(encoding="utf-8")
    old = {"layout.html": "<body>", "layout.txt": "---", "words.jinja": "Unsubscribe"}.get(file, "Your guide")
    changed = source.replace(old, f"{old} anew")
    assert changed != source
    (folder / file).write_text(changed, encoding="utf-8")
    written = letters.render("welcome", "hello", "en", "en", replace(facts, lead=replace(facts.lead, given_name="Eve")))

    assert "anew" in written.subject + written.text + written.html


def test_a_letter_that_could_not_be_read_is_read_again_once_it_is_mended(folder: Path, facts: Facts) -> None:
    letters = write(folder, "<p>{{ lead.given_name </p>")
    with pytest.raises(Exception, match=r"hello\.en\.html:1"):
        letters.render("welcome", "hello", "en", "en", facts)
    write(folder, "<p>{{ lead.given_name }}</p>")

    assert "太郎" in letters.render("welcome", "hello", "en", "en", facts).html
