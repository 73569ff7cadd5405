"""``lead signal``: what a lead says of itself and of us: a rating, a permission, what does not work, and facts."""

from typing import Annotated
from uuid import UUID

import typer
from uuid_utils.compat import uuid7

from commands.console import Json, WrongInput
from commands.signal.doings import ITS_DOING
from commands.signal.recording import At, Scene, record
from nurture.kinds import Kind
from nurture.leadside import IssueOpened, Permitted, Rated
from nurture.ourside import FactsLearned, IssueClosed
from nurture.plan.spans import Span
from nurture.profile import Values

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
    record(context, lambda scene: scene.tell(Rated(at=scene.at, rating=rating)), at, json)


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

    record(context, lambda scene: scene.tell(IssueOpened(at=scene.at, issue=issue, complaint=complaint)), at, json, more={"issue": issue})


def _issue_closed(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(metavar="ISSUE", help="The id that issue_opened said.", show_default=False)],
    at: At = None,
    json: Json = False,
) -> None:
    """What did not work is settled."""

    async def act(scene: Scene) -> int | None:
        try:
            known = UUID(issue.strip())
        except ValueError:
            raise WrongInput(f"ISSUE: '{issue}' is not the id of an issue, as issue_opened said it") from None
        return await scene.tell(IssueClosed(at=scene.at, issue=known))

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
    record(context, lambda scene: scene.tell(FactsLearned(at=scene.at, learned=_pairs(facts))), at, json)


def _pairs(facts: list[str]) -> Values:
    """Each fact as it was typed, by its field. Raises WrongInput."""
    pairs = [(name.strip(), sign, typed) for name, sign, typed in (fact.partition("=") for fact in facts)]
    names = [name for name, sign, _ in pairs if sign]
    problems = [f"FIELD=VALUE: '{name}' has no '='; write it like budget=yes" for name, sign, _ in pairs if not sign]
    problems += [f"{name}: it is given twice; give it once" for name in dict.fromkeys(names) if names.count(name) > 1]
    if problems:
        raise WrongInput(*problems)
    return tuple((name, typed) for name, _, typed in pairs)


def _days(every: str) -> int:
    try:
        days = Span.parse(every).days
    except ValueError as wrong:
        raise WrongInput(f"--every: {wrong}") from None
    if days < 1:
        raise WrongInput(f"--every: '{every}' is too short; give days or weeks, like '30 days'")
    return days
