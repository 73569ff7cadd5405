"""What must hold for every lead, whatever happens to it and in whatever order."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from nurture.actions import End, HandOff, Receipt, SendTouch, Status, Wait
from nurture.after import after_errand, after_record
from nurture.calendar import add, is_open
from nurture.engagements import Engagement
from nurture.fold import fold
from nurture.foresee import foresee, record_of, settle, standing_of
from nurture.kinds import Fit, Outcome, Refusal
from nurture.leadside import Absent, Bounced, DemoRequested, Downloaded, OptedOut, Replied
from nurture.ourside import ContractChanged, Enrolled, Held, Released, TaskCompleted
from nurture.plan.campaign import Campaign
from nurture.profile import Contract, Profile
from nurture.state import LeadState, newcomer

START = datetime(2040, 3, 4, 12, tzinfo=UTC)
LEAD = st.uuids(version=4)
STATE: TypeAdapter[LeadState] = TypeAdapter(LeadState)

ZONES = st.sampled_from([("Asia/Tokyo", "JP"), ("Europe/Berlin", "DE"), ("America/New_York", "US"), ("Pacific/Apia", "WS"), ("UTC", "")])
PROFILES = st.builds(lambda zone, fit: Profile(zone=zone[0], country=zone[1], fit=fit), ZONES, st.sampled_from(list(Fit)))


@cache
def campaign_with(touches: int, days: int) -> Campaign:
    return Campaign.model_validate(
        {
            "campaign": "any",
            "topic": "news",
            "start": "educate",
            "cap": {"touches": touches, "per": f"{days} days"},
            "tracks": {
                "educate": {
                    "steps": [{"email": "a"}, {"wait": "1 day"}, {"email": "b"}, {"wait": "2 working days"}, {"email": "c"}, {"go": "hold"}]
                },
                "hold": {"steps": [{"wait": "20 days"}, {"email": "d"}, {"wait": "20 days"}, {"go": "educate"}]},
                "fast": {"steps": [{"task": {"reason": "demo", "deadline": "4 hours"}}, {"email": "e"}, {"go": "hold"}]},
                "silent": {"steps": [{"task": {"reason": "silent"}}, {"go": "hold"}]},
                "customer": {"steps": [{"email": "f"}, {"wait": "30 days"}, {"email": "g"}]},
                "renewal": {"steps": [{"email": "h"}, {"task": {"reason": "renewal"}}, {"wait": "5 days"}, {"end": "gone"}]},
            },
            "rules": [
                {"name": "demo", "when": "demo_requested", "go": "fast"},
                {"name": "won", "when": {"outcome": "won"}, "go": "customer"},
                {"name": "silent", "when": {"silence": "10 days", "touches": 2}, "in": ["educate", "hold"], "go": "silent"},
                {"name": "tired", "when": {"touches": 6}, "in": ["hold"], "go": "silent"},
                {"name": "renewal", "when": {"contract_ends_in": "90 days"}, "go": "renewal"},
            ],
        }
    )


OF_A_LETTER_IN_DOUBT = (Outcome.SENT, Outcome.SEND)
"""No other task takes these answers, and what a human sends again goes at once."""


def happenings() -> st.SearchStrategy[list[tuple[int, Engagement]]]:
    """Engagements, each some hours after the one before."""
    day = st.integers(1, 400).map(lambda days: date(2040, 3, 4) + timedelta(days=days))
    contract = st.builds(Contract, ends_on=st.none() | day)
    something = st.one_of(
        st.just(DemoRequested(at=START)),
        st.builds(lambda contract: TaskCompleted(at=START, task=UUID(int=0), outcome=Outcome.WON, contract=contract), contract),
        st.just(Replied(at=START)),
        st.just(Downloaded(at=START, content="guide")),
        st.builds(lambda until: Absent(at=START, until=until), day),
        st.builds(lambda until: Held(at=START, until=until), day),
        st.just(Released(at=START)),
        st.builds(lambda topic: OptedOut(at=START, topic=topic), st.sampled_from([None, "news", "other"])),
        st.just(Bounced(at=START)),
        st.builds(lambda contract: ContractChanged(at=START, contract=contract), contract),
        st.builds(
            lambda outcome, until, contract, task: TaskCompleted(at=START, task=task, outcome=outcome, until=until, contract=contract),
            st.sampled_from([outcome for outcome in Outcome if outcome not in OF_A_LETTER_IN_DOUBT]),
            day,
            contract,
            LEAD,
        ),
    )
    return st.lists(st.tuples(st.integers(0, 500), something), min_size=2, max_size=12)


@dataclass
class Life:
    """One lead lived through in memory, with everything that was done for it."""

    state: LeadState
    now: datetime
    letters: list[tuple[datetime, SendTouch]] = field(default_factory=list)
    tasks: list[HandOff] = field(default_factory=list)

    def happens(self, engagement: Engagement) -> None:
        if isinstance(engagement, TaskCompleted) and (open_ones := [e.task for e in self.state.enrollments if e.task]):
            engagement = replace(engagement, task=open_ones[0].id)
        before = self.state
        self.state = fold(self.state, replace(engagement, at=self.now, seq=before.seen + 1))
        assert fold(self.state, replace(engagement, at=self.now, seq=before.seen + 1)) == self.state

    def lives_until(self, moment: datetime, receipts: st.DataObject | None = None) -> None:
        for _ in range(2_000):
            self.state, action = settle(self.state, self.now)
            standing = standing_of(self.state, action, self.now)
            match action:
                case End():
                    assert not self.state.enrollments
                    self.now = moment
                    return
                case Wait():
                    # No lead is forgotten: there is a next wake-up, or an owner with a deadline.
                    assert action.until is not None
                    assert action.until > self.now
                    assert action.why
                    if action.until > moment:
                        self.now = moment
                        return
                    self.now = action.until
                case errand:
                    foreseen = foresee(self.state, errand, self.now)
                    self.state = after_record(self.state, record_of(self.state, foreseen))
                    self._note(errand)
                    self.state = after_errand(self.state, errand, Receipt(), self.now)
                    self.state, then = settle(self.state, self.now)
                    assert standing_of(self.state, then, self.now) == foreseen
            assert standing.why
        raise AssertionError("a lead that never comes to rest")

    def _note(self, errand: object) -> None:
        if isinstance(errand, SendTouch):
            assert not any(e.task for e in self.state.enrollments), "a letter while a rep has the lead"
            assert not self.state.has_refused("news"), "a letter to a lead who refused"
            self.letters.append((self.now, errand))
        if isinstance(errand, HandOff):
            self.tasks.append(errand)


def born(lead: UUID, profile: Profile, campaign: Campaign) -> Life:
    life = Life(newcomer(lead), START)
    life.happens(Enrolled(at=START, campaign=campaign, enrollment=1, profile=profile))
    return life


@settings(max_examples=250, deadline=None)
@given(LEAD, PROFILES, st.integers(0, 3), st.integers(1, 14), happenings())
def test_whatever_happens_letters_keep_to_caps_windows_and_refusals(
    lead: UUID, profile: Profile, touches: int, days: int, story: list[tuple[int, Engagement]]
) -> None:
    campaign = campaign_with(touches, days)
    life = born(lead, profile, campaign)
    for hours, engagement in story:
        life.lives_until(life.now + timedelta(hours=hours))
        life.happens(engagement)
    life.lives_until(life.now + timedelta(days=900))

    sent_at = [at for at, _ in life.letters]
    assert all(is_open(at, campaign.window, profile) for at in sent_at)
    if touches:
        for earlier, later in zip(sent_at, sent_at[touches:], strict=False):
            assert later >= add(earlier, campaign.cap.per, profile)
    keys = [touch.key for _, touch in life.letters]
    assert len(keys) == len(set(keys))
    tasks = [task.task for task in life.tasks]
    assert len(tasks) == len(set(tasks))


@settings(max_examples=100, deadline=None)
@given(LEAD, PROFILES, happenings())
def test_a_state_that_travelled_is_the_same_state(lead: UUID, profile: Profile, story: list[tuple[int, Engagement]]) -> None:
    campaign = campaign_with(2, 7)
    life = born(lead, profile, campaign)
    for hours, engagement in story:
        life.lives_until(life.now + timedelta(hours=hours))
        life.happens(engagement)

    refs: set[str] = set()
    written = STATE.dump_json(life.state, exclude_defaults=True, context=refs)

    assert STATE.validate_json(written, context={campaign.ref: campaign}) == life.state
    assert refs <= {campaign.ref}


@settings(max_examples=100, deadline=None)
@given(LEAD, PROFILES, st.lists(st.sampled_from([*Refusal, Status.SUPERSEDED, None]), min_size=1, max_size=8))
def test_a_letter_that_does_not_go_never_leaves_the_lead_without_a_next_step(
    lead: UUID, profile: Profile, answers: list[Refusal | Status | None]
) -> None:
    life = born(lead, profile, campaign_with(0, 7))
    for answer in answers:
        action = None
        while not isinstance(action, SendTouch):
            life.state, action = settle(life.state, life.now)
            if isinstance(action, Wait):
                assert action.until is not None
                life.now = action.until
            elif isinstance(action, End):
                return
            elif isinstance(action, HandOff):
                life.state = after_errand(life.state, action, Receipt(), life.now)
                life.happens(TaskCompleted(at=life.now, task=action.task, outcome=Outcome.NURTURE))
                life.happens(Downloaded(at=life.now, content="guide"))
            elif not isinstance(action, SendTouch):
                life.state = after_errand(life.state, action, Receipt(), life.now)
        later = life.now + timedelta(hours=1)
        receipt = Receipt() if answer is None else Receipt(status=Status.SUPERSEDED, until=later)
        if isinstance(answer, Refusal):
            receipt = Receipt(status=Status.REFUSED, reason=answer, until=later if answer is Refusal.CAPPED else None)
        life.state = after_errand(life.state, action, receipt, life.now)
        life.state, then = settle(life.state, life.now)
        assert isinstance(then, HandOff | SendTouch) or (isinstance(then, Wait) and then.until is not None)
