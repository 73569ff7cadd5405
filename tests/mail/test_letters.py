"""Letters: what a lead reads, and that nothing a visitor typed can do harm in them."""

from dataclasses import replace
from pathlib import Path

import pytest

from mail.facts import Addressee, Facts
from mail.letters import Letters, Rendered
from mail.templates import LetterError


def write(letters: Letters, facts: Facts, language: str = "en", **lead: str) -> Rendered:
    facts = replace(facts, lead=Addressee(**lead)) if lead else facts
    return letters.render("welcome", "hello", language, "en", facts)


def add(folder: Path, *, subject: str = "Hello", html: str = "<p>Hello</p>", text: str = "Hello") -> None:
    blocks = {"subject": subject, "preheader": "Hello", "html": html, "text": text}
    written = "\n".join(f"{{% block {name} %}}{content}{{% endblock %}}" for name, content in blocks.items())
    (folder / "welcome" / "hello.en.html").write_text(f'{{% extends "layout.html" %}}\n{written}\n', encoding="utf-8")


def test_a_japanese_lead_reads_japanese(letters: Letters, facts: Facts) -> None:
    letter = write(letters, facts, "ja")

    assert letter.language == "ja"
    assert letter.subject == "山田様、設備保全の資料をお届けします"
    assert letter.text.startswith("株式会社北斗食品 製造部長 山田 様\n")
    assert '<html lang="ja">' in letter.html
    assert "予防保全を始めた三社の記録" in letter.html


@pytest.mark.parametrize(("language", "refuse"), [("ja", "配信を停止する"), ("en", "Unsubscribe")])
def test_every_letter_says_in_both_parts_who_sends_it_where_to_complain_and_how_to_refuse(
    letters: Letters, facts: Facts, language: str, refuse: str
) -> None:
    letter = write(letters, facts, language)

    links = facts.links
    for said in (facts.sender.legal_name, facts.sender.postal_address, facts.sender.contact, refuse, links.unsubscribe, links.preferences):
        assert said in letter.text
        assert said in letter.html


def test_a_lead_whose_language_has_no_letter_gets_the_campaigns(letters: Letters, facts: Facts) -> None:
    assert write(letters, facts, "fr").language == "en"


@pytest.mark.parametrize("language", ["", "../welcome/hello.ja", "ja.html\0", "JA"])
def test_a_language_that_is_none_leads_to_no_other_file(letters: Letters, facts: Facts, language: str) -> None:
    assert write(letters, facts, language).language == "en"


def test_a_letter_in_a_language_without_a_footer_of_its_own_has_the_english_one(letters: Letters, facts: Facts) -> None:
    (letters.folder / "welcome" / "hello.fr.html").write_text((letters.folder / "welcome" / "hello.en.html").read_text())

    assert "Unsubscribe" in write(letters, facts, "fr").html


def test_an_apostrophe_is_right_in_every_part(letters: Letters, facts: Facts) -> None:
    letter = write(letters, facts, given_name="D'Arcy", company="Smith & Sons")

    assert letter.subject == "Your guide to planned maintenance, D'Arcy"
    assert "Dear D'Arcy," in letter.text
    assert "Smith & Sons" in letter.text
    assert "Smith &amp; Sons" in letter.html
    assert "&amp;amp;" not in letter.html
    assert "&#39;" not in letter.subject + letter.text


def test_a_script_in_a_name_is_only_a_strange_name(letters: Letters, facts: Facts) -> None:
    letter = write(letters, facts, given_name="<script>alert('x')</script>", company='"><img src=x onerror=alert(1)>')

    assert "<script" not in letter.html
    assert "<img" not in letter.html
    assert "Dear &lt;script&gt;" in letter.html


def test_a_template_in_a_name_is_not_carried_out(letters: Letters, facts: Facts) -> None:
    assert "Dear {{ 6 * 7 }}," in write(letters, facts, given_name="{{ 6 * 7 }}").text


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028", "\0"])
def test_a_name_stays_on_its_line(letters: Letters, facts: Facts, line_end: str) -> None:
    letter = write(letters, facts, given_name=f"Ada{line_end}Bcc: everyone@example.com")

    assert letter.subject == "Your guide to planned maintenance, Ada Bcc: everyone@example.com"
    assert letter.text.splitlines()[0] == "Dear Ada Bcc: everyone@example.com,"


def test_a_subject_of_several_lines_becomes_one(letters: Letters, facts: Facts) -> None:
    add(letters.folder, subject="\n  One\n  line\n")

    assert write(letters, facts).subject == "One line"


@pytest.mark.parametrize(
    ("language", "lead", "salutation"),
    [
        ("en", Addressee(given_name="Ada", family_name="Lovelace"), "Dear Ada"),
        ("en", Addressee(family_name="Lovelace"), "Hello"),
        ("fr", Addressee(given_name=" "), "Hello"),
        ("ja", Addressee(given_name="太郎", family_name="山田"), "山田 様"),
        ("ja", Addressee(family_name="山田", title="部長"), "部長 山田 様"),
        ("ja", Addressee(given_name="Ada"), "Ada 様"),
        ("ja", Addressee(company="株式会社北斗食品", title="部長"), "株式会社北斗食品 ご担当者様"),
        ("ja", Addressee(), "ご担当者様"),
    ],
)
def test_a_lead_is_greeted_properly_even_without_a_name(language: str, lead: Addressee, salutation: str) -> None:
    assert lead.salutation_in(language) == salutation


def test_styles_are_on_the_elements_and_the_narrow_screens_rules_stay(letters: Letters, facts: Facts) -> None:
    html = write(letters, facts).html

    assert '<p style="margin: 0 0 20px;">Dear' in html
    assert "@media (max-width: 480px)" in html
    assert ".letter p {" not in html


def test_a_letter_loads_no_style_sheet_from_anywhere(letters: Letters, facts: Facts) -> None:
    add(
        letters.folder, html='<link rel="stylesheet" href="/etc/passwd"><link rel="stylesheet" href="http://127.0.0.1:1/x.css"><p>Hello</p>'
    )

    assert "Hello" in write(letters, facts).html


def test_a_change_to_a_letter_is_seen_at_once(letters: Letters, facts: Facts) -> None:
    write(letters, facts)
    add(letters.folder, subject="A much better subject")

    assert write(letters, facts).subject == "A much better subject"


@pytest.mark.parametrize(
    "written", ["{{ lead.given_nme }}", "{{ ''.__class__.__mro__ }}", "{% set _ = lead.update(title='x') %}", "{{ 1 / 0 }}"]
)
def test_a_letter_that_cannot_be_written_is_refused_with_its_place_and_without_facts(letters: Letters, facts: Facts, written: str) -> None:
    add(letters.folder, text=f"\n{{{{ lead.family_name }}}}\n{written}")

    with pytest.raises(LetterError, match=r"hello\.en\.html:7: \w+ while the letter was written") as refused:
        write(letters, facts)
    assert "山田" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None


@pytest.mark.parametrize(("campaign", "letter"), [("welcome", "goodbye"), ("nowhere", "hello")])
def test_a_letter_that_is_not_there_is_refused(letters: Letters, facts: Facts, campaign: str, letter: str) -> None:
    with pytest.raises(LetterError, match="there is no such letter"):
        letters.render(campaign, letter, "ja", "en", facts)


def test_a_subject_that_comes_out_empty_is_refused(letters: Letters, facts: Facts) -> None:
    add(letters.folder, subject="{{ lead.title }}")

    with pytest.raises(LetterError, match="the subject is empty"):
        write(letters, facts, given_name="Ada")
