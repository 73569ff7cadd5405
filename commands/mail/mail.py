"""``mail``: whether letters go and how fast, and how they go again after a mail server or a provider has refused us."""

import typer

from commands.console import Json, number, remark, run, say, say_json
from commands.front import Clock, clock_of, database, system_user
from commands.mail import pace
from commands.mail.halting import block_as_json, halted
from store.mail import blocks
from store.mail.blocks import BY_OPERATOR, Block
from store.team import audit
from store.team.audit import Deed, On

app = typer.Typer(no_args_is_help=True, help="See whether letters go and how fast, and let them go again after their way was shut to us.")
app.add_typer(pace.app, name="pace")
app.add_typer(pace.warm_up, name="warm-up")


@app.command()
def status(context: typer.Context, json: Json = False) -> None:
    """Show what keeps letters from going. A server that is merely away is not shown: letters to it are tried again by themselves."""
    now = clock_of(context)()
    halts = run(halted(now))
    if json:
        say_json(halts.as_json())
        return
    for line in halts.in_words(now):
        say(line, "yellow")
    if halts.blocks:
        remark("One letter is tried every quarter of an hour.")
    elif not halts.as_json():
        remark("Nothing keeps letters from going.")


@app.command()
def resume(context: typer.Context, json: Json = False) -> None:
    """Let letters go again, when what a server or provider had against us is put right. What you stopped yourself: 'starter.py resume'.

    Those that wait go within ten minutes, in the order they came in and under the caps; what has become wrong meanwhile is not sent.
    """
    lifted = run(_resume(clock_of(context)))
    if json:
        say_json([block_as_json(block) for block in lifted])
    elif lifted:
        say(f"Letters go again: {number(len(lifted), 'block')} lifted ({', '.join(block.transport for block in lifted)}).", "green")
    else:
        say("Nothing changed: nothing kept letters from going.", "yellow")


async def _resume(clock: Clock) -> list[Block]:
    async with database() as db, db.transaction() as session:
        lifted = await blocks.lift(session, clock(), by=BY_OPERATOR)
        for block in lifted:
            await audit.note(session, system_user(), Deed.BLOCK_LIFTED, On.SENDING, block.transport, clock())
        return lifted
