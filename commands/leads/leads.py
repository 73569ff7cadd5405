"""``leads``: take a file of people in, and rank those there are."""

import asyncio
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from commands.console import WRONG_INPUT, Json, WrongInput, complain, number, progress, remark, run, say, say_json
from commands.files.encodings import ENCODINGS
from commands.files.rows import COLUMNS, REPORT_COLUMNS
from commands.files.sheet import Refusal, Refuse, opened
from commands.front import Clock, clock_of, database
from commands.leads import ranking
from commands.leads.importing import Imported, import_leads

_MOST_NAMED: Final = 50

app = typer.Typer(no_args_is_help=True, help="Take leads in from files, and see which are most likely to buy.")
app.command("rank")(ranking.rank)


@app.callback()
def _leads() -> None:
    """Take leads in from files, and see which are most likely to buy."""


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="A CSV file. Its first line names the columns.", show_default=False)],
    campaign: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only rows whose column 'campaign' has this name.", show_default=False)
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv",
            help="Write the refused rows into this file, with line and reason. Correct them there and import that file.",
            show_default=False,
        ),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(metavar="NAME", help="What the file is written in; found out when left out.", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """Take the people in a CSV file in as leads. Nobody is written to by it: that begins with 'campaign start'.

    Only the column email is needed. Known are also family_name, given_name, company, title, phone, country, language, zone, fit (good,
    poor or unknown), segment, source and campaign. A consent has three columns, all of them or none: consent_basis (opt_in, business_card,
    customer or published_address), consent_at and consent_topic. Without one no letter goes out.

    Every wrong row is named with its line and left out; all others go in. What is known of a lead is never overwritten, so that the same
    file can be imported again, and who refused letters stays refused. Rows that say something else than is known are named with the
    fields; 'lead set' puts a field right. The exit code is 1 when a row was refused.
    """
    done, refused, unknown = run(_import(file, campaign, report, encoding, clock_of(context), json))
    if json:
        say_json(
            {**asdict(done), "unknown_columns": unknown, "refused_rows": [{"line": row.line, "reason": row.reason} for row in refused]}
        )
    else:
        _tell(done, report)
    if refused:
        raise typer.Exit(WRONG_INPUT)


async def _import(
    file: Path, campaign: str | None, report: Path | None, encoding: str | None, now: Clock, quiet: bool
) -> tuple[Imported, list[Refusal], list[str]]:
    refused: list[Refusal] = []
    with opened(file, COLUMNS, encoding=encoding, passed_over=REPORT_COLUMNS) as sheet:
        if campaign is not None and "campaign" not in sheet.columns:
            raise WrongInput(f"{file}:1: there is no column 'campaign' to look for '{campaign}' in; add it, or leave --campaign out")
        for line in [] if quiet else sheet.remarks:
            remark(line)
        async with database() as db:
            with _report(report, file, sheet.columns) as write, progress(file.name, sheet.size, counts=False) as bar:

                def refuse(row: Refusal) -> None:
                    write(row)
                    if not quiet:
                        complain([f"{file}:{row.line}: {row.reason}"], bar.console)
                    refused.append(row)

                def advance(bytes_read: int) -> None:
                    bar.update(bar.task_ids[0], completed=bytes_read)

                try:
                    done = await import_leads(db, sheet, now(), campaign=campaign, refuse=refuse, advance=advance)
                except asyncio.CancelledError:
                    remark("What was read so far is in. Import the file again to go on: nothing comes in twice.")
                    raise
    return done, refused, sheet.unknown


@contextmanager
def _report(path: Path | None, file: Path, columns: list[str]) -> Iterator[Refuse]:
    if path is None:
        yield lambda row: None
        return
    if path.exists() and path.samefile(file):
        raise WrongInput(f"{path}: the report would overwrite the file itself; give it another name")
    try:
        opened_report = path.open("w", encoding="utf-8-sig", newline="")
    except OSError as error:
        raise WrongInput(f"{path}: the report cannot be written: {error.strerror}; give another name") from None
    with opened_report as written:
        names = [*REPORT_COLUMNS, *(name for name in columns if name not in REPORT_COLUMNS)]
        lines = csv.DictWriter(written, names, restval="", extrasaction="ignore")
        lines.writeheader()

        def write(row: Refusal) -> None:
            values: dict[str, Any] = {**row.cells, "line": row.line, "reason": row.reason}
            lines.writerow(values)

        yield write


def _tell(done: Imported, report: Path | None) -> None:
    taken = done.new + done.filled + done.unchanged
    written_in = ENCODINGS.get(done.encoding, done.encoding)
    say(f"{done.file}: {number(done.rows, 'row')}, written in {written_in}", "bold")
    if not done.rows:
        say("  It has no rows below its header.")
    elif taken and done.changed_nothing:
        everything = "" if done.differing_rows else ", with everything it says"
        say(f"  Nothing changed: {number(taken, 'lead')} of it {'was' if taken == 1 else 'were all'} known{everything}.", "green")
    elif taken:
        known = [f"{done.filled:,} known and filled up"] * bool(done.filled) + [f"{done.unchanged:,} known already"] * bool(done.unchanged)
        say(f"  {', '.join([number(done.new, 'new lead'), *known])}", "green")
        say(f"  {number(done.consents, 'consent')} kept")
    _tell_differences(done)
    if done.of_other_campaigns:
        say(f"  {number(done.of_other_campaigns, 'row')} of other campaigns passed over")
    if done.without_zone:
        knows = "has no time zone that could be told" if done.without_zone == 1 else "have no time zone that could be told"
        say(f"  {number(done.without_zone, 'lead')} {knows}, so the hours of letters are those of UTC; a column 'zone' tells it", "yellow")
    if done.suppressed:
        say(f"  {number(done.suppressed, 'address', 'addresses')} refused letters before and stay refused")
    if done.refused:
        where = f", written to {report}" if report else "; --report FILE.csv writes them into a file to correct"
        say(f"  {number(done.refused, 'row')} refused, each named above{where}", "red")


def _tell_differences(done: Imported) -> None:
    if not done.differing_rows:
        return
    for row in done.differing_rows[:_MOST_NAMED]:
        remark(f"{done.file}:{row.line}: known with another {', '.join(row.fields)}, which was kept")
    if len(done.differing_rows) > _MOST_NAMED:
        remark(f"… and {number(len(done.differing_rows) - _MOST_NAMED, 'more row')}; --json names all of them")
    where = "say something else" if len(done.differing_rows) > 1 else "says something else"
    say(f"  {number(len(done.differing_rows), 'row')} {where} than is known. To put a lead right: lead set ADDRESS family_name=…", "yellow")
