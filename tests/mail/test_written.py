"""Letters are read as people get them: what would be cut off, lead nowhere or break the law is named with its line and its cure."""

from pathlib import Path

import pytest

from mail.letters import Letters
from tests.mail.test_proofread import GOOD, campaign, problems_of, with_line


def linking(html: str = "", text: str = "") -> tuple[str, ...]:
    """A good letter with this on its line 5, or on its line 8."""
    return with_line(5, html) if html else with_line(8, text)


@pytest.mark.parametrize(
    "written",
    [
        '<a href="{{ links.site }}/guide?a=1&amp;b=2#top">Guide</a>',
        '<a href="{{ links.site }}">{{ sender.name }}</a>',
        '<a href="https://www.example.org/a"><img src="x.png" alt="A picture"></a>',
        '<a href="mailto:sales@example.com">Write</a> <a href="tel:+81312345678">Call</a>',
        '<a name="here">no link at all</a>',
    ],
)
def test_links_that_lead_somewhere_are_no_problem(letters: Letters, written: str) -> None:
    assert problems_of(letters, linking(html=written)) == []


@pytest.mark.parametrize(
    ("written", "what", "fix"),
    [
        ('<a href="">Guide</a>', "a link leads nowhere", "write the address of a page, or take the link out"),
        ('<a href="#">Guide</a>', "a link leads nowhere", "write the address of a page, or take the link out"),
        ('<a href="/guide">Guide</a>', "'/guide' leads nowhere: a letter has no site around it", "begin it with {{ links.site }}/"),
        ('<a href="www.example.com">Us</a>', "'www.example.com' leads nowhere", "or with https://"),
        ('<a href="#below">Below</a>', "'#below' leads nowhere", "begin it with"),
        ('<a href="http://www.example.com/">Us</a>', "'http://www.example.com/' is not safe on its way", "write https://"),
        ('<a href="javascript:alert(1)">Us</a>', "mail programs do not follow 'javascript:'", "write https://, mailto: or tel:"),
        ('<a href="https:///guide">Guide</a>', "'https:///guide' is no address", "write it like https://www.example.com/page"),
        ('<a href="https://example/guide">Guide</a>', "'https://example/guide' is no address", "write it like"),
        ('<a href="https://[x/">Guide</a>', "'https://[x/' is no address", "write it like"),
        ('<a href="{{ links.site }}/guide"> </a>', "a link has no words", "say where it leads; a picture needs an 'alt'"),
        ('<a href="{{ links.site }}/guide"><img src="x.png"></a>', "a link has no words", "a picture needs an 'alt'"),
    ],
)
def test_a_link_that_leads_nowhere_is_named_with_its_line_and_its_cure(letters: Letters, written: str, what: str, fix: str) -> None:
    [found] = problems_of(letters, linking(html=written))

    assert found[0] == 5
    assert what in found[1]
    assert fix in found[2]


@pytest.mark.parametrize(
    "written", ["See http://www.example.com/a.", "(http://www.example.com/a)", "詳細はhttp://www.example.com/aをご覧ください"]
)
def test_the_text_part_is_read_as_well(letters: Letters, written: str) -> None:
    assert problems_of(letters, linking(text=written)) == [(8, "'http://www.example.com/a' is not safe on its way", "write https://")]


def test_pages_that_the_site_does_not_have_are_named_in_both_parts_where_the_pages_are_listed(letters: Letters) -> None:
    (letters.folder / "pages.txt").write_text("# The site.\n/guide\n/help/*\n", encoding="utf-8")
    lines = (*linking(html='<a href="{{ links.site }}/guid?a=1">Guide</a><a href="{{ links.site }}/help/first">Help</a>')[:7],)
    lines = (*lines, "{{ links.site }}/hel, {{ links.site }}/guide/ and {{ links.site }}/.", "{% endblock %}")

    assert problems_of(letters, lines) == [
        (5, "the site has no page '/guid'", "did you mean '/guide'?"),
        (8, "the site has no page '/hel'", "did you mean '/help/*'?"),
    ]


def test_a_link_is_only_wrong_for_the_leads_that_get_it(letters: Letters) -> None:
    written = '{% if not lead.company %}<a href="http://{{ lead.family_name }}.example.com/{{ language }}/x">Us</a>{% endif %}'

    assert [(line, what) for line, what, _ in problems_of(letters, linking(html=written))] == [
        (5, "'http://.example.com/en/x' is not safe on its way")
    ]


def test_a_letter_that_mailboxes_would_cut_off_is_named_with_its_size(letters: Letters) -> None:
    assert problems_of(letters, linking(html="<p>" + "四季の保全計画 " * 4_000 + "</p>")) == []
    [found] = problems_of(letters, linking(html="<p>" + "四季の保全計画 " * 5_000 + "</p>"))

    assert found[0] == 0
    assert "KB of HTML, and mailboxes show 102 KB of one" in found[1]


@pytest.mark.parametrize(
    ("file", "part", "name", "what"),
    [
        ("layout.html", "HTML", "sender.legal_name", "the company's legal name"),
        ("layout.html", "HTML", "links.unsubscribe", "the link that refuses letters"),
        ("layout.txt", "text", "sender.postal_address", "its postal address"),
        ("layout.txt", "text", "sender.contact", "where complaints go"),
        ("layout.txt", "text", "links.unsubscribe", "the link that refuses letters"),
    ],
)
def test_what_the_law_wants_below_every_letter_is_missed_once(letters: Letters, file: str, part: str, name: str, what: str) -> None:
    layout = letters.folder / file
    layout.write_text(layout.read_text(encoding="utf-8").replace(f"{{{{ {name} }}}}", "x"), encoding="utf-8")
    (letters.folder / "welcome" / "news.en.html").write_text("\n".join(GOOD), encoding="utf-8")

    [found] = [problem for problem in letters.check(campaign("news", "hello")) if "lacks" in problem.what]
    assert (Path(found.file).name, found.line) == (file, 0)
    assert (found.what, found.fix) == (f"the {part} part lacks {what}", f"put {{{{ {name} }}}} back")


def test_a_wrong_link_of_the_layout_is_named_there_and_once(letters: Letters) -> None:
    layout = letters.folder / "layout.html"
    before = layout.read_text(encoding="utf-8")
    layout.write_text(before.replace('<a href="{{ links.site }}">', '<a href="http://www.example.com">'), encoding="utf-8")

    [found] = letters.check(campaign("hello"))
    line = next(number for number, said in enumerate(before.splitlines(), 1) if '<a href="{{ links.site }}">' in said)
    assert (Path(found.file).name, found.line, found.fix) == ("layout.html", line, "write https://")
