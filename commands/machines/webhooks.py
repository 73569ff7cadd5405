"""``webhooks``: who else is told of what happens, and what could not be told."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import typer

from commands.console import Json, number, remark, run, say, say_json, show, table
from commands.front import clock_of
from commands.machines import telling
from commands.moments import distance
from nurture.events import GROUPS
from store.machines.receiver import Receiver

app = typer.Typer(no_args_is_help=True, help="Have other systems told of what happens, by Standard Webhooks.")

Id = Annotated[
    str, typer.Argument(metavar="ID", help="The receiver, as the list names it; its first or last letters will do.", show_default=False)
]


@app.command()
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="Where it is told: https://…", show_default=False)],
    kinds: Annotated[
        list[str] | None, typer.Option("--of", metavar="KIND", help=f"Tell it only of this: {', '.join(GROUPS)}, or one type; repeatable.")
    ] = None,
    with_person: Annotated[bool, typer.Option(help="Tell it who the lead is, too: name, address and company.")] = False,
    json: Json = False,
) -> None:
    """Tell another system of what happens from now on. Its secret is shown this once."""
    made, secret = run(telling.add(url, kinds or [], with_person, clock_of(context)))
    if json:
        say_json(_as_data(made) | {"secret": secret})
        return
    say(f"{made.url} is told of {_of(made)}, as {_short(made.id)}.", "green")
    _say_secret(secret)


@app.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """Show who is told of what, how that goes, and what waits or is dead."""
    now = clock_of(context)()
    found = run(telling.every())
    if json:
        say_json([_as_data(one) for one in found])
    elif not found:
        say("Nobody else is told of anything. Begin with: webhooks add https://…")
    else:
        rows = ([_short(one.id), one.url, _of(one), one.made_by, _how(one, now), f"{one.waiting:,}", f"{one.dead:,}"] for one in found)
        show(table("!receiver", "url", "is told of", "by", "how it goes", "!waiting", "!dead"), rows)


@app.command()
def remove(context: typer.Context, receiver: Id, json: Json = False) -> None:
    """Tell a receiver of nothing any more, and forget what waited for it."""
    gone = run(telling.remove(receiver, clock_of(context)))
    _done(gone, f"{gone.url} is told of nothing any more.", json)


@app.command()
def off(context: typer.Context, receiver: Id, json: Json = False) -> None:
    """Switch a receiver off for now. What waits for it is dead, and can be sent again."""
    one = run(telling.switch(receiver, clock_of(context), on=False))
    _done(one, f"{one.url} is switched off; 'webhooks on' switches it on again.", json)


@app.command()
def on(context: typer.Context, receiver: Id, json: Json = False) -> None:
    """Switch a receiver on that was switched off. What it missed goes by 'webhooks again'."""
    one = run(telling.switch(receiver, clock_of(context), on=True))
    _done(one, f"{one.url} is told again of what happens from now on.", json)


@app.command()
def rotate(context: typer.Context, receiver: Id, json: Json = False) -> None:
    """Give a receiver another secret, shown this once. For a day the former one proves messages too."""
    one, secret = run(telling.rotate(receiver, clock_of(context)))
    if json:
        say_json(_as_data(one) | {"secret": secret})
        return
    say(f"{one.url} has another secret; for a day the former one holds too.", "green")
    _say_secret(secret)


@app.command("test")
def try_(context: typer.Context, receiver: Id, json: Json = False) -> None:
    """Send a message that says nothing, and see whether it is taken. A worker sends it, as it does all others."""
    one, sent = run(telling.test(receiver, clock_of(context)))
    taken = sent is not None and sent.delivered_at is not None
    problem = "" if taken else (sent.problem if sent else "") or f"no worker has sent it within {telling.PATIENCE_SECONDS} seconds"
    if json:
        say_json({"receiver": one.id, "taken": taken, "problem": problem})
    elif taken:
        say(f"{one.url} took it.", "green")
    else:
        remark(f"{one.url} has not taken it: {problem}.")


@app.command()
def dead(
    context: typer.Context,
    most: Annotated[int, typer.Option(metavar="N", min=1, max=5000, help="How many to show.")] = 50,
    json: Json = False,
) -> None:
    """List what could not be told within three days, the last first, with the reason."""
    now = clock_of(context)()
    found = run(telling.dead(most))
    if json:
        say_json(found)
    elif not found:
        say("Nothing is dead.", "green")
    else:
        rows = ([_short(one.id), one.type, one.lead_id or "", one.url, one.problem, distance(one.dead_at, now)] for one in found)
        show(table("!message", "!type", "lead", "url", "why", "!given up", title=number(len(found), "message")), rows)


@app.command()
def again(
    context: typer.Context,
    message: Annotated[str, typer.Argument(metavar="[ID]", help="The message; its first or last letters will do.")] = "",
    to: Annotated[str, typer.Option(metavar="ID", help="All that is dead of this receiver.")] = "",
    json: Json = False,
) -> None:
    """Send dead messages again: one, or all of a receiver. One that is switched off is switched on first."""
    sent = run(telling.again(message, to, clock_of(context)))
    if json:
        say_json({"again": sent})
    else:
        say(f"{number(sent, 'message goes', 'messages go')} again.", "green")


def _short(id: UUID) -> str:
    """The end of an id: those that are made at one time begin alike."""
    return str(id)[-8:]


def _say_secret(secret: str) -> None:
    say(f"Its secret, which is not shown again: {secret}", "bold")


def _done(one: Receiver, sentence: str, json: bool) -> None:
    if json:
        say_json(_as_data(one))
    else:
        say(sentence, "green")


def _as_data(one: Receiver) -> dict[str, Any]:
    named = ("id", "url", "kinds", "with_person", "made_by", "made_at", "failing_since", "rests_until", "off_at", "off_because")
    return {name: getattr(one, name) for name in (*named, "waiting", "dead")}


def _of(one: Receiver) -> str:
    return ", ".join(one.kinds) or "everything"


def _how(one: Receiver, now: datetime) -> str:
    if one.off_at is not None:
        return f"off {distance(one.off_at, now)}: {one.off_because}"
    if one.failing_since is not None:
        fails = f"takes nothing since {distance(one.failing_since, now)}"
        return f"{fails}: {one.problem}" if one.problem else fails
    return "nothing sent yet" if one.is_untried(now) else "well"
