"""Links of letters: signed, counted where people go on, and left alone where they refuse letters."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.anchors import links_of_html, links_of_text
from mail.clicks import with_counted_links
from mail.facts import Facts, Links
from mail.letters import Letters, Rendered
from mail.links import click_token, click_url, preferences_token, read_click_token, unsubscribe_token

SECRET = "a secret of enough length"
TOUCH = UUID("01920000-0000-7000-8000-000000000001")
LINKS = Links(
    unsubscribe="https://letters.example.com/u/abc",
    preferences="https://letters.example.com/preferences/abc",
    site="https://letters.example.com",
)
TARGETS = st.just("") | st.from_regex(r"/[a-z0-9/?&=%#]{0,80}", fullmatch=True) | st.from_regex(r"https://[a-z.]{1,30}/é?", fullmatch=True)


@given(st.uuids(), TARGETS)
def test_a_token_says_which_letter_and_where_to_and_no_other_is_believed(touch: UUID, target: str) -> None:
    token = click_token(SECRET, touch, target)

    assert read_click_token(SECRET, token) == (touch, target)
    assert read_click_token("another secret of length", token) is None
    assert read_click_token(SECRET, token[:-1]) is None
    assert read_click_token(SECRET, token + "A") is None


def test_a_token_with_any_character_changed_leads_nowhere() -> None:
    token = click_token(SECRET, TOUCH, "https://www.example.com/prices")
    changed = [token[:at] + ("A" if letter != "A" else "B") + token[at + 1 :] for at, letter in enumerate(token)]

    assert {read_click_token(SECRET, each) for each in changed} == {None}


@pytest.mark.parametrize("make", [unsubscribe_token, preferences_token])
def test_a_link_that_was_made_to_refuse_letters_is_no_link_to_follow(make: object) -> None:
    assert callable(make)
    assert read_click_token(SECRET, make(SECRET, TOUCH, "/prices")) is None
    assert read_click_token(SECRET, click_token(SECRET, TOUCH, "/prices")) is not None


def counted(target: str) -> str:
    return f"[{target}]"


def in_html(href: str) -> str:
    """Where a link of a letter leads once its links are counted."""
    rendered = Rendered(
        subject="s", html=f'<html><body class="x"><p><a class="a>b" href="{href}">x</a></p></body></html>', text="", language="en"
    )
    unseen, found = links_of_html(with_counted_links(rendered, LINKS, counted).html)
    assert unseen == ("[]", "\u200b")
    return found[0]


def in_text(text: str) -> str:
    rendered = Rendered(subject="s", html="<body></body>", text=text, language="en")
    return with_counted_links(rendered, LINKS, counted).text


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://letters.example.com", "/"),
        ("https://letters.example.com/guides/planning?a=1&amp;b=2", "/guides/planning?a=1&b=2"),
        ("https://letters.example.com?a=1", "/?a=1"),
        ("https://www.example.org/x", "https://www.example.org/x"),
        ("https://letters.example.com.example.net/x", "https://letters.example.com.example.net/x"),
    ],
)
def test_a_link_to_this_site_or_by_https_is_counted(url: str, target: str) -> None:
    assert in_html(url) == f"[{target}]"


@pytest.mark.parametrize(
    "url",
    [
        "https://letters.example.com/u/abc",
        "https://letters.example.com/u/abc?again",
        "https://letters.example.com/preferences/abc",
        "http://www.example.org/",
        "mailto:sales@example.com",
        "tel:+81312345678",
        "https://letters.example.com//www.example.net/",
        "https://www.example.org/" + "x" * 1500,
    ],
)
def test_where_letters_are_refused_and_whatever_is_no_target_stays_as_it_was_written(url: str) -> None:
    assert in_html(url) == url
    assert in_text(url) == url


def test_in_plain_text_the_sentence_around_an_address_stays() -> None:
    assert in_text("See https://www.example.org/a.\n(https://letters.example.com/b)、") == "See [https://www.example.org/a].\n([/b])、"
    assert in_text("詳細はhttps://www.example.org/aをご覧ください。") == "詳細は[https://www.example.org/a]をご覧ください。"


def test_a_whole_letter_keeps_its_words_and_both_parts_lead_to_the_same_places(letters: Letters, facts: Facts) -> None:
    plain = letters.render("welcome", "hello", "en", "en", facts)
    tracked = with_counted_links(plain, facts.links, lambda target: click_url("https://letters.example.com", SECRET, TOUCH, target))

    def leads_to(url: str) -> str | None:
        found = read_click_token(SECRET, url.rpartition("/c/")[2])
        return found[1] if found else None

    words = [said for _, said in links_of_html(plain.html)]
    assert [said for _, said in links_of_html(tracked.html)] == ["\u200b", *words]
    hrefs = [href for href, _ in links_of_html(tracked.html)]
    assert hrefs[-1] == facts.links.unsubscribe
    assert leads_to(hrefs[0]) == ""
    assert {leads_to(url) for url in links_of_text(tracked.text)} - {None} <= {leads_to(href) for href in hrefs[1:]}
    assert facts.links.unsubscribe in links_of_text(tracked.text)
    assert (tracked.subject, tracked.language) == (plain.subject, plain.language)
