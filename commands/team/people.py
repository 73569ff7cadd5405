"""``people``: who is of the team, in which roles and for which stages, and a link to sign in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import typer

from commands.console import Json, WrongInput, number, run, say, say_json, show, table
from commands.front import Clock, base_url, clock_of, database, system_user
from mail.links import signin_url
from store import addresses
from store.tables import Colleague
from store.team import audit, people, sessions
from store.team.audit import Deed, On
from store.team.people import Role, WrongColleague

app = typer.Typer(no_args_is_help=True, help="Say who is of the team and may do what, and let somebody in.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The person, as tasks and leads name them.", show_default=False)]
Roles = Annotated[
    list[Role],
    typer.Option("--role", metavar="ROLE", help=f"What they do: {', '.join(Role)}. Give it again for another one.", show_default=False),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Somebody of the team, as it is told."""

    name: str
    address: str
    roles: list[str]
    stages: str
    language: str
    came_at: datetime | None


@app.command()
def add(
    context: typer.Context,
    name: Name,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Where they get mail, and write from.", show_default=False)],
    role: Roles,
    language: Annotated[str, typer.Option(metavar="ja|en", help="In which language they get the letter with the link.")] = "",
    json: Json = False,
) -> None:
    """Take somebody into the team; who is of it gets this address and these roles.

    Letters in the name of a lead's owner ('from: owner') come from that rep's address.
    """
    person = run(_add(name, address, role, language, clock_of(context)))
    _tell(person, f"{person.name} is of the team as {', '.join(person.roles)}. A link to sign in: people link {person.address}", json)


@app.command("list")
def list_(json: Json = False) -> None:
    """Show everybody of the team, in which roles, and for which stages. Who of them is away: reps list."""
    team = run(_list())
    if json:
        say_json(team)
    elif not team:
        say("Nobody is of the team yet. Begin with: people add NAME ADDRESS --role operator", "yellow")
    else:
        rows = ([one.name, one.address, ", ".join(one.roles), one.stages or "all", one.language] for one in team)
        show(table("name", "address", "roles", "stages", "language", title=number(len(team), "person", "people")), rows)


@app.command()
def roles(context: typer.Context, name: Name, role: Roles, json: Json = False) -> None:
    """Give somebody these roles and no others. It holds at once, also where they are signed in."""
    person = run(_roles(name, role, clock_of(context)))
    _tell(person, f"{person.name} is {', '.join(person.roles)} from now on.", json)


@app.command()
def stages(
    context: typer.Context,
    name: Name,
    wanted: Annotated[
        str | None, typer.Argument(metavar="[FROM..TO]", help="Such as interest..consideration. An empty one is all.", show_default=False)
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All stages again.")] = False,
    json: Json = False,
) -> None:
    """Give somebody a range of stages to look after: their inbox and their list of leads begin with it.

    Tasks that they have are shown whatever the stage, and a link on both pages shows all stages.
    """
    person = run(_stages(name, wanted, clock_of(context), every=every))
    _tell(person, f"{person.name} looks after {person.stages or 'all stages'} from now on.", json)


@app.command()
def remove(context: typer.Context, name: Name, json: Json = False) -> None:
    """Take somebody out of the team. They are signed out everywhere, and what is open and theirs goes to all reps."""
    handed = run(_remove(name, clock_of(context)))
    if json:
        say_json({"name": name, "handed_over": handed})
    else:
        say(f"{name} is not of the team any more. {number(handed, 'open task')} went to sales.", "green")


@app.command()
def link(
    context: typer.Context,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The person's mail address.", show_default=False)],
    json: Json = False,
) -> None:
    """Print a link that signs somebody in, once, within 15 minutes: for the very first operator, or where mail does not arrive."""
    url = run(_link(address, clock_of(context)))
    if json:
        say_json({"address": address, "url": url})
    else:
        say(url)


async def _add(name: str, address: str, roles: list[Role], language: str, now: Clock) -> Shown:
    async with database() as db, db.transaction() as session:
        known = await people.find(session, " ".join(name.split()))
        before = _audited(known) if known else None
        try:
            person = await people.take_in(session, name, address, roles, at := now(), language=language)
        except WrongColleague as wrong:
            raise WrongInput(f"{_SAID_BY[wrong.field]}: {wrong.reason}") from None
        deed = Deed.PERSON_CHANGED if known else Deed.PERSON_TAKEN_IN
        await audit.note(session, system_user(), deed, On.PERSON, person.name, at, before=before, after=_audited(person))
        return _shown(person)


async def _list() -> list[Shown]:
    async with database() as db, db.transaction() as session:
        return [_shown(one) for one in await people.team(session)]


async def _roles(name: str, roles: list[Role], now: Clock) -> Shown:
    async with database() as db, db.transaction() as session:
        name = await people.spelled(session, name)
        before = _audited(_known(await people.find(session, name), name))
        person = _known(await people.give_roles(session, name, roles, at := now()), name)
        await audit.note(session, system_user(), Deed.PERSON_CHANGED, On.PERSON, name, at, before=before, after=_audited(person))
        return _shown(person)


async def _stages(name: str, wanted: str | None, now: Clock, *, every: bool) -> Shown:
    if every is (wanted is not None):
        raise WrongInput("FROM..TO: say a range, such as interest..consideration, or --all")
    async with database() as db, db.transaction() as session:
        name = await people.spelled(session, name)
        before = _known(await people.find(session, name), name).stages
        try:
            person = _known(await people.give_stages(session, name, wanted or ""), name)
        except WrongColleague as wrong:
            raise WrongInput(f"{_SAID_BY[wrong.field]}: {wrong.reason}") from None
        if person.stages != before:
            values = {"before": {"stages": before}, "after": {"stages": person.stages}}
            await audit.note(session, system_user(), Deed.PERSON_CHANGED, On.PERSON, name, now(), **values)
        return _shown(person)


async def _remove(name: str, now: Clock) -> int:
    async with database() as db, db.transaction() as session:
        name = await people.spelled(session, name)
        handed = await people.take_out(session, name, at := now())
        if handed is None:
            raise _unknown(name)
        await audit.note(session, system_user(), Deed.PERSON_TAKEN_OUT, On.PERSON, name, at)
        return handed


async def _link(address: str, now: Clock) -> str:
    base = base_url()
    async with database() as db, db.transaction() as session:
        person = await people.by_address(session, addresses.comparable(address))
        if person is None:
            raise WrongInput("ADDRESS: nobody of the team has this address; see: people list")
        await audit.note(session, system_user(), Deed.LINK_MADE, On.PERSON, person.name, at := now())
        return signin_url(base, sessions.make_link(session, person.name, at))


def _tell(person: Shown, said: str, json: bool) -> None:
    if json:
        say_json(person)
    else:
        say(said, "green")


def _known(person: Colleague | None, name: str) -> Colleague:
    if person is None:
        raise _unknown(name)
    return person


def _unknown(name: str) -> WrongInput:
    return WrongInput(f"NAME: nobody of the team is called '{name}'; see: people list")


def _audited(person: Colleague) -> dict[str, object]:
    return {"roles": list(person.roles)}


def _shown(person: Colleague) -> Shown:
    kept = {field: getattr(person, field) for field in ("name", "address", "stages", "language", "came_at")}
    return Shown(**kept, roles=list(person.roles))


_SAID_BY = {"name": "NAME", "address": "ADDRESS", "roles": "--role", "stages": "FROM..TO", "language": "--language"}
