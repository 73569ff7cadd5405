"""Every link in a sample letter leads to a page that is there, in each language."""

import re
from pathlib import Path

import httpx
import pytest

from web.words.reading_english import READING as ENGLISH
from web.words.reading_japanese import READING as JAPANESE

pytestmark = pytest.mark.anyio

LETTERS = Path(__file__).resolve().parents[2] / "email_templates"


def linked() -> set[str]:
    """Every page of the site that a letter names."""
    texts = [path.read_text(encoding="utf-8") for path in LETTERS.rglob("*.*") if path.is_file()]
    return {path for text in texts for path in re.findall(r"\{\{ links\.site \}\}(/[\w/-]+)", text)}


async def test_every_page_that_a_letter_links_to_is_there_in_each_language(visitor: httpx.AsyncClient) -> None:
    assert linked()
    for path in sorted(linked()):
        pages = {language: await visitor.get(path, headers={"Accept-Language": language}) for language in ("en", "ja")}

        assert {language: page.status_code for language, page in pages.items()} == {"en": 200, "ja": 200}, path
        assert pages["en"].text != pages["ja"].text
        assert '<html lang="ja">' in pages["ja"].text


async def test_no_page_is_there_that_nobody_wrote(visitor: httpx.AsyncClient) -> None:
    assert [(await visitor.get(path)).status_code for path in ("/guides/nothing", "/help/nothing")] == [404, 404]


def test_both_languages_have_the_same_pages_with_as_many_points() -> None:
    assert {path: len(parts) for path, parts in ENGLISH.items()} == {path: len(parts) for path, parts in JAPANESE.items()}
