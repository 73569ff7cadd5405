"""The letters of the sample campaigns: each in both languages and in both parts, and each where it belongs."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from mail.facts import Addressee, Facts
from mail.letters import Letters
from mail.templates import HOUSE, name_of_letter
from mail.written import pages_of
from nurture.confirming import CONFIRM
from nurture.kinds import Purpose
from nurture.plan.campaign import Campaign
from nurture.plan.track import Email
from nurture.stages import selling_begins, stage_is_at_least
from store.campaigns.files import read_campaign_file
from web.words import reading
from web.words.reading_english import READING

ROOT = Path(__file__).resolve().parents[2]
LETTERS = Letters(ROOT / "email_templates")
CAMPAIGNS = {file.stem: read_campaign_file(file)[0] for file in sorted((ROOT / "campaigns").glob("*.yaml"))}
EVERY_LETTER = [(name, letter, language) for name, plan in CAMPAIGNS.items() for letter in plan.letters for language in ("en", "ja")]
EVERY_LETTER += [(HOUSE, CONFIRM, language) for language in ("en", "ja")]
STRANGER = Addressee()
KANA = re.compile(r"[ぁ-んァ-ヶ]")
FOOT = "\n--------------------------------\n"


def source_of(campaign: str, letter: str, language: str) -> str:
    return (LETTERS.folder / name_of_letter(campaign, letter, language)).read_text(encoding="utf-8")


def links_in(part: str) -> set[str]:
    return {path.rstrip(".") for path in re.findall(r"\{\{ links\.site \}\}(/[\w./-]+)", part)}


@pytest.mark.parametrize(("campaign", "letter", "language"), EVERY_LETTER)
def test_every_letter_is_written_in_both_languages_and_for_a_stranger_too(campaign: str, letter: str, language: str, facts: Facts) -> None:
    for addressee in (facts.lead, STRANGER):
        written = LETTERS.render(campaign, letter, language, "none", replace(facts, lead=addressee))
        body = written.text.partition(FOOT)[0]

        assert written.language == language
        told = written.subject.replace(facts.sender.name, "")
        assert bool(KANA.search(told)) is bool(KANA.search(body.replace(facts.sender.name, ""))) is (language == "ja")
        assert len(written.subject) <= (36 if language == "ja" else 60)
        assert body.startswith(addressee.salutation_in(language))
        assert not re.search(r"\blorem\b|\bTODO\b|\S  +\S|\{\{|\bNone\b", body)


@pytest.mark.parametrize(("campaign", "letter", "language"), EVERY_LETTER)
def test_both_parts_lead_to_the_same_pages_and_a_preheader_goes_on_from_the_subject(campaign: str, letter: str, language: str) -> None:
    source = source_of(campaign, letter, language)
    html, text = (source.partition(f"{{% block {part} %}}")[2].partition("{% endblock %}")[0] for part in ("html", "text"))
    subject, preheader = (re.findall(rf"{{% block {part} %}}(.+){{% endblock %}}", source) for part in ("subject", "preheader"))

    assert links_in(html) == links_in(text)
    assert len(subject) == len(preheader) == 1
    assert subject != preheader
    assert not [path for path in links_in(source) if reading(language, path.strip("/")) is None], "the example site has no such page"
    assert "<img" not in source


def test_the_pages_that_letters_may_lead_to_are_those_of_the_example_site() -> None:
    assert pages_of(LETTERS.folder) == frozenset(f"/{path}" for path in READING)


def test_no_letter_lies_there_that_no_campaign_sends() -> None:
    sent = {(name, letter) for name, plan in CAMPAIGNS.items() for letter in plan.letters}
    lying = {(path.parent.name, path.name.split(".")[0]) for path in LETTERS.folder.glob("*/*.html")}

    assert lying == sent | {(HOUSE, CONFIRM)}


@pytest.mark.parametrize("plan", CAMPAIGNS.values(), ids=CAMPAIGNS)
def test_who_still_learns_gets_no_letter_that_sells_or_names_a_price(plan: Campaign) -> None:
    learning = [track for track in plan.tracks.values() if not stage_is_at_least(track.stage, selling_begins(plan.stages))]
    letters = {step.email for track in learning for step in track.steps if isinstance(step, Email)}

    assert not [letter for letter in letters if plan.purpose(letter) in (Purpose.SALES, Purpose.ONBOARDING)]
    assert not [letter for letter in letters if any("/pricing" in source_of(plan.name, letter, language) for language in ("en", "ja"))]


def test_the_long_campaigns_take_turns_with_the_purposes_of_their_letters() -> None:
    first = [CAMPAIGNS["welcome"].purpose(step.email) for step in CAMPAIGNS["welcome"].tracks["educate"].steps if isinstance(step, Email)]

    assert set(first) >= {Purpose.HELP, Purpose.BENEFIT, Purpose.OBJECTION, Purpose.INVITATION, Purpose.CHECK_IN}
