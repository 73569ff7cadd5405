"""Finds words and shapes in letters that make mail filters doubt them. Nothing of it is wrong by itself, so nothing is refused for it."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from mail.anchors import links_of_html
from mail.letters import Letters
from mail.proofread import written_for_anybody
from mail.templates import name_of_letter
from nurture.plan.campaign import Campaign
from nurture.plan.problems import Problem

_WORDS: Final = re.compile(
    r"100 ?% free|\bact now\b|\brisk[- ]free\b|\bdouble your\b|\bextra income\b|\bearn (?:money|cash)\b|\bcash bonus\b"
    r"|\bonce in a lifetime\b"
    r"|\bthis is not spam\b|\byou(?: are|'re| have)(?: a| been)? (?:the )?(?:winner|won|selected)\b|\bviagra\b|\bcasino\b|\blottery\b"
    r"|\bguaranteed (?:income|profit|results?)\b|\b(?:buy|order) now\b|\blimited[- ]time\b|\blast chance\b|\bno obligation\b"
    r"|\bdon[’']t miss\b|\bfree!|\$\$+"
    r"|完全無料|絶対に?(?:儲か|お得|損し)|必ず(?:儲か|当た)|今すぐ(?:クリック|お?申し?込み|登録)|当選|激安|期間限定|見逃し厳禁|最終警告"
    r"|高収入|副業|アカウント.{0,6}停止|おめでとうございます|[¥￥]{2,}",
    re.IGNORECASE,
)
_POINTING: Final = re.compile(r"\bclick here\b|(?:こちら|ここ)をクリック", re.IGNORECASE)
_SHOUTING: Final = re.compile(r"[!！]{2,}|[?？][!！]|★{2,}|☆{2,}|■{3,}")
_PRETENDING: Final = re.compile(r"\s*(?:re|fw|fwd|aw|返信|転送)\s*[:：]", re.IGNORECASE)
_PRESSING: Final = re.compile(r"\W*(?:urgent|important|緊急|至急|重要)\s*[!:：！】\]]", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_SHORTENERS: Final = ("bit.ly", "buff.ly", "goo.gl", "is.gd", "ow.ly", "t.co", "tinyurl.com", "x.gd")
_LEAST_WORDS: Final = 100
"""Characters that a letter with pictures has at least."""

_LONGEST_SUBJECT: Final = {"ja": 40}
_LONGEST_SUBJECT_ELSE: Final = 78


def doubts(letters: Letters, campaign: Campaign) -> list[Problem]:
    """What may keep letters of a campaign from arriving, in every language; only for letters that have no problems."""
    found: list[Problem] = []
    for letter in campaign.letters:
        for file in sorted((letters.folder / campaign.name).glob(f"{letter}.*.html")):
            found += doubts_of(letters, campaign, letter, file.name.split(".")[1])
    return found


def doubts_of(letters: Letters, campaign: Campaign, letter: str, language: str) -> list[Problem]:
    """The same for one letter in one language."""
    file = letters.folder / name_of_letter(campaign.name, letter, language)
    source = file.read_text(encoding="utf-8")
    written = written_for_anybody(letters, campaign.name, letter, language)
    shapes = (*_in_subject(written.subject, language), *_in_links(written.html), *_in_pictures(source))
    slips = [*_in_words(source), *((_line_with(shown, source), what, fix) for shown, what, fix in shapes)]
    return [Problem(file=str(file), line=line, what=what, fix=fix) for line, what, fix in sorted(slips)]


def _in_words(source: str) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(source.splitlines(), 1):
        said = _words_of(line)
        if word := _WORDS.search(said):
            yield number, f"filters know '{word[0]}' from advertising that nobody asked for", "say it in other words"
        if word := _POINTING.search(said):
            yield number, f"'{word[0]}' does not say where the link leads, and filters know it", "make a link of what is there"
        if shout := _SHOUTING.search(said):
            yield number, f"'{shout[0]}' shouts, and filters hear it", "one sign is enough"


def _in_subject(subject: str, language: str) -> Iterator[tuple[str, str, str]]:
    signs = [sign for sign in subject if sign.isalpha() and sign.isascii()]
    if len(signs) >= 8 and all(sign.isupper() for sign in signs):
        yield "block subject", "the subject is in capitals", "write it like a sentence"
    if _PRETENDING.match(subject):
        yield "block subject", "the subject looks like an answer, and the law wants an honest one", "say what the letter is about"
    if _PRESSING.match(subject):
        yield "block subject", "the subject presses, as fraud does", "say what the letter is about"
    if len(subject) > (longest := _LONGEST_SUBJECT.get(language, _LONGEST_SUBJECT_ELSE)):
        yield "block subject", f"the subject has {len(subject)} characters, and mailboxes show fewer", f"{longest} at most"


def _in_links(html: str) -> Iterator[tuple[str, str, str]]:
    for href, words in links_of_html(html):
        host = urlsplit(href).hostname or ""
        if _ADDRESS.match(words):
            what = f"the words of a link are an address, '{words}': where clicks are counted it leads to another one, as in phishing"
            yield words, what, "write words"
        if host in _SHORTENERS or re.fullmatch(r"[\d.]+", host):
            yield host, f"'{host}' hides where the link leads", "link to the page itself"


def _in_pictures(source: str) -> Iterator[tuple[str, str, str]]:
    html = source.partition("{% block html %}")[2].partition("{% endblock %}")[0]
    if "<img" in html and len(_words_of(html).strip()) < _LEAST_WORDS:
        yield "<img", "the letter has pictures and hardly a word", "say in words what the pictures show"


def _words_of(template: str) -> str:
    return re.sub(r"\{\{.*?\}\}|\{%.*?%\}|<[^>]*>", " ", template)


def _line_with(shown: str, source: str) -> int:
    return source.count("\n", 0, source.find(shown)) + 1 if shown in source else 0
