"""Reads what is to be supposed about a lead: an engagement, a fact, or another edition of a campaign."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Final

from pydantic import ValidationError

from commands.console import WrongInput
from commands.moments import read_day
from nurture.engagements import Engagement
from nurture.kinds import Fit, Kind, Outcome
from nurture.places import country_problem, zone, zone_problem
from nurture.plan.campaign import Campaign, FieldPlan
from nurture.plan.problems import CampaignError, did_you_mean
from nurture.profile import Contract
from nurture.why.playing import Coming
from nurture.why.supposing import ANY_TASK, Supposed
from store.campaigns.files import read_campaign_file
from store.desk import asks
from store.leads.engagements import ENGAGEMENT

FORMS: Final = (
    "write it like 'engagement replied at 2027-01-10', 'engagement downloaded pricing_guide at 2027-01-10', 'fact fit=good' or "
    "'campaign new.yaml'"
)
CONTRACT_END: Final = "contract_end"

_ABOUT: Final[Mapping[Kind, str]] = {
    Kind.DOWNLOADED: "content",
    Kind.VISITED: "content",
    Kind.CLICKED: "letter",
    Kind.ABSENT: "until",
    Kind.HELD: "until",
    Kind.OPTED_OUT: "topic",
    Kind.RATED: "rating",
    Kind.TASK_COMPLETED: "outcome",
    **dict.fromkeys(
        (Kind.SUBSCRIBED, Kind.FOLLOWED, Kind.ATTENDED, Kind.QUOTE_REQUESTED, Kind.TRIAL_STARTED, Kind.MEETING_BOOKED, Kind.PRAISED),
        "content",
    ),
    Kind.MILESTONE_REACHED: "content",
}
"""What the word after a kind says."""

_BARE: Final = (
    Kind.DEMO_REQUESTED,
    Kind.REPLIED,
    Kind.BOUNCED,
    Kind.RELEASED,
    Kind.BUDGETED,
    Kind.VENDOR_SELECTED,
    Kind.REFERRED,
    Kind.DEAL_OPENED,
    Kind.PROPOSAL_SENT,
    Kind.CALL_UNANSWERED,
    Kind.USAGE_FELL,
    Kind.USAGE_RECOVERED,
)
_KINDS: Final = (*_ABOUT, *_BARE)
_PROFILE: Final = ("fit", "segment", "country", "language", "zone")


def read_all(changes: Sequence[str], plans: Mapping[str, FieldPlan], zone_name: str, since: datetime) -> Supposed:
    """Everything that is to be supposed. ``plans`` are the fields of the lead's campaigns, ``since`` is the fork. Raises WrongInput."""
    coming: list[Coming] = []
    profile: dict[str, Any] = {}
    fields: dict[str, Any] = {}
    contract: Contract | None = None
    campaign: Campaign | None = None
    for change in changes:
        what, _, rest = change.strip().partition(" ")
        match what:
            case "engagement":
                coming.append(_coming(rest.split(), zone_name, since))
            case "fact" if rest.partition("=")[0].strip() == CONTRACT_END:
                contract = Contract(ends_on=read_day(f"--change: {CONTRACT_END}", rest.partition("=")[2]))
            case "fact":
                name, value = _fact(rest, plans)
                (profile if name in _PROFILE else fields)[name] = value
            case "campaign" if rest.strip():
                if campaign is not None:
                    raise WrongInput("--change: only one campaign can be supposed to be otherwise at a time")
                campaign = _campaign(rest.strip())
            case _:
                raise WrongInput(f"--change: '{change}' is not understood; {FORMS}")
    return Supposed(coming=tuple(coming), profile=profile, fields=tuple(fields.items()), contract=contract, campaign=campaign)


def _coming(words: list[str], zone_name: str, since: datetime) -> Coming:
    at = since
    if "at" in words:
        place = words.index("at")
        words, when = words[:place], " ".join(words[place + 1 :])
        at = _moment(when, zone_name)
        if at < since:
            raise WrongInput(f"--change: {when} lies before the fork at {since.isoformat()}; give a later day, or an earlier --from")
    if not words or words[0] not in _KINDS:
        said = words[0] if words else ""
        raise WrongInput(f"--change: '{said}' is no engagement that can be supposed; {did_you_mean(said, _KINDS, 'there are')}")
    kind, about = Kind(words[0]), " ".join(words[1:])
    if about and kind in _BARE:
        raise WrongInput(f"--change: {kind} stands alone, without '{about}'")
    facts: dict[str, Any] = {"kind": kind, "at": at} | ({_ABOUT[kind]: about} if about else {})
    if kind is Kind.TASK_COMPLETED:
        facts["task"] = ANY_TASK
    try:
        engagement: Engagement = ENGAGEMENT.validate_python(facts)
    except ValidationError:
        raise WrongInput(f"--change: {kind} needs {_needs(kind)} after it{f', not {about!r}' if about else ''}") from None
    return Coming(at=at, engagement=engagement)


def _needs(kind: Kind) -> str:
    match _ABOUT[kind]:
        case "until":
            return "a day like 2027-03-01"
        case "rating":
            return "a whole number from 0 to 10"
        case "outcome":
            return f"what the rep answers, one of {', '.join(Outcome)},"
        case name:
            return f"a {name}"


def _moment(text: str, zone_name: str) -> datetime:
    """A moment, or noon of a day on the lead's clock."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise WrongInput(f"--change: '{text}' is not a day; write it like 2027-01-10, or 2027-01-10T09:30+09:00") from None
    if len(text) == len("2027-01-10"):
        return datetime.combine(date.fromisoformat(text), time(12), zone(zone_name)).astimezone(UTC)
    return (at if at.utcoffset() is not None else at.replace(tzinfo=zone(zone_name))).astimezone(UTC)


def _fact(text: str, plans: Mapping[str, FieldPlan]) -> tuple[str, Any]:
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals:
        raise WrongInput(f"--change: 'fact {text}' has no value; {FORMS}")
    if name in plans and name not in _PROFILE:
        try:
            return name, asks.read(plans[name], value)
        except asks.WrongValue as wrong:
            raise WrongInput(f"--change: {name} {wrong}") from None
    if name not in _PROFILE:
        fix = did_you_mean(name, (*_PROFILE, *plans, CONTRACT_END), "there are")
        raise WrongInput(f"--change: '{name}' is no fact of this lead that can be set; {fix}")
    if name == "fit" and value not in tuple(Fit):
        raise WrongInput(f"--change: fit '{value}' is not known; {did_you_mean(value, Fit, 'it is one of')}")
    if problem := zone_problem(value) if name == "zone" else country_problem(value) if name == "country" and value else None:
        raise WrongInput(f"--change: {name} {problem}")
    return name, Fit(value) if name == "fit" else value


def _campaign(file: str) -> Campaign:
    try:
        return read_campaign_file(file)[0]
    except CampaignError as wrong:
        raise WrongInput(*map(str, wrong.problems)) from None
