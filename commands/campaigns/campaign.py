"""``campaign``: check a file, start it, see what was started."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from commands.campaigns.changing import diff_command
from commands.campaigns.newcampaign import new_command
from commands.campaigns.start import start_command
from commands.campaigns.testing import rehearsals_command
from commands.console import WRONG_INPUT, Away, Json, complain, number, remark, run, say, say_json, show, table
from commands.files.checking import campaigns_beside, named_twice
from commands.front import database, database_url, templates_dir
from mail.checking import Checked, check
from mail.letters import Letters
from nurture.plan.problems import Problem
from nurture.reading.schema import campaign_schema
from store.campaigns.campaigns import short
from store.journeys import selections

app = typer.Typer(no_args_is_help=True, help="Check campaign files, start them, and see what was started.")

app.command("start")(start_command)
app.command("diff")(diff_command)
app.command("new")(new_command)
app.command("test")(rehearsals_command)


@app.command("check")
def check_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Campaign files, like campaigns/*.yaml.", show_default=False)],
    json: Json = False,
) -> None:
    """Read campaign files and their letters, and say everything that is wrong with them, each with its line. Nothing is started.

    This needs no database. A campaign that a step begins ('enroll: …') is looked for among the given files, beside them, and, where
    DATABASE_URL is set, among the campaigns that were started. The exit code is 1 when something is wrong.
    """
    all_checked, problems = run(_check(list(dict.fromkeys(files))))
    if json:
        found = [asdict(problem) for problem in problems]
        plans = [_outline(checked) for checked in all_checked if checked.campaign]
        doubts = [asdict(doubt) for checked in all_checked for doubt in checked.doubts]
        say_json({"ok": not problems, "problems": found, "doubts": doubts, "campaigns": plans})
    else:
        complain(problems)
        for doubt in (doubt for checked in all_checked for doubt in checked.doubts):
            remark(str(doubt))
        wrong = {problem.file for problem in problems}
        for checked in all_checked:
            if checked.campaign and not checked.problems and str(checked.file) not in wrong:
                plan = _outline(checked)
                counted = [number(plan[what], what.removesuffix("s")) for what in ("tracks", "letters", "rules", "forms")]
                say(f"{checked.file}: '{plan['campaign']}' is right: {', '.join(counted)}", "green")
        if problems:
            complain([f"{number(len(problems), 'problem')}; correct what is named above, then check again"])
    if problems:
        raise typer.Exit(WRONG_INPUT)


@app.command()
def schema() -> None:
    """Print the JSON Schema of campaign files, with which an editor completes and explains what you write."""
    say_json(campaign_schema())


@app.command("list")
def list_(json: Json = False) -> None:
    """Show every campaign that was started, with how many leads are in it."""
    rows, has_a_worker = run(_list())
    if json:
        say_json(rows)
    elif not rows:
        say("No campaign was started yet. Begin with: campaign start FILE")
    else:
        shown = table("!campaign", "topic", "!edition", "!started (UTC)", "!editions", "!leads", "!waiting", "forms")
        for column in shown.columns[4:7]:
            column.justify = "right"
        show(shown, ([*_words(row), f"{row.editions:,}", f"{row.leads:,}", f"{row.waiting:,}", ", ".join(row.forms)] for row in rows))
        if any(row.waiting for row in rows) and has_a_worker:
            say("Those waiting are on their way: a worker is there to carry them to Temporal.")
        elif any(row.waiting for row in rows):
            say("Those waiting are enrolled, and are carried to Temporal as soon as a worker runs: python worker.py")


async def _check(files: Sequence[Path]) -> tuple[list[Checked], list[Problem]]:
    letters = Letters(templates_dir())
    all_checked = [check(file, letters) for file in files]
    known = {checked.campaign.name for checked in all_checked if checked.campaign}
    if _begins_others(all_checked, known):
        for folder in {file.parent: file for file in files}.values():
            known |= campaigns_beside(folder)
    if _begins_others(all_checked, known) and database_url():
        known |= await _started()
    fix = "write its file, like {name}.yaml beside this one"
    return all_checked, [
        *(problem for checked in all_checked for problem in (*checked.problems, *checked.unknown_targets(known, fix))),
        *named_twice(all_checked),
    ]


def _begins_others(all_checked: Sequence[Checked], known: Collection[str]) -> bool:
    return any(True for checked in all_checked for _ in checked.unknown_targets(known, ""))


async def _started() -> set[str]:
    try:
        async with database() as db, db.transaction() as session:
            return {row.name for row in await selections.started_campaigns(session)}
    except Away as away:
        remark(f"{away}. Campaigns that were started were not looked at.")
        return set()


async def _list() -> tuple[list[selections.CampaignRow], bool]:
    async with database() as db, db.transaction() as session:
        return await selections.started_campaigns(session), await selections.has_a_worker(session)


def _words(row: selections.CampaignRow) -> tuple[str, str, str, str]:
    return row.name, row.topic, short(row.ref), f"{row.started_at:%d %b %Y %H:%M}"


def _outline(checked: Checked) -> dict[str, Any]:
    plan = checked.campaign
    assert plan is not None
    outline = {"tracks": len(plan.tracks), "letters": len(plan.letters), "rules": len(plan.rules), "forms": len(plan.forms)}
    return {"file": str(checked.file), "campaign": plan.name, "ref": plan.ref, "topic": plan.topic, **outline}
