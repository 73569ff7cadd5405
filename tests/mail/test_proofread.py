"""Proofreading: what is wrong with a letter is said with file, line and cure before anyone is enrolled."""

from pathlib import Path

import pytest

from mail.letters import Letters
from mail.templates import HOUSE
from nurture.plan.campaign import Campaign
from nurture.plan.spans import Span
from nurture.plan.track import Email, Track

GOOD = (
    '{% extends "layout.html" %}',
    "{% block subject %}Hello{% endblock %}",
    "{% block preheader %}Hello{% endblock %}",
    "{% block html %}",
    "<p>{{ lead.salutation }}</p>",
    "{% endblock %}",
    "{% block text %}",
    "{{ lead.salutation }}",
    "{% endblock %}",
)


def campaign(*names: str, language: str = "en") -> Campaign:
    steps = tuple(Email(email=name) for name in names)
    return Campaign(campaign="welcome", topic="maintenance", language=language, start="only", tracks={"only": Track(steps=steps)})


def problems_of(letters: Letters, lines: tuple[str, ...]) -> list[tuple[int, str, str]]:
    (letters.folder / "welcome" / "news.en.html").write_text("\n".join(lines), encoding="utf-8")
    found = letters.check(campaign("news"))
    assert {problem.file for problem in found} <= {str(letters.folder / "welcome" / "news.en.html")}
    return [(problem.line, problem.what, problem.fix) for problem in found]


def with_line(number: int, written: str) -> tuple[str, ...]:
    return (*GOOD[: number - 1], written, *GOOD[number:])


def test_good_letters_have_no_problems(letters: Letters) -> None:
    assert problems_of(letters, GOOD) == []
    assert letters.check(campaign("hello")) == []
    assert letters.check(campaign("hello", language="ja")) == []


def test_a_letter_may_branch_loop_and_name_things(letters: Letters) -> None:
    own = "{% set who = lead.company %}{% for n in range(2) %}{{ loop.index }}{{ who|upper }}{% endfor %}{% if who is string %}x{% endif %}"

    assert problems_of(letters, with_line(5, own)) == []


@pytest.mark.parametrize(
    ("number", "written", "line", "what", "fix"),
    [
        (5, "{{ lead.given_nme }}", 5, "'lead.given_nme' is not known", "did you mean 'lead.given_name'?"),
        (5, "{{ lead['compnay'] }}", 5, "'lead.compnay' is not known", "did you mean 'lead.company'?"),
        (8, "{% if false %}{{ sender.adress }}{% endif %}", 8, "'sender.adress' is not known", "did you mean 'sender.address'?"),
        (8, "{{ sendr.name }}", 8, "'sendr' is not known", "did you mean 'sender'?"),
        (8, "{{ first_name }}", 8, "'first_name' is not known", "use one of lead, sender, links, language"),
        (8, "{{ lead.company|uper }}", 8, "there is no filter 'uper'", "did you mean 'upper'?"),
        (8, "{% if lead.company is strng %}{% endif %}", 8, "there is no test 'strng'", "did you mean 'string'?"),
        (8, "{{ lead.company", 9, "expected token 'end of print statement'", "every {{ its }}"),
        (8, "{% if lead.company %}", 9, "Encountered unknown tag 'endblock'", "needs its end"),
        (8, "{{ ''.__class__ }}", 8, "cannot be written for any lead: SecurityError", "correct this line"),
        (8, "{{ 'abc'[lead.company|length] }}", 8, "cannot be written for any lead: UndefinedError", "correct this line"),
        (8, "{{ 10 // lead.company|length }}", 8, "a lead of whom only the address is known: ZeroDivisionError", "correct this line"),
        (1, "", 0, "does not extend the layout", 'begin it with {% extends "layout.html" %}'),
        (1, '{% extends "other.html" %}', 1, "does not extend the layout", 'begin it with {% extends "layout.html" %}'),
        (3, "{% block subject %}Again{% endblock %}", 3, "block 'subject' defined twice", "a block comes once"),
        (2, "", 0, "the block 'subject' is missing", "add {% block subject %}"),
        (2, "{% block subject %} {% endblock %}", 2, "the block 'subject' is empty", "write something into it"),
        (8, "   ", 7, "the block 'text' is empty", "write something into it"),
        (5, "", 4, "the block 'html' is empty", "write something into it"),
        (2, "{% block subject %}{{ lead.company }}{% endblock %}", 0, "the subject is empty", "correct this line"),
        (3, "{% block prehaeder %}Hello{% endblock %}", 3, "a letter has no block 'prehaeder'", "did you mean 'preheader'?"),
        (3, "This is lost.", 3, "what is outside of the blocks is never sent", "move it into a block"),
    ],
)
def test_a_slip_is_named_with_its_line_and_its_cure(letters: Letters, number: int, written: str, line: int, what: str, fix: str) -> None:
    found = problems_of(letters, with_line(number, written))

    assert len(found) == 1, found
    assert found[0][0] == line
    assert what in found[0][1]
    assert fix in found[0][2]


def test_all_slips_of_a_letter_are_named_at_once(letters: Letters) -> None:
    lines = (*with_line(5, "{{ lead.nme }}")[:7], "{{ links.unsubscrib }}", "{% endblock %}")

    assert [line for line, _, _ in problems_of(letters, lines)] == [5, 8]


def test_a_letter_missing_in_the_campaigns_language_is_named_with_the_file_to_write(letters: Letters) -> None:
    found = letters.check(campaign("goodbye"))

    assert [(Path(problem.file).name, problem.line, problem.fix) for problem in found] == [("goodbye.en.html", 0, "write this file")]
    assert "'goodbye' is missing in the campaign's language, 'en'" in found[0].what


def test_a_misspelled_letter_is_named_with_the_one_that_is_there(letters: Letters) -> None:
    assert letters.check(campaign("helo"))[0].fix == "did you mean 'hello'?"


def test_a_letter_only_in_another_language_than_the_campaigns_is_missing(letters: Letters) -> None:
    (letters.folder / "welcome" / "hello.en.html").unlink()

    assert [Path(problem.file).name for problem in letters.check(campaign("hello"))] == ["hello.en.html"]


def test_other_languages_of_a_letter_are_read_too(letters: Letters) -> None:
    (letters.folder / "welcome" / "hello.ja.html").write_text("\n".join(with_line(8, "{{ lead.sei }}")), encoding="utf-8")

    assert [(Path(problem.file).name, problem.line) for problem in letters.check(campaign("hello"))] == [("hello.ja.html", 8)]


@pytest.mark.parametrize(
    ("language", "fix"), [("jp", "use 'ja' for Japanese"), ("EN", "two small letters"), ("en-us", "two small letters")]
)
def test_a_file_whose_language_nobody_speaks_is_named(letters: Letters, language: str, fix: str) -> None:
    (letters.folder / "welcome" / f"hello.{language}.html").write_text("\n".join(GOOD), encoding="utf-8")

    found = letters.check(campaign("hello"))

    assert [Path(problem.file).name for problem in found] == [f"hello.{language}.html"]
    assert fix in found[0].fix


def test_a_letter_in_another_encoding_is_named(letters: Letters) -> None:
    (letters.folder / "welcome" / "hello.ja.html").write_bytes("\n".join(with_line(8, "こんにちは")).encode("shift_jis"))

    assert [(problem.what, problem.fix) for problem in letters.check(campaign("hello"))] == [("the file is not UTF-8", "save it as UTF-8")]


def house_problems(letters: Letters, confirm: tuple[str, ...] | None) -> list[tuple[str, int, str]]:
    """What is wrong with the letter that asks to confirm a consent, for a campaign that wants that."""
    careful = campaign("hello").model_copy(update={"double_opt_in": Span.parse("7 days")})
    if confirm is not None:
        (letters.folder / HOUSE).mkdir()
        (letters.folder / HOUSE / "confirm.en.html").write_text("\n".join(confirm), encoding="utf-8")
    return [(Path(problem.file).name, problem.line, problem.what) for problem in letters.check(careful)]


def test_a_campaign_that_wants_consents_confirmed_needs_the_letter_that_asks(letters: Letters) -> None:
    missing = "the letter 'confirm' is missing in the campaign's language, 'en'"

    assert house_problems(letters, None) == [("confirm.en.html", 0, missing)]
    assert letters.check(campaign("hello")) == []


def test_the_letter_that_asks_leads_to_where_one_confirms_in_both_parts(letters: Letters) -> None:
    asks = "{{ links.confirm }}"

    assert house_problems(letters, (*GOOD[:4], asks, *GOOD[5:7], asks, GOOD[8])) == []


def test_a_letter_that_asks_and_leads_nowhere_is_named(letters: Letters) -> None:
    assert house_problems(letters, with_line(5, "{{ links.confirm }}")) == [
        ("confirm.en.html", 7, "the block 'text' leads nowhere to confirm")
    ]


def test_another_letter_has_nothing_to_confirm(letters: Letters) -> None:
    wrong = (8, "this letter has nothing to confirm", "only '_house/confirm' knows 'links.confirm'")

    assert problems_of(letters, with_line(8, "{{ links.confirm }}")) == [wrong]
