"""The page that is passed round: letters as they look, in both languages, and nothing that runs or comes from outside."""

import re
from dataclasses import replace
from pathlib import Path

from rehearsal.page import body, write
from tests.rehearsal.tales import letter, move, rehearsal, story, task

_LETTER = (
    '<html><head><style>p {}</style></head><body style="margin: 0"><h1>こんにちは</h1><img src="https://example.com/x.png"></body></html>'
)


def test_the_page_shows_every_letter_once_and_says_when_each_lead_got_it(tmp_path: Path) -> None:
    hello = replace(letter("hello", 1), html=_LETTER, language="ja", subject="ようこそ <b>")
    page = tmp_path / "page.html"

    write(page, [rehearsal(story(hello, task("demo", 2), replace(hello, at=letter("hello", 90).at)), replace(story(hello), persona="bob"))])

    text = page.read_text(encoding="utf-8")
    assert text.count("こんにちは") == 1
    assert 'lang="ja"' in text
    assert "ようこそ &lt;b&gt;" in text
    assert "ada: 03 Apr 2040, 01 Jul 2040" in " ".join(text.split())
    assert "bob: 03 Apr 2040" in text
    assert "April 2040" in text


def test_nothing_on_the_page_runs_or_is_loaded_from_outside(tmp_path: Path) -> None:
    nasty = _LETTER.replace(
        "</body>", "<script>alert(1)</script><link rel=x href=//example.com/x><iframe src=//example.com></iframe></body>"
    )
    page = tmp_path / "page.html"

    write(page, [rehearsal(story(replace(letter("hello", 1), html=nasty)))])

    text = page.read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    assert not re.search(r"<(script|link|iframe|object|embed|base)\b", text, re.IGNORECASE)


def test_a_letter_keeps_the_look_of_its_body() -> None:
    assert str(body(_LETTER)).startswith('<div style="margin: 0"><h1>')
    assert str(body("<p>Only a piece</p>")) == '<div style=""><p>Only a piece</p></div>'


def test_two_editions_are_on_one_page_beside_one_another(tmp_path: Path) -> None:
    page = tmp_path / "page.html"

    write(page, [rehearsal(story(letter("hello", 1), move("long_hold", 20))), rehearsal(story(letter("hello", 2)))])

    text = page.read_text(encoding="utf-8")
    assert "2 differences." in text
    assert 'class="changed"' in text
    assert 'class="old"' in text
