"""Everything that may happen to a lead, drawn at random: every engagement of the language, but the erasure, which nothing follows."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from hypothesis import strategies as st

from nurture.engagements import Engagement
from nurture.kinds import Audience, Fit, Frequency, Kind, Outcome, Verb
from nurture.leadside import (
    Absent,
    Acted,
    Bounced,
    Clicked,
    ColleagueActed,
    ConsentAsked,
    DemoRequested,
    Downloaded,
    FrequencyChosen,
    IssueOpened,
    OptedIn,
    OptedOut,
    Permitted,
    Rated,
    Replied,
    Visited,
)
from nurture.ourside import (
    ContractChanged,
    Course,
    EditionChanged,
    Enrolled,
    FactsLearned,
    HandedOver,
    Held,
    IssueClosed,
    LetterWritten,
    Observed,
    ProfileChanged,
    Redirected,
    Released,
    Steered,
    TaskCompleted,
)
from nurture.profile import Contract, Profile
from nurture.wishes import Wish
from tests.nurture.random_campaigns import START, TOPICS, TRACKS, written

ISSUES = [UUID(int=number) for number in (1, 2)]
ZONES = (("Asia/Tokyo", "JP"), ("Europe/Berlin", "DE"), ("America/New_York", "US"), ("Pacific/Apia", "WS"), ("UTC", ""))
_DAY = st.integers(1, 200).map(lambda days: date(2040, 3, 4) + timedelta(days=days))
_CONTRACT = st.builds(Contract, ends_on=st.none() | _DAY)
PROFILES = st.builds(lambda zone, fit: Profile(zone=zone[0], country=zone[1], fit=fit), st.sampled_from(ZONES), st.sampled_from(Fit))
_LEARNED = st.sampled_from([(("plan", "basic"),), (("seats", 7), ("vip", False)), (("renewal_on", "2040-06-15"),)])
_CONTENT = st.sampled_from(["guide", "pricing"])


_ANY = written(0, "any")


def _acted(make: Callable[..., Engagement], kind: Kind, content: str) -> Engagement:
    return make(at=START, kind=kind, content=content)


_ACTED = [Kind.SUBSCRIBED, Kind.FOLLOWED, Kind.ATTENDED, Kind.QUOTE_REQUESTED, Kind.TRIAL_STARTED, Kind.MEETING_BOOKED]
_ACTED += [Kind.BUDGETED, Kind.VENDOR_SELECTED, Kind.PRAISED, Kind.REFERRED]
_SEEN = [Kind.DEAL_OPENED, Kind.PROPOSAL_SENT, Kind.CALL_UNANSWERED, Kind.USAGE_FELL, Kind.USAGE_RECOVERED, Kind.MILESTONE_REACHED]
_ISSUE = st.sampled_from(ISSUES)
HAPPENINGS: dict[Kind, st.SearchStrategy[Engagement]] = {
    Kind.ENROLLED: st.builds(lambda profile: Enrolled(at=START, campaign=_ANY, enrollment=2, profile=profile), PROFILES),
    Kind.PROFILE_CHANGED: st.builds(lambda profile: ProfileChanged(at=START, profile=profile), PROFILES),
    Kind.DOWNLOADED: st.builds(lambda content: Downloaded(at=START, content=content), _CONTENT),
    Kind.DEMO_REQUESTED: st.just(DemoRequested(at=START)),
    Kind.VISITED: st.builds(lambda content: Visited(at=START, content=content), _CONTENT),
    Kind.CLICKED: st.builds(lambda letter: Clicked(at=START, letter=letter), st.sampled_from("abc")),
    Kind.REPLIED: st.just(Replied(at=START)),
    Kind.ABSENT: st.builds(lambda until: Absent(at=START, until=until), _DAY),
    Kind.OPTED_OUT: st.builds(lambda topic: OptedOut(at=START, topic=topic), st.sampled_from([None, *TOPICS])),
    Kind.BOUNCED: st.just(Bounced(at=START)),
    Kind.TASK_COMPLETED: st.builds(
        lambda outcome, until, contract, learned: TaskCompleted(
            at=START,
            task=ISSUES[0],
            outcome=outcome,
            until=until,
            contract=contract if outcome is Outcome.WON else None,
            learned=learned,
        ),
        st.sampled_from(Outcome),
        st.none() | _DAY,
        _CONTRACT,
        _LEARNED,
    ),
    Kind.CONTRACT_CHANGED: st.builds(lambda contract: ContractChanged(at=START, contract=contract), _CONTRACT),
    Kind.HELD: st.builds(lambda until: Held(at=START, until=until), _DAY),
    Kind.RELEASED: st.just(Released(at=START)),
    Kind.RATED: st.builds(lambda rating: Rated(at=START, rating=rating), st.integers(0, 10)),
    Kind.PERMITTED: st.builds(lambda allowed: Permitted(at=START, allowed=allowed, every_days=9), st.booleans()),
    Kind.ISSUE_OPENED: st.builds(lambda id, complaint: IssueOpened(at=START, issue=id, complaint=complaint), _ISSUE, st.booleans()),
    Kind.ISSUE_CLOSED: st.builds(lambda id: IssueClosed(at=START, issue=id), _ISSUE),
    Kind.FACTS_LEARNED: st.builds(lambda learned: FactsLearned(at=START, learned=learned), _LEARNED),
    Kind.COLLEAGUE_ACTED: st.builds(
        lambda what, outcome: ColleagueActed(at=START, colleague=ISSUES[0], what=what, outcome=outcome),
        st.sampled_from([Kind.REPLIED, Kind.ISSUE_OPENED]),
        st.none() | st.sampled_from(Outcome),
    ),
    Kind.REDIRECTED: st.builds(
        lambda track, days: Redirected(at=START, enrollment=1, track=track, not_before=days and START + timedelta(days=days)),
        st.sampled_from(["", *TRACKS]),
        st.none() | st.integers(1, 60),
    ),
    Kind.LETTER_WRITTEN: st.builds(lambda id: LetterWritten(at=START, letter=id, edition=_ANY.ref), st.uuids()),
    Kind.HANDED_OVER: st.builds(lambda id, to: HandedOver(at=START, handover=id, to=to), st.uuids(), st.sampled_from(Audience)),
    Kind.STEERED: st.builds(
        lambda visit, step, verb: Steered(at=START, enrollment=1, visit=visit, step=step, verb=verb),
        st.integers(1, 3),
        st.sampled_from("abc"),
        st.sampled_from(Verb),
    ),
    Kind.CONSENT_ASKED: st.builds(
        lambda topic, id, days: ConsentAsked(at=START, confirmation=id, edition=_ANY.ref, topic=topic, until=START + timedelta(days=days)),
        st.sampled_from(TOPICS),
        st.uuids(),
        st.integers(1, 200),
    ),
    Kind.OPTED_IN: st.builds(lambda topic: OptedIn(at=START, topic=topic), st.sampled_from(TOPICS)),
    Kind.FREQUENCY_CHOSEN: st.builds(
        lambda frequency, until: FrequencyChosen(at=START, wish=Wish(frequency=frequency, paused_until=until)),
        st.sampled_from(Frequency),
        st.none() | _DAY,
    ),
    Kind.EDITION_CHANGED: st.builds(
        lambda course: EditionChanged(at=START, enrollment=1, campaign=_ANY, course=course), st.sampled_from(Course)
    ),
}
HAPPENINGS |= {kind: _CONTENT.map(partial(_acted, Acted, kind)) for kind in _ACTED}
HAPPENINGS |= {kind: _CONTENT.map(partial(_acted, Observed, kind)) for kind in _SEEN}
"""A strategy for each kind of engagement. What campaign is begun or changed, a story says."""
