"""Words and shapes that make filters doubt a letter are named with their line; a plain letter of business has none."""

from pathlib import Path

import pytest

from mail.doubts import doubts
from mail.letters import Letters
from store.campaigns.files import read_campaign_file
from tests.mail.test_proofread import campaign, with_line

ROOT = Path(__file__).resolve().parents[2]
CAMPAIGNS = sorted((ROOT / "campaigns").glob("*.yaml"))


def doubts_of(letters: Letters, lines: tuple[str, ...], language: str = "en") -> list[tuple[int, str, str]]:
    (letters.folder / "welcome" / f"news.{language}.html").write_text("\n".join(lines), encoding="utf-8")
    return [(doubt.line, doubt.what, doubt.fix) for doubt in doubts(letters, campaign("news", language=language))]


@pytest.mark.parametrize("file", CAMPAIGNS, ids=[file.stem for file in CAMPAIGNS])
def test_the_letters_of_the_samples_leave_no_doubt(file: Path) -> None:
    assert doubts(Letters(ROOT / "email_templates"), read_campaign_file(file)[0]) == []


@pytest.mark.parametrize(
    ("number", "written", "what"),
    [
        (5, "<p>Act now, it is 100% free.</p>", "filters know 'Act now' from advertising that nobody asked for"),
        (5, "<p>いまなら完全無料です。</p>", "filters know '完全無料' from advertising that nobody asked for"),
        (8, "必ず儲かる方法", "filters know '必ず儲か' from advertising that nobody asked for"),
        (
            5,
            '<p><a href="https://www.example.com/a">Click here</a></p>',
            "'Click here' does not say where the link leads, and filters know it",
        ),
        (8, "こちらをクリックしてください", "'こちらをクリック' does not say where the link leads, and filters know it"),
        (8, "すぐにご覧ください！！", "'！！' shouts, and filters hear it"),
        (2, "{% block subject %}YOUR GUIDE IS HERE{% endblock %}", "the subject is in capitals"),
        (2, "{% block subject %}Re: our talk{% endblock %}", "the subject looks like an answer, and the law wants an honest one"),
        (2, "{% block subject %}【重要】ご確認ください{% endblock %}", "the subject presses, as fraud does"),
        (2, "{% block subject %}" + "guide " * 14 + "{% endblock %}", "the subject has 83 characters, and mailboxes show fewer"),
        (5, '<a href="https://bit.ly/x">Guide</a>', "'bit.ly' hides where the link leads"),
        (5, '<a href="https://192.0.2.1/x">Guide</a>', "'192.0.2.1' hides where the link leads"),
        (5, '<img src="https://www.example.com/a.png" alt="All is in here">', "the letter has pictures and hardly a word"),
    ],
)
def test_what_filters_doubt_is_named_with_its_line(letters: Letters, number: int, written: str, what: str) -> None:
    assert [(line, said) for line, said, _ in doubts_of(letters, with_line(number, written))] == [(number, what)]


def test_an_address_as_the_words_of_a_link_looks_like_phishing_once_clicks_are_counted(letters: Letters) -> None:
    [(line, what, fix)] = doubts_of(letters, with_line(5, '<a href="https://www.example.com/a">www.example.com/a</a>'))

    assert (line, fix) == (5, "write words")
    assert "'www.example.com/a': where clicks are counted it leads to another one" in what


def test_words_that_only_contain_such_a_word_are_left_alone(letters: Letters) -> None:
    plain = "Your urgent repairs come first. 緊急対応の計画について。 Free of charge for a day? Re-reading it is worth it."

    assert doubts_of(letters, with_line(5, plain)) == []


def test_a_japanese_subject_is_long_sooner(letters: Letters) -> None:
    subject = "保全計画の立て方" * 6

    assert [what for _, what, _ in doubts_of(letters, with_line(2, f"{{% block subject %}}{subject}{{% endblock %}}"), "ja")] == [
        "the subject has 48 characters, and mailboxes show fewer"
    ]
