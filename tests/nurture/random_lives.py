"""A lead lived through in memory, under every campaign there is, with what must hold at each of its moments."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st
from pydantic import TypeAdapter

from nurture.actions import Action, End, Errand, HandOff, Move, Receipt, SendTouch, Wait
from nurture.after import after_errand, after_move, after_record
from nurture.calendar import add, is_open, within
from nurture.decide import next_action
from nurture.engagements import Engagement
from nurture.fold import fold
from nurture.foresee import foresee, record_of, settle, standing_of
from nurture.kinds import Fit, Kind, Outcome, Purpose, Verb
from nurture.leadside import ConsentAsked, IssueOpened, OptedIn, OptedOut
from nurture.ourside import EditionChanged, Enrolled, IssueClosed, Steered, TaskCompleted
from nurture.overdue import hold_ends_at
from nurture.plan.campaign import Campaign
from nurture.profile import Profile
from nurture.state import LeadState, newcomer
from nurture.wishes import wished
from tests.nurture.random_campaigns import START, written
from tests.nurture.random_happenings import HAPPENINGS, PROFILES

MOST_MOVES = 200
"""More steps than any campaign here has in one moment."""

_STATE: TypeAdapter[LeadState] = TypeAdapter(LeadState)


@dataclass(frozen=True, kw_only=True)
class Story:
    """What happens to one lead: each engagement some hours after the one before."""

    lead: UUID
    profile: Profile
    campaign: Campaign
    happenings: tuple[tuple[int, Engagement], ...]
    answers: tuple[Outcome | None, ...]
    """What reps answer, in turn; None where one lets the deadline pass."""
    library: dict[str, Campaign] = field(repr=False)


_SEEDS = st.tuples(*[st.integers(0, 1 << 32)] * 3)
_CAPS = st.fixed_dictionaries(
    {
        "cap": st.fixed_dictionaries({"touches": st.sampled_from([0, 1, 2, 3]), "per": st.sampled_from(["7 days", "2 weeks"])}),
        "sales_cap": st.sampled_from([{"touches": 0}, {"touches": 1, "per": "30 days"}]),
    }
)
_GRAVE = (Kind.ENROLLED, Kind.OPTED_OUT, Kind.ISSUE_OPENED, Kind.CONTRACT_CHANGED, Kind.HELD)
_HAPPENS = st.one_of(*HAPPENINGS.values(), *[HAPPENINGS[kind] for kind in _GRAVE * 4])
_CAME = st.lists(st.tuples(st.sampled_from([0, 1, 30, 200, 700]), _HAPPENS), max_size=10)
_ANSWERS = st.lists(st.sampled_from([Outcome.NURTURE, Outcome.DONE, Outcome.NO_ANSWER, None]), min_size=1, max_size=3)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """A lead's story. All campaigns of one lead have the same caps, so that it can be said which one counts."""
    caps, names = draw(_CAPS), ("any", "any", "second")
    first, edition, second = (written(seed, name, **caps) for seed, name in zip(draw(_SEEDS), names, strict=True))
    beside = [(1, Enrolled(at=START, campaign=second, enrollment=2, profile=draw(PROFILES)))]
    came: list[tuple[int, Engagement]] = [*beside] if draw(st.booleans()) else []
    for hours, engagement in draw(_CAME):
        match engagement:
            case Enrolled():
                engagement = replace(engagement, campaign=second)
            case EditionChanged():
                engagement = replace(engagement, campaign=edition)
            case _:
                pass
        came.append((hours, engagement))
    return Story(
        lead=UUID(int=draw(st.integers(0, 999))),
        profile=draw(PROFILES),
        campaign=first,
        happenings=tuple(came),
        answers=tuple(draw(_ANSWERS)),
        library={campaign.ref: campaign for campaign in (first, edition, second)},
    )


@dataclass
class Life:
    """One lead, and what was done for it. Each step fails where a rule of the business would be broken."""

    story: Story
    state: LeadState
    now: datetime = START
    journal: list[tuple[datetime, Action]] = field(default_factory=list)
    sent: list[tuple[datetime, bool]] = field(default_factory=list)
    """When letters went, and whether they sold something."""
    keys: set[UUID] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    complaints: set[UUID] = field(default_factory=set)
    answered: int = 0

    def happens(self, engagement: Engagement) -> None:
        """The engagement comes in, twice, and is folded once."""
        engagement = replace(engagement, at=self.now, seq=self.state.seen + 1)
        if isinstance(engagement, TaskCompleted):
            task = next((e.task for e in self.state.enrollments if e.task), None)
            engagement = replace(engagement, task=task.id) if task else engagement
        if isinstance(engagement, ConsentAsked):
            engagement = replace(engagement, confirmation=UUID(int=engagement.seq), until=self.now + (engagement.until - START))
        if isinstance(engagement, Enrolled) and engagement.enrollment > 1:
            engagement = replace(engagement, enrollment=engagement.enrollment + engagement.seq)
        self.state = fold(self.state, engagement)
        assert fold(self.state, engagement) is self.state
        match engagement:
            case OptedOut(topic=topic):
                self.refused.add(topic or "*")
            case OptedIn(topic=topic):
                self.refused -= {topic, "*"}
            case IssueOpened(issue=issue, complaint=True):
                self.complaints.add(issue)
            case IssueClosed(issue=issue):
                self.complaints.discard(issue)

    def lives_until(self, moment: datetime) -> None:
        """Do everything that is due, up to a moment; at most so much that a short circle ends, too."""
        for _ in range(60):
            action = self._settles()
            self.journal.append((self.now, action))
            match action:
                case End():
                    assert not self.state.enrollments
                    break
                case Wait(until=until, why=why):
                    assert until is not None, f"nobody looks after this lead any more: {why}"
                    assert until > self.now
                    if until > moment:
                        break
                    self.now = until
                    if self.state.is_with_a_human:
                        self._answers()
                case errand:
                    self._does(errand)
        self.now = max(self.now, moment)

    def _answers(self) -> None:
        outcome = self.story.answers[self.answered % len(self.story.answers)]
        self.answered += 1
        if outcome is not None:
            self.happens(TaskCompleted(at=self.now, task=self.story.lead, outcome=outcome))

    def travels(self) -> None:
        """The state that is kept between two runs is the state itself, and says what to do next."""
        refs: set[str] = set()
        written = _STATE.dump_json(self.state, exclude_defaults=True, context=refs)
        again = _STATE.validate_json(written, context={ref: self.story.library[ref] for ref in refs})
        assert again == self.state
        assert next_action(again, self.now) == next_action(self.state, self.now)

    def _settles(self) -> Wait | End | Errand:
        began = self.state
        for _ in range(MOST_MOVES):
            action = next_action(self.state, self.now)
            if not isinstance(action, Move):
                assert settle(began, self.now) == (self.state, action)
                return action
            self._may_be_over(action)
            self.state = after_move(self.state, action, self.now)
        raise AssertionError(f"steps without end: {next_action(self.state, self.now).why}")

    def _may_be_over(self, move: Move) -> None:
        enrollment = self.state.enrollment(move.enrollment)
        if move.over and enrollment is not None and self.state.profile.fit is Fit.GOOD and self.state.contract is None:
            assert enrollment.human_steps, "a good fit leaves without a human"

    def _does(self, errand: Errand) -> None:
        assert errand.why
        if isinstance(errand, SendTouch):
            self._may_write(errand)
        if isinstance(errand, SendTouch | HandOff):
            key = errand.key if isinstance(errand, SendTouch) else errand.task
            assert key not in self.keys, "the same letter or task twice"
            self.keys.add(key)
        before = self.state
        self.state = after_errand(self.state, errand, Receipt(), self.now)
        then = self._settles()
        record = record_of(before, foresee(before, errand, self.now))
        assert record.standing == standing_of(self.state, then, self.now), "it came otherwise than was foreseen"
        self.state = after_record(self.state, record)

    def _may_write(self, touch: SendTouch) -> None:
        if touch.confirms is not None:
            asked = next(one for one in self.state.confirming if one.id == touch.confirms)
            assert not self.refused & {"*", asked.topic}, "a letter that asks who refused already"
            assert self.now < asked.until, "a letter that asks too late"
            return
        if touch.personal is not None:
            assert touch.personal in {one.id for one in self.state.ordered}, "a letter that no rep wrote"
            self.sent.append((self.now, False))  # the send itself asks whether it may go
            return
        campaign, state = self.story.library[touch.campaign], self.state
        assert not state.is_with_a_human, "a letter while a rep has the lead"
        assert not self.refused & {"*", campaign.topic}, "a letter to a lead who refused"
        assert not self.complaints, "a letter while a complaint is open"
        assert state.silent_until is None or self.now >= state.silent_until
        assert (held_until := hold_ends_at(state)) is None or held_until <= self.now, "a letter during a hold"
        unconfirmed = {one.topic for one in state.confirming if one.until > self.now}
        assert campaign.topic not in unconfirmed, "a letter before the consent for it"
        chosen = wished(state.wish, self.sent[-1][0] if self.sent else None, campaign.window, state.profile)
        assert chosen is None or chosen.at <= self.now, "more than the lead wants"
        is_hurried = touch.at_once and any(isinstance(e, Steered) and e.verb is Verb.SEND_NOW for _, e in self.story.happenings)
        assert is_hurried or is_open(self.now, within(campaign.window, state.hours), state.profile), "a letter outside the window"
        sells = campaign.purpose(touch.letter) is Purpose.SALES
        assert not (sells and state.issues), "selling while something is open"
        for cap, counted in ((campaign.cap, self.sent), (campaign.sales_cap, [one for one in self.sent if one[1]])):
            if cap.touches and (cap is campaign.cap or sells) and len(counted) >= cap.touches:
                assert self.now >= add(counted[-cap.touches][0], cap.per, state.profile), "more letters than the cap allows"
        self.sent.append((self.now, sells))


def live(story: Story) -> Life:
    """A whole life, from being enrolled to half a year after the last that happened."""
    life = Life(story, newcomer(story.lead))
    life.happens(Enrolled(at=START, campaign=story.campaign, enrollment=1, profile=story.profile))
    for hours, engagement in story.happenings:
        life.lives_until(life.now + timedelta(hours=hours))
        life.happens(engagement)
        life.travels()
        assert engagement.kind is not Kind.OPTED_OUT or life.state.refused
    life.lives_until(life.now + timedelta(days=180))
    return life
