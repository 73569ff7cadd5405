"""Why a lead has not got a letter, reason by reason, on the core alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest

from nurture.actions import Errand, Receipt, SendTouch, Status
from nurture.engagements import Engagement
from nurture.kinds import Refusal
from nurture.leadside import ConsentAsked, DemoRequested, IssueOpened, OptedIn, OptedOut, Replied
from nurture.ourside import ContractChanged, Enrolled, Held
from nurture.profile import Contract, Profile
from nurture.state import LeadState, newcomer
from nurture.why.answering import about
from nurture.why.explaining import Answer, UnknownLetter, Verdict, campaigns_with, where
from nurture.why.history import History
from nurture.why.missing import why_not
from nurture.why.playing import Carried, Coming, Turn, play
from nurture.why.supposing import Fork, Supposed
from tests.scenarios.telling import campaign, rule, task

LEAD = UUID(int=7)
MONDAY = datetime(2040, 3, 5, 10, tzinfo=UTC)
STEPS: list[dict[str, Any]] = [{"email": "hello"}, {"wait": "7 days"}, {"email": "basics"}, {"email": "offer"}]


class World(Fork):
    """A world that refuses what it is told to refuse."""

    refuses: dict[str, Refusal] = {}

    def carried(self, errand: Errand, state: LeadState, now: datetime) -> Carried:
        if isinstance(errand, SendTouch) and (reason := self.refuses.get(errand.letter)):
            return Carried(at=now, receipt=Receipt(status=Status.REFUSED, reason=reason, until=now + timedelta(days=9)))
        return super().carried(errand, state, now)


def life(*happened: tuple[int, Engagement], days: int = 8, refuses: dict[str, Refusal] | None = None, **parts: Any) -> Sequence[Turn]:
    """A lead in a campaign, with what happens to it so many days after the start."""
    plan = campaign("welcome", **{"tracks": {"educate": STEPS}} | parts)
    begins = Enrolled(at=MONDAY, campaign=plan, enrollment=1, profile=Profile(zone="Europe/London", country="GB"))
    coming = [Coming(at=MONDAY, engagement=begins)]
    coming += [Coming(at=on(day), engagement=replace(what, at=on(day))) for day, what in happened]
    world = type("Refusing", (World,), {"refuses": refuses or {}})(history=History(lead=LEAD, heard=()), current={}, supposed=Supposed())
    return list(play(newcomer(LEAD), coming, world, MONDAY, on(days)))


def on(day: int) -> datetime:
    return MONDAY + timedelta(days=day)


def answer(turns: Sequence[Turn], letter: str) -> Answer:
    [of] = campaigns_with(letter, turns, {})
    return why_not(letter, of, turns, turns[-1].at)


@pytest.mark.parametrize(
    ("turns", "letter", "verdict", "because"),
    [
        (life(days=3), "basics", Verdict.WAITS, "ahead of the lead in the track 'educate', where it is now, after 'wait-2'"),
        (life(days=3), "basics", Verdict.WAITS, "It waits until Mon 12 Mar 2040"),
        (
            life((3, Held(at=MONDAY, until=date(2040, 6, 1)))),
            "basics",
            Verdict.ON_HOLD,
            "on hold until 2040-06-01: a human paused this lead",
        ),
        (
            life(
                (3, DemoRequested(at=MONDAY)),
                rules=[rule("demo", "demo_requested", "fast")],
                tracks={"educate": STEPS, "fast": [task("demo"), *STEPS]},
            ),
            "basics",
            Verdict.WITH_A_REP,
            "a rep has this lead (demo)",
        ),
        (life(days=9, cap={"touches": 1, "per": "30 days"}), "basics", Verdict.WAITS, "the cap of 1 letter in 30 days is full until"),
        (
            life((3, IssueOpened(at=MONDAY, issue=UUID(int=1))), days=12, purposes={"offer": "sales"}),
            "offer",
            Verdict.WAITS,
            "'offer' waits until what is open is settled",
        ),
        (
            life((3, OptedOut(at=MONDAY))),
            "basics",
            Verdict.OVER,
            "welcome is over for this lead since Thu 08 Mar 2040 10:00: the lead refused",
        ),
        (
            life((2, ContractChanged(at=MONDAY, contract=Contract(ends_on=date(2042, 1, 1)))), (3, OptedOut(at=MONDAY)), days=5),
            "basics",
            Verdict.BARRED,
            "The lead has refused letters about 'welcome'",
        ),
        (life(refuses={"basics": Refusal.NO_CONSENT}), "basics", Verdict.BARRED, "There is no consent to write about 'welcome'"),
        (life(refuses={"basics": Refusal.CAPPED}), "basics", Verdict.WAITS, "a cap, as the ledger of letters counts, is full until"),
    ],
)
def test_what_keeps_a_letter_is_said(turns: Sequence[Turn], letter: str, verdict: Verdict, because: str) -> None:
    told = answer(turns, letter)

    assert told.verdict is verdict
    assert because in " ".join(told.says)


ASKED = ConsentAsked(at=MONDAY, confirmation=UUID(int=3), edition="welcome@1", topic="welcome", until=MONDAY + timedelta(days=7))


@pytest.mark.parametrize(
    ("turns", "verdict", "because"),
    [
        (life(days=2), Verdict.NOT_ASKED, "the lead has agreed to nothing that is to be confirmed"),
        (life((1, ASKED), days=3), Verdict.SENT, "It may be confirmed until Mon 12 Mar 2040 10:00; nothing else about 'welcome' goes"),
        (life((1, ASKED), (2, OptedIn(at=MONDAY, topic="welcome")), days=3), Verdict.SENT, "The lead confirmed on Wed 07 Mar 2040 10:00."),
        (life((1, ASKED), days=9), Verdict.SENT, "It was not confirmed by Mon 12 Mar 2040 10:00, so there is no consent"),
        (life((1, ASKED), refuses={"confirm": Refusal.REJECTED}, days=3), Verdict.REFUSED, "refused by the send itself: rejected"),
        (life((1, OptedOut(at=MONDAY, topic="welcome")), (2, ASKED), days=3), Verdict.BARRED, "and no form lifts that"),
        (
            life((1, ASKED), (2, replace(ASKED, confirmation=UUID(int=4), until=MONDAY + timedelta(days=9))), days=3),
            Verdict.SENT,
            "It agreed again on Wed 07 Mar 2040 10:00, and that is what counts.",
        ),
    ],
)
def test_the_letter_that_asks_to_confirm_a_consent_is_explained_too(turns: Sequence[Turn], verdict: Verdict, because: str) -> None:
    told = about("confirm", History(lead=LEAD, heard=()), turns, {}, {}, turns[-1].at)[0]

    assert told.verdict is verdict
    assert because in " ".join(told.says)


def test_a_letter_of_this_name_in_a_campaign_that_is_not_there_is_unknown() -> None:
    with pytest.raises(UnknownLetter, match="no campaign nowhere"):
        about("nowhere/confirm", History(lead=LEAD, heard=()), life(days=1), {}, {}, MONDAY)


def test_a_way_that_was_not_taken_is_named_with_the_facts_of_then() -> None:
    fork = {"branch": [{"if": "touches > 3", "go": "many"}, {"if": "language == 'en'", "go": "english"}, {"go": "rest"}]}
    turns = life(tracks={"educate": [fork], "many": [{"email": "a"}], "english": [{"email": "b"}], "rest": [{"email": "c"}]})

    many, rest = answer(turns, "a"), answer(turns, "c")

    assert (many.verdict, rest.verdict) == (Verdict.OTHER_WAY, Verdict.OTHER_WAY)
    assert "The step 'branch-1' of 'educate' leads there if touches > 3." in many.says
    assert "went another way: language == 'en' (language is en, touches is 0)." in many.says[-1]
    assert "The step 'branch-1' of 'educate' leads everyone else there." in rest.says


def test_a_rule_that_would_lead_to_a_letter_says_where_it_looks_and_whether_it_would_hold() -> None:
    tracks: dict[str, Any] = {"educate": STEPS, "later": [], "talk": [{"email": "nice"}]}
    turns = life(tracks=tracks, rules=[rule("wrote", "replied", "talk", **{"in": ["later"], "if": "replies > 1"})])

    told = answer(turns, "nice")

    assert told.verdict is Verdict.NOT_ENTERED
    assert told.says[2:] == (
        "The rule 'wrote' leads there when this comes in: replied, while it is in 'later' (it is in 'educate'), "
        "if replies > 1, which does not hold: replies is 0.",
    )


def test_a_letter_of_a_campaign_that_the_lead_was_never_in_is_not_expected() -> None:
    other = campaign("fair", tracks={"fair": [{"email": "thank_you"}]})
    turns = life()

    [having] = campaigns_with("thank_you", turns, {"fair": other})
    told = why_not("thank_you", having, turns, on(8))

    assert told.verdict is Verdict.NOT_ENROLLED
    assert told.says == ("'thank_you' is a letter of fair, and the lead has never been in that campaign.",)
    with pytest.raises(UnknownLetter, match="no campaign has a letter 'basic'; did you mean 'basics'"):
        campaigns_with("basic", turns, {"fair": other})


def test_what_keeps_a_lead_is_said_of_its_moment() -> None:
    turns = life((3, Replied(at=MONDAY)), (4, IssueOpened(at=MONDAY, issue=uuid5(LEAD, "issue"))), days=6)

    told = where(turns, on(5))

    assert told.verdict is Verdict.HERE
    assert "1 of its issues was open, so nothing was sold to it." in told.says
    assert [one.what for one in told.decisions][-2:] == ["replied", "issue opened"]
