"""``mail``: whether letters go, and how they go again after a mail server or a provider has refused us."""

import typer

from commands.console import Json, number, remark, run, say, say_json
from commands.front import Clock, clock_of, database
from commands.moments import distance
from store import blocks
from store.blocks import BY_OPERATOR, Block

app = typer.Typer(no_args_is_help=True, help="See whether letters go, and let them go again after the way they go was shut to us.")


@app.command()
def status(context: typer.Context, json: Json = False) -> None:
    """Show what keeps letters from going. A server that is merely away is not shown: letters to it are tried again by themselves."""
    standing, now = run(_standing()), clock_of(context)()
    if json:
        say_json([_as_json(block) for block in standing])
        return
    for block in standing:
        said = " ".join(filter(None, [str(block.code or ""), block.status])) or "no code"
        since = f"{block.blocked_at:%Y-%m-%d %H:%M} UTC, {distance(block.blocked_at, now)}"
        say(f"{block.transport} refuses us as a sender ({said}) since {since}. Letters wait.", "yellow")
    remark("One letter is tried every quarter of an hour." if standing else "Nothing keeps letters from going.")


@app.command()
def resume(context: typer.Context, json: Json = False) -> None:
    """Let letters go again, when what a server or provider had against us is put right.

    Those that wait go within ten minutes, in the order they came in and under the caps; what has become wrong meanwhile is not sent.
    """
    lifted = run(_resume(clock_of(context)))
    if json:
        say_json([_as_json(block) for block in lifted])
    elif lifted:
        say(f"Letters go again: {number(len(lifted), 'block')} lifted ({', '.join(block.transport for block in lifted)}).", "green")
    else:
        say("Nothing changed: nothing kept letters from going.", "yellow")


async def _standing() -> list[Block]:
    async with database() as db, db.transaction() as session:
        return await blocks.all_standing(session)


async def _resume(clock: Clock) -> list[Block]:
    async with database() as db, db.transaction() as session:
        return await blocks.lift(session, clock(), by=BY_OPERATOR)


def _as_json(block: Block) -> dict[str, object]:
    return {"transport": block.transport, "code": block.code, "status": block.status, "blocked_at": block.blocked_at}
