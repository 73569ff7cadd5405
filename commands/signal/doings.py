"""``lead signal``: what a lead does, and what we did or saw of it, each kind a row of one table."""

import re
from collections.abc import Callable
from typing import Annotated, Final

import typer

from commands.console import Json, WrongInput, remark
from commands.signal.contents import named_contents
from commands.signal.recording import At, Scene, record
from nurture.kinds import Kind
from nurture.leadside import Acted, ActedKind, Visited
from nurture.ourside import Observed, ObservedKind
from nurture.plan.problems import did_you_mean

ITS_DOING: Final = "What the lead does"
OUR_VIEW: Final = "What we did, or saw"

_ACTED: Final[dict[ActedKind, str]] = {
    Kind.SUBSCRIBED: "The lead wants to hear of something from now on: a newsletter, a series.",
    Kind.FOLLOWED: "The lead follows us, for instance in a social network.",
    Kind.ATTENDED: "The lead was there: at a seminar, a talk, a fair.",
    Kind.QUOTE_REQUESTED: "The lead wants to know a price.",
    Kind.TRIAL_STARTED: "The lead tries the product.",
    Kind.MEETING_BOOKED: "The lead has booked a meeting.",
    Kind.BUDGETED: "The lead has money for it.",
    Kind.VENDOR_SELECTED: "The lead has chosen whom to buy from.",
    Kind.PRAISED: "The customer praises us: a review, a word to others.",
}
_OBSERVED: Final[dict[ObservedKind, str]] = {
    Kind.PROPOSAL_SENT: "We sent a proposal.",
    Kind.DEAL_OPENED: "There is a deal with this lead.",
    Kind.CALL_UNANSWERED: "We called, and nobody answered.",
    Kind.USAGE_FELL: "The customer uses the product less than before.",
    Kind.USAGE_RECOVERED: "The customer uses the product as before again.",
}

_SLUG: Final = re.compile(r"[a-z][a-z0-9_-]{0,47}")

Content = Annotated[str, typer.Argument(metavar="CONTENT", help="What, as campaigns name it.", show_default=False)]
AnyContent = Annotated[str, typer.Argument(metavar="CONTENT", help="What, as campaigns name it.", show_default=False)]
Medium = Annotated[str, typer.Option(metavar="NAME", help="Where, like our_site or fair: a content counts once over all.")]


def offer(app: typer.Typer) -> None:
    """Add a command for each of these kinds."""
    for acted, words in _ACTED.items():
        app.command(acted, help=words, rich_help_panel=ITS_DOING)(_acting(acted))
    for observed, words in _OBSERVED.items():
        app.command(observed, help=words, rich_help_panel=OUR_VIEW)(_observing(observed))
    app.command(Kind.MILESTONE_REACHED, rich_help_panel=OUR_VIEW)(_milestone_reached)
    app.command(Kind.VISITED, rich_help_panel=ITS_DOING)(_visited)


def _acting(kind: ActedKind) -> Callable[..., None]:
    def acted(context: typer.Context, content: AnyContent = "", medium: Medium = "", at: At = None, json: Json = False) -> None:
        async def act(scene: Scene) -> int | None:
            if medium:
                _check_name("--medium", medium)
            if content:
                await _check(scene, kind, content)
            return await scene.tell(Acted(kind=kind, at=scene.at, content=content, medium=medium))

        record(context, act, at, json)

    return acted


def _observing(kind: ObservedKind) -> Callable[..., None]:
    def observed(context: typer.Context, at: At = None, json: Json = False) -> None:
        record(context, lambda scene: scene.tell(Observed(kind=kind, at=scene.at)), at, json)

    return observed


def _milestone_reached(context: typer.Context, content: Content, at: At = None, json: Json = False) -> None:
    """The customer has come to a point in using the product."""

    async def act(scene: Scene) -> int | None:
        await _check(scene, Kind.MILESTONE_REACHED, content)
        return await scene.tell(Observed(kind=Kind.MILESTONE_REACHED, at=scene.at, content=content))

    record(context, act, at, json)


def _visited(context: typer.Context, content: Content, at: At = None, json: Json = False) -> None:
    """The lead came to see something: a page, a stand, a talk."""

    async def act(scene: Scene) -> int | None:
        await _check(scene, Kind.VISITED, content)
        return await scene.tell(Visited(at=scene.at, content=content))

    record(context, act, at, json)


async def _check(scene: Scene, kind: Kind, content: str) -> None:
    """Say where no campaign names this content: it may be what one will look for. Raises WrongInput for what is no name."""
    _check_name("CONTENT", content)
    if content not in (known := await named_contents(scene.session, kind)):
        fix = did_you_mean(content, known, "named are") or "see that it is what a campaign will look for"
        remark(f"CONTENT: no campaign that was started names '{content}'; {fix}")


def _check_name(option: str, name: str) -> None:
    if not _SLUG.fullmatch(name):
        raise WrongInput(f"{option}: '{name}' is not a name; it has small letters, digits, '-' and '_', and begins with a letter")
