"""``stop`` and ``resume``: letters wait, all of them, those of a campaign, or all that is planned for a lead; nothing is lost by it."""

from typing import Annotated, Final

import typer

from commands.console import Json, number, run, say, say_json
from commands.front import Clock, clock_of, database, system_user
from commands.looking import started
from commands.signal.recording import Act, Scene, recorded
from nurture.ourside import Held, Released
from store.desk.happenings import UNTIL_RESUMED
from store.mail import stops
from store.mail.stops import EVERYTHING
from store.team import audit
from store.team.audit import Deed, On

stop = typer.Typer(no_args_is_help=True, help="Stop all letters, those of a campaign, or all that is planned for a lead. It holds at once.")
resume = typer.Typer(no_args_is_help=True, help="Let go on what was stopped: each letter in its order, in its window, and under the caps.")

_DEEDS_ON: Final = {
    True: ((Deed.CAMPAIGN_HELD, On.CAMPAIGN), (Deed.CAMPAIGN_RESUMED, On.CAMPAIGN)),
    False: ((Deed.SENDING_STOPPED, On.SENDING), (Deed.SENDING_RESUMED, On.SENDING)),
}
"""What it is called in the audit log to stop, and to resume, a campaign or everything."""

Because = Annotated[str, typer.Option(metavar="TEXT", help="Why, for whoever asks.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="The campaign's name.", show_default=False)]
Lead = Annotated[str, typer.Argument(metavar="ID|ADDRESS", help="The lead's id, or its mail address.", show_default=False)]


@stop.command("all")
def stop_all(context: typer.Context, because: Because = "", json: Json = False) -> None:
    """Stop every letter of every campaign. What reps do goes on, and so do pauses; what is due waits."""
    _stop(EVERYTHING, because, clock_of(context), json)


@stop.command("campaign")
def stop_campaign(context: typer.Context, name: Name, because: Because = "", json: Json = False) -> None:
    """Stop every letter of one campaign, in all of its editions."""
    _stop(name, because, clock_of(context), json)


@stop.command("lead")
def stop_lead(context: typer.Context, lead: Lead, json: Json = False) -> None:
    """Put one lead on hold until you resume it: no campaign takes a step. Until a day: 'lead signal ADDRESS held DAY'."""

    async def act(scene: Scene) -> int | None:
        return await scene.tell(Held(at=scene.at, until=scene.today + UNTIL_RESUMED))

    _record(lead, act, clock_of(context), json, "It is on hold until you say: resume lead")


@resume.command("all")
def resume_all(context: typer.Context, json: Json = False) -> None:
    """Let letters go again. A campaign or a lead that was stopped by itself stays stopped."""
    _resume(EVERYTHING, clock_of(context), json)


@resume.command("campaign")
def resume_campaign(context: typer.Context, name: Name, json: Json = False) -> None:
    """Let the letters of a campaign go again."""
    _resume(name, clock_of(context), json)


@resume.command("lead")
def resume_lead(context: typer.Context, lead: Lead, json: Json = False) -> None:
    """End a lead's hold, whoever set it. It is the same as 'lead signal ADDRESS released'."""

    async def act(scene: Scene) -> int | None:
        return await scene.tell(Released(at=scene.at))

    _record(lead, act, clock_of(context), json, "It goes on where it was")


def _stop(campaign: str, because: str, now: Clock, json: bool) -> None:
    async def carry_out() -> bool:
        async with database() as db, db.transaction() as session:
            if campaign:
                await started(session, "NAME", campaign)
            is_new = await stops.stop(session, campaign, " ".join(because.split()), at := now())
            if is_new:
                await audit.note(session, system_user(), *_DEEDS_ON[bool(campaign)][0], campaign or "*", at)
            return is_new

    is_new = run(carry_out())
    if json:
        say_json({"stopped": campaign or "all", "changed": is_new})
    elif is_new:
        say(f"{_letters(campaign)} wait from now on. Let them go again with: resume {_words(campaign)}", "green")
    else:
        say(f"Nothing changed: {_letters(campaign).lower()} were stopped already.", "yellow")


def _resume(campaign: str, now: Clock, json: bool) -> None:
    async def carry_out() -> int | None:
        async with database() as db, db.transaction() as session:
            if campaign:
                await started(session, "NAME", campaign)
            waited = await stops.lift(session, campaign, at := now())
            if waited is not None:
                await audit.note(session, system_user(), *_DEEDS_ON[bool(campaign)][1], campaign or "*", at)
            return waited

    waited = run(carry_out())
    if json:
        say_json({"resumed": campaign or "all", "changed": waited is not None, "letters": waited or 0})
    elif waited is None:
        say(f"Nothing changed: {_letters(campaign).lower()} were not stopped.", "yellow")
    else:
        say(f"{_letters(campaign)} go again. {number(waited, 'letter')} that waited ask again, in their order.", "green")


def _record(lead: str, act: Act, now: Clock, json: bool, words: str) -> None:
    lead_id, seq = run(recorded(lead, act, None, now()))
    if json:
        say_json({"lead": lead_id, "seq": seq, "changed": seq is not None})
    else:
        say(f"{words}. It is recorded as number {seq} of this lead.", "green")


def _letters(campaign: str) -> str:
    return f"Letters of '{campaign}'" if campaign else "All letters"


def _words(campaign: str) -> str:
    return f"campaign {campaign}" if campaign else "all"
