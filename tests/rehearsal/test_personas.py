"""Personas are data: those that come with the product are right, and in anybody's file every mistake has its line and its fix."""

from datetime import date
from pathlib import Path

import pytest

from nurture.kinds import Outcome
from nurture.plan.problems import CampaignError
from nurture.plan.spans import Span
from rehearsal.fitting import misfits
from rehearsal.personas import Term, named, presets, read_personas, read_script
from rehearsal.stage import Part
from store.campaigns.files import read_campaign_file

ROOT = Path(__file__).parents[2]


def wrong_in(path: Path, text: str) -> list[str]:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CampaignError) as wrong:
        read_personas(path)
    return [str(problem).removeprefix(f"{path}:") for problem in wrong.value.problems]


def test_the_personas_that_come_with_the_product_cover_the_stories_and_are_all_different_people() -> None:
    known = presets()

    assert {"silent", "eager", "stuck_at_the_top", "demo_out_of_nowhere", "absent", "near_renewal"} <= known.keys()
    assert {"stalled_after_proposal", "everybody_gone", "beyond_the_machine"} <= known.keys()
    assert all(persona.about for persona in known.values())
    assert len({persona.person.email for persona in known.values()}) == len(known)
    assert len({persona.person.company for persona in known.values()}) == len(known)
    assert {persona.person.language for persona in known.values()} == {"ja", "en"}
    assert all(persona.person.zone for persona in known.values())


def test_a_persona_says_who_it_is_what_it_does_and_what_reps_answer(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "late_buyer:\n"
        "  about: buys late\n"
        "  lead: {family_name: 水沢, country: JP, language: ja, fit: good}\n"
        "  contract: {ends_in: 90 days, auto_renews: true}\n"
        "  does: [{after 2 days: [replied, rated 9]}]\n"
        "  reps:\n"
        "    demo: [nurture, won for 365 days]\n"
        "    any: {answer: not_now until 2040-09-01, after: 2 hours, learned: {size: large}}\n"
        "    renewal: nobody\n",
        encoding="utf-8",
    )

    persona = read_personas(path)["late_buyer"]

    assert (persona.person.family_name, persona.person.zone, persona.person.email) == ("水沢", "Asia/Tokyo", "late-buyer@example.com")
    assert persona.contract == Term(length=Span.parse("90 days"), auto_renews=True, file=str(path), line=4)
    assert [cue.deed.words for cue in persona.cues] == ["replied", "rated 9"]
    assert [answer.outcome for answer in persona.answers["demo"]] == [Outcome.NURTURE, Outcome.WON]
    [other] = persona.answers["any"]
    assert (other.day, other.after, other.learned) == (date(2040, 9, 1), Span.parse("2 hours"), (("size", "large"),))
    assert persona.answers["renewal"][0].outcome is None


def test_every_mistake_is_said_at_once_with_its_line_the_wrong_value_and_the_fix(tmp_path: Path) -> None:
    said = wrong_in(
        tmp_path / "mine.yaml",
        "late:\n"
        "  abuot: buys late\n"
        "  lead:\n"
        "    country: XX\n"
        "    language: japanese\n"
        "    shoe_size: 42\n"
        "  consent: perhaps\n"
        "  contract: {ends_in: soon}\n"
        "  does:\n"
        "    - after 2 days: repleid\n"
        "    - some day: replied\n"
        "  reps:\n"
        "    demo: wonn\n"
        "    renewal: lost for 90 days\n",
    )

    assert said[0] == "2: 'abuot' is not known here; did you mean 'about'?"
    assert said[1].startswith("4: country ")
    assert said[1].endswith("'XX'; correct it")
    assert said[2].startswith("5: language is not a language of two letters like 'ja' or 'en': 'japanese'")
    assert said[3].startswith("6: 'shoe_size' is not known here; known are ")
    assert said[4:6] == [
        "7: 'perhaps' is neither true nor false; write true or false",
        "8: 'soon' is not a length of time; write it like '3 days', '2 working days', '4 hours' or '1 week'",
    ]
    assert said[6:8] == [
        "10: 'repleid' is nothing that a lead does; did you mean 'replied'?",
        "11: 'some day' does not say when; write 'after 2 days', 'on letter hello + 3 hours', 'on task demo', 'on track long_hold', "
        "or a day like 2040-05-01 10:00",
    ]
    assert said[8] == "13: 'wonn' is no answer of a rep; did you mean 'won'?"
    assert said[9].startswith("14: 'for 90 days' does not belong after 'lost'; ")
    assert len(said) == 10


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1: the file is empty; begin with a line like 'silent: {about: never answers}'"),
        ("- a\n- b\n", "1: this is not a file of personas; begin with a line like 'silent: {about: never answers}'"),
        ("a: {does: [after 2 days}\n", "1: this cannot be read as YAML"),
        ("a: 7\n", "1: '7' cannot stand here; write keys and values, indented below it"),
    ],
)
def test_what_is_no_file_of_personas_is_refused_in_the_words_of_personas(tmp_path: Path, text: str, said: str) -> None:
    [problem] = wrong_in(tmp_path / "mine.yaml", text)

    assert problem.startswith(said)


def test_a_script_that_is_not_there_and_a_persona_that_nobody_knows_are_named(tmp_path: Path) -> None:
    with pytest.raises(CampaignError, match=r"story\.yaml: there is no such file; see if its name is right"):
        read_script(tmp_path / "story.yaml")
    with pytest.raises(CampaignError, match="there is no persona 'silnet'; did you mean 'silent'"):
        named("silnet", presets())


def test_what_a_script_names_must_be_there_and_its_days_within_the_rehearsal(tmp_path: Path) -> None:
    path = tmp_path / "story.yaml"
    path.write_text(
        "contract: {ends_on: 2040-01-31}\n"
        "does:\n"
        "  - 2040-04-01: replied\n"
        "  - 2040-04-10: replied\n"
        "  - 2041-04-10: replied\n"
        "  - on letter helo: clicked\n"
        "  - on letter 3: clicked hello\n"
        "  - on track educte: opted_out insight\n"
        "  - after 1 day: learned sise=large\n"
        "reps: {dmeo: won}\n",
        encoding="utf-8",
    )
    welcome, _ = read_campaign_file(ROOT / "campaigns" / "welcome.yaml")
    part = Part(persona=read_script(path), since=date(2040, 4, 2), days=100)

    said = [str(problem).removeprefix(f"{path}:") for problem in misfits(part, {"welcome": welcome})]

    assert said == [
        "3: 2040-04-01 is not within the rehearsal, which goes from 2040-04-02 to 2040-07-10; "
        "give another day, or begin earlier or play longer",
        "5: 2041-04-10 is not within the rehearsal, which goes from 2040-04-02 to 2040-07-10; "
        "give another day, or begin earlier or play longer",
        "6: no campaign here has the letter 'helo'; did you mean 'hello'?",
        "8: no campaign here has the track 'educte'; did you mean 'educate'?",
        "8: no campaign here has the topic 'insight'; did you mean 'insights'?",
        "9: no campaign here has the field 'sise'; did you mean 'size'?",
        "1: the contract ends on 2040-01-31, before the rehearsal begins on 2040-04-02; give a later day, or write 'ends_in: 150 days'",
        "10: no campaign here has the task 'dmeo'; did you mean 'demo'?",
    ]
