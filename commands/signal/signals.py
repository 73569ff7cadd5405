"""``lead signal``: record by hand what a lead did or what happened to it. It is stored first, and the workers relay it."""

from typing import Annotated

import typer

from commands.console import Json, WrongInput
from commands.moments import read_day, read_day_ahead
from commands.signal import doings, referring, stating
from commands.signal.doings import ITS_DOING, OUR_VIEW
from commands.signal.recording import LEAD, SOURCE, At, Scene, record
from nurture.leadside import Absent, Bounced, DemoRequested, Downloaded, OptedOut, Replied
from nurture.ourside import Held, Released
from nurture.profile import Contract
from store.leads import contracts

app = typer.Typer(no_args_is_help=True, subcommand_metavar="WHAT [ARGS]...")
app.command("referred", rich_help_panel=ITS_DOING)(referring.referred)
doings.offer(app)
stating.offer(app)

Day = Annotated[str, typer.Argument(metavar="DAY", help="A day like 2027-03-01, in the lead's zone.", show_default=False)]


@app.callback()
def _signal(
    context: typer.Context,
    lead: Annotated[str, typer.Argument(metavar="ID|ADDRESS", help="The lead's id, or its mail address.", show_default=False)],
) -> None:
    """Record by hand what a lead did or what happened to it: 'lead signal ADDRESS replied'.

    It is written into the database, and the workers carry it to the lead's workflow in its order, so that it counts once.
    """
    context.meta[LEAD] = lead


@app.command("downloaded", rich_help_panel=ITS_DOING)
def _downloaded(
    context: typer.Context,
    content: Annotated[str, typer.Argument(metavar="CONTENT", help="What, as the forms of campaigns name it.", show_default=False)],
    at: At = None,
    json: Json = False,
) -> None:
    """The lead was given something it had asked for."""
    record(context, lambda scene: scene.tell(Downloaded(at=scene.at, content=content)), at, json)


@app.command("demo_requested", rich_help_panel=ITS_DOING)
def _demo_requested(context: typer.Context, at: At = None, json: Json = False) -> None:
    """The lead wants to see the product."""
    record(context, lambda scene: scene.tell(DemoRequested(at=scene.at)), at, json)


@app.command("replied", rich_help_panel=ITS_DOING)
def _replied(context: typer.Context, at: At = None, json: Json = False) -> None:
    """The lead answered a letter, by mail or by telephone."""
    record(context, lambda scene: scene.tell(Replied(at=scene.at)), at, json)


@app.command("absent", rich_help_panel=ITS_DOING)
def _absent(context: typer.Context, until: Day, at: At = None, json: Json = False) -> None:
    """The lead is away until a day: letters wait for it."""
    record(context, lambda scene: scene.tell(Absent(at=scene.at, until=read_day_ahead("DAY", until, scene.today))), at, json)


@app.command("opted_out", rich_help_panel=ITS_DOING)
def _opted_out(
    context: typer.Context,
    topic: Annotated[
        str | None, typer.Argument(metavar="[TOPIC]", help="Of this; of everything when left out.", show_default=False)
    ] = None,
    at: At = None,
    json: Json = False,
) -> None:
    """The lead refuses letters about a topic, or all letters. From this moment its address gets none, whatever is imported later."""
    record(context, lambda scene: scene.tell(OptedOut(at=scene.at, topic=topic)), at, json)


@app.command("bounced", rich_help_panel=OUR_VIEW)
def _bounced(context: typer.Context, at: At = None, json: Json = False) -> None:
    """The lead's address does not work. From this moment it gets no letter, and a human looks for another way."""
    record(context, lambda scene: scene.tell(Bounced(at=scene.at)), at, json)


@app.command("contract_changed", rich_help_panel=ITS_DOING)
def _contract_changed(
    context: typer.Context,
    ends_on: Annotated[
        str | None, typer.Option(metavar="DAY", help="Its last day, like 2028-03-31, in the lead's zone.", show_default=False)
    ] = None,
    open_ended: Annotated[bool, typer.Option("--open-ended", help="It has no last day.")] = False,
    auto_renews: Annotated[bool, typer.Option("--auto-renews", help="It goes on by itself unless somebody ends it.")] = False,
    at: At = None,
    json: Json = False,
) -> None:
    """The lead's contract was signed, renewed or changed. Its renewal is planned again at once."""
    if (ends_on is None) is not open_ended:
        raise typer.BadParameter("say either --ends-on DAY or --open-ended", ctx=context)
    if open_ended and auto_renews:
        raise typer.BadParameter("a contract without an end has nothing to renew: leave --auto-renews out", ctx=context)

    async def act(scene: Scene) -> int | None:
        contract = Contract(ends_on=read_day("--ends-on", ends_on) if ends_on else None, auto_renews=auto_renews)
        try:
            return await contracts.change(scene.session, scene.lead.id, contract, scene.now, at=scene.at, source=SOURCE)
        except contracts.WrongContract as wrong:
            raise WrongInput(f"--ends-on: the contract {wrong}") from None

    record(context, act, at, json)


@app.command("held", rich_help_panel=OUR_VIEW)
def _held(context: typer.Context, until: Day, at: At = None, json: Json = False) -> None:
    """You pause this lead until a day: no campaign takes a step before."""
    record(context, lambda scene: scene.tell(Held(at=scene.at, until=read_day_ahead("DAY", until, scene.today))), at, json)


@app.command("released", rich_help_panel=OUR_VIEW)
def _released(context: typer.Context, at: At = None, json: Json = False) -> None:
    """You end a pause early."""
    record(context, lambda scene: scene.tell(Released(at=scene.at)), at, json)
