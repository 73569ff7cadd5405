"""``lead erase`` and ``lead erased``: one person goes for good, and what proves it."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from commands.console import WRONG_INPUT, Away, Json, WrongInput, progress, remark, run, say, say_json, show, table
from commands.front import Clock, clock_of, database, system_user, temporal
from commands.looking import found
from store.addresses import comparable
from store.database import Database
from store.erasing import erasure, stubs
from store.erasing.stubs import Reason, Stub
from store.erasing.traces import traces
from store.leads import contracts, leads
from store.team import audit
from store.team.audit import Deed, On
from workflows.connection import library_of
from workflows.erasing import Eraser, Files, Names, Verified

Lead = Annotated[str, typer.Argument(metavar="ID|ADDRESS", help="The lead's id, or its mail address.", show_default=False)]


def erase(
    context: typer.Context,
    lead: Lead,
    by: Annotated[str, typer.Option(metavar="NAME", envvar="USER", help="Who does this.", show_default=False)] = "",
    letters: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where letters are caught, if they are: their files go too.", show_default=False),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: Json = False,
) -> None:
    """Erase one person for good: all that is known of them, wherever it is, and their workflow. A stub proves it.

    This shows first what will go, and asks. It ends with a search for the person's address, name and number in every table, in caught
    letters and in Temporal. Cut off in the middle, run it again, or leave it to a worker. What a file or a mail brings of the address
    afterwards is refused; the person may come back, by a form of the site.
    """
    clock = clock_of(context)
    if json and not yes:
        raise typer.BadParameter("with --json nobody can be asked: say --yes", ctx=context)
    if not by.strip():
        raise typer.BadParameter("say who does this: --by NAME", ctx=context)
    lead_id = run(_whom(lead))
    if lead_id is None:
        say("Nobody is left to erase: it is done.", "green")
        return
    if not json:
        _draw_what_goes(run(_what_goes(lead_id)))
    if not (yes or typer.confirm("Erase this person for good?", err=True)):
        remark("Nothing was erased.")
        raise typer.Exit(WRONG_INPUT)
    verified = run(_erase(lead_id, by.strip(), letters, clock))
    if json:
        say_json(_as_json(verified.stub) | {"named_in": list(verified.named_in)})
    else:
        _draw(verified.stub)
        for place in verified.named_in:
            say(f"still named in {place}: put that right, and run this again", "red")
    if verified.named_in:
        raise typer.Exit(WRONG_INPUT)


def erased(
    lead: Lead,
    verify: Annotated[bool, typer.Option("--verify", help="Search every table for the ADDRESS again.")] = False,
    json: Json = False,
) -> None:
    """Show what is left of somebody who was erased: when, by whom, and how much went. By address, the keyed hash of it finds them."""
    left, named_in = run(_erased(lead, verify))
    if json:
        say_json({"stubs": [_as_json(stub) for stub in left], "named_in": named_in})
    else:
        for stub in left:
            _draw(stub)
        for place in named_in:
            say(f"named in {place}", "red")
        if verify and not named_in:
            say("The address stands in no table.", "green")
    if named_in:
        raise typer.Exit(WRONG_INPUT)


async def _whom(name: str) -> UUID | None:
    """The lead that is there, or whose erasure is under way; None for one that was erased. Raises WrongInput."""
    async with database() as db:
        for stub in await _stubs_of(db, name):
            if stub.finished_at is None:
                return stub.lead_id
        async with db.transaction() as session:
            if await leads.find(session, name) is None and await _stubs_of(db, name):
                return None
        return await found(db, name)


async def _stubs_of(db: Database, name: str) -> list[Stub]:
    async with db.transaction() as session:
        try:
            stub = await stubs.find(session, UUID(name.strip()))
            return [stub] if stub else []
        except ValueError:
            pass
        return await stubs.of_address(session, name)


async def _what_goes(lead_id: UUID) -> dict[str, int]:
    async with database() as db, db.transaction() as session:
        if await leads.find(session, str(lead_id)) is None:
            remark("Its rows are gone already; what is left is to search for the person.")
            return {}
        contract = await contracts.of_lead(session, lead_id)
        if contract is not None:
            ends = f"ends on {contract.ends_on}" if contract.ends_on else "has no end"
            remark(f"This is a customer, whose contract {ends}: see that whatever the law wants kept of it is kept in your accounting.")
        return await erasure.what_goes(session, lead_id)


async def _erase(lead_id: UUID, by: str, letters: Path | None, now: Clock) -> Verified:
    async with database() as db:
        async with db.transaction() as session:
            await erasure.begin(session, lead_id, reason=Reason.ASKED, by=by, now=now())
            stub = await stubs.find(session, lead_id)
            await audit.note(session, system_user(), Deed.LEAD_ERASED, On.LEAD, lead_id, now())
        if stub is None:
            raise WrongInput(f"there is no lead {lead_id} any more")
        try:
            async with temporal(library_of(db)) as client:
                with progress("Erasing", None, counts=False):
                    [verified] = await Eraser(db, client, now, files=_caught_in(letters)).finish([stub])
        except Away as away:
            raise Away(
                *away.lines, "The erasure has begun, and no letter goes any more; a worker finishes it, or run this again."
            ) from None
    return verified


def _caught_in(folder: Path | None) -> Files:
    from local.caught import forget_in

    def files(is_named: Names) -> int:
        return forget_in(folder, is_named) if folder else 0

    return files


async def _erased(name: str, verify: bool) -> tuple[list[Stub], list[str]]:
    async with database() as db:
        left = await _stubs_of(db, name)
        if not left:
            raise WrongInput(f"nobody who was erased had '{name}'; give the lead's id, or its address as it was")
        if not verify:
            return left, []
        if "@" not in name:
            raise WrongInput("--verify: give the ADDRESS to search for; nothing here knows it any more")
        async with db.transaction() as session:
            named = await traces(session, [comparable(name)], [])
        return left, sorted({f"{trace.table}.{trace.column}" for trace in named})


def _draw_what_goes(went: Mapping[str, int]) -> None:
    show(table("!rows", "of what", title="What will go"), ([f"{count:,}", name.replace("_", " ")] for name, count in went.items()))


def _draw(stub: Stub) -> None:
    why = "at the person's wish" if stub.reason is Reason.ASKED else "because the time to keep it was over"
    say(f"Lead {stub.lead_id}: erased by {stub.by}, {why}; begun {stub.begun_at:%Y-%m-%d %H:%M} UTC.")
    if stub.finished_at:
        say(f"Finished {stub.finished_at:%Y-%m-%d %H:%M} UTC: the person is found nowhere any more.", "green")
    else:
        say("Not finished yet.", "yellow")
    gone = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in stub.went.items())
    if gone:
        say(f"What went: {gone}.")


def _as_json(stub: Stub) -> dict[str, Any]:
    return {name: value for name, value in asdict(stub).items() if name != "known"}
