"""``lead signal``: what a lead says of itself and of us: a rating, a permission, what does not work, and facts."""

from typing import Annotated
from uuid import UUID

import typer
from uuid_utils.compat import uuid7

from commands.console import Json, WrongInput
from commands.doings import ITS_DOING
from commands.recording import At, Scene, record
from nurture.engagements import FactsLearned, IssueClosed, IssueOpened, Permitted, Rated
from nurture.kinds import Kind
from nurture.problems import did_you_mean
from nurture.profile import Value
from nurture.spans import Span
from store import asks, issues

_YES_OR_NO = {"yes": True, "no": False}


def offer(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(Kind.RATED, rich_help_panel=ITS_DOING)(_rated)
    app.command(Kind.PERMITTED, rich_help_panel=ITS_DOING)(_permitted)
    app.command(Kind.ISSUE_OPENED, rich_help_panel=ITS_DOING)(_issue_opened)
    app.command(Kind.ISSUE_CLOSED, rich_help_panel=ITS_DOING)(_issue_closed)
    app.command("learned", rich_help_panel=ITS_DOING)(_learned)


def _rated(
    context: typer.Context,
    rating: Annotated[int, typer.Argument(metavar="N", min=0, max=10, help="From 0 to 10.", show_default=False)],
    at: At = None,
    json: Json = False,
) -> None:
    """The customer says how satisfied it is, from 0 to 10."""

    async def act(scene: Scene) -> int | None:
        return await scene.tell(Rated(at=scene.at, rating=rating))

    record(context, act, at, json)


def _permitted(
    context: typer.Context,
    answer: Annotated[str, typer.Argument(metavar="yes|no", help="Whether we may.", show_default=False)],
    every: Annotated[
        str | None, typer.Option(metavar="SPAN", help="How often at most, like '30 days' or '6 weeks'.", show_default=False)
    ] = None,
    evidence: Annotated[str, typer.Option(metavar="TEXT", help="What was asked and said. It stays in the database.")] = "",
    at: At = None,
    json: Json = False,
) -> None:
    """The lead says whether we may remind it now and then."""
    allowed = _YES_OR_NO.get(answer.strip().lower())
    if allowed is None:
        raise typer.BadParameter("say yes or no", ctx=context)
    if every and not allowed:
        raise typer.BadParameter("--every goes with yes", ctx=context)

    async def act(scene: Scene) -> int | None:
        permitted = Permitted(at=scene.at, allowed=allowed, every_days=_days(every) if every else 0)
        return await scene.tell(permitted, {"evidence": evidence} if evidence else None)

    record(context, act, at, json)


def _issue_opened(
    context: typer.Context,
    complaint: Annotated[bool, typer.Option("--complaint", help="The lead complains.")] = False,
    at: At = None,
    json: Json = False,
) -> None:
    """Something does not work for the lead, or it complains: nothing is sold to it until that is settled. Says the issue's id."""
    issue = UUID(str(uuid7()))

    async def act(scene: Scene) -> int | None:
        return await scene.tell(IssueOpened(at=scene.at, issue=issue, complaint=complaint))

    record(context, act, at, json, more={"issue": issue})


def _issue_closed(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(metavar="ISSUE", help="The id that issue_opened said.", show_default=False)],
    at: At = None,
    json: Json = False,
) -> None:
    """What did not work is settled."""

    async def act(scene: Scene) -> int | None:
        open_ones = await issues.open_ones(scene.session, scene.lead.id)
        found = next((known for known in open_ones if str(known) == issue.strip().lower()), None)
        if found is None:
            listed = ", ".join(f"{known} (since {since:%Y-%m-%d})" for known, since in open_ones.items())
            raise WrongInput(f"ISSUE: '{issue}' is no open issue of this lead; {f'open is {listed}' if listed else 'none is open'}")
        return await scene.tell(IssueClosed(at=scene.at, issue=found))

    record(context, act, at, json)


def _learned(
    context: typer.Context,
    facts: Annotated[
        list[str], typer.Argument(metavar="FIELD=VALUE...", help="Fields of the lead's campaigns, like budget=yes.", show_default=False)
    ],
    at: At = None,
    json: Json = False,
) -> None:
    """Something is known of the lead that steers its campaigns: a choice, a number, a date, yes or no."""

    async def act(scene: Scene) -> int | None:
        return await scene.tell(FactsLearned(at=scene.at, learned=tuple(sorted((await _read(scene, facts)).items()))))

    record(context, act, at, json)


async def _read(scene: Scene, facts: list[str]) -> dict[str, Value]:
    plans = await asks.plans_of_lead(scene.session, scene.lead.id)
    learned: dict[str, Value] = {}
    problems = []
    for fact in facts:
        name, sign, typed = fact.partition("=")
        name = name.strip()
        if not sign:
            problems.append(f"FIELD=VALUE: '{fact}' has no '='; write it like budget=yes")
        elif name in learned:
            problems.append(f"{name}: it is given twice; give it once")
        elif name not in plans:
            fix = did_you_mean(name, plans, "they have") or "they have none"
            problems.append(f"{name}: no campaign of this lead has this field; {fix}")
        else:
            try:
                learned[name] = asks.read(plans[name], typed)
            except asks.WrongValue as wrong:
                problems.append(f"{name}: it {wrong}")
    if problems:
        raise WrongInput(*problems)
    return learned


def _days(every: str) -> int:
    try:
        days = Span.parse(every).days
    except ValueError as wrong:
        raise WrongInput(f"--every: {wrong}") from None
    if days < 1:
        raise WrongInput(f"--every: '{every}' is too short; give days or weeks, like '30 days'")
    return days
