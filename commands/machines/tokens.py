"""``tokens``: let programs of others in by the API, and out again."""

from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from rich.text import Text

from commands.console import Json, WrongInput, number, out, run, say, say_json, show, table
from commands.front import Clock, clock_of, database
from commands.moments import distance
from nurture.plan.problems import did_you_mean
from store.tables import ApiToken
from store.team import tokens
from store.team.tokens import Scope, WrongToken

app = typer.Typer(no_args_is_help=True, help="Let programs of yours in by the API, each by a token of its own, and out again.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The program, as the log of changes calls it.", show_default=False)]
By = Annotated[str, typer.Option(metavar="NAME", envvar="USER", help="Who decides this.", show_default=False)]


@app.command()
def add(
    context: typer.Context,
    name: Name,
    scope: Annotated[
        list[str],
        typer.Option(metavar="SCOPE", help=f"What it is good for; more than once: {', '.join(Scope)}.", show_default=False),
    ],
    days: Annotated[
        int | None, typer.Option(metavar="N", min=1, max=3650, help="It ends in so many days; never when left out.", show_default=False)
    ] = None,
    by: By = "starter",
    json: Json = False,
) -> None:
    """Make a token, and show it this once: only a hash of it is kept. 'tokens add crm --scope leads:read --scope tasks:write'.

    Give each program its own, with no more than it needs. docs/api.md says what programs can ask for.
    """
    scopes = [_scope(one) for one in scope]
    token, plain = run(_add(name, scopes, by, clock_of(context)(), timedelta(days=days) if days else None))
    if json:
        say_json({"token": plain, **_as_values(token)})
    else:
        say(plain)
        out().print(Text(f"This is the token of '{token.name}'. Nobody can show it again.", "dim"))


@app.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """Show every token: what it is good for, who made it, and when it was last used. Of a token itself only its first letters are kept."""
    found, now = run(_list()), clock_of(context)()
    if json:
        say_json([_as_values(token) for token in found])
    elif not found:
        say("No token was made yet.", "green")
    else:
        rows = ([t.name, f"{t.prefix}…", _state(t, now), _used(t, now), t.made_by, "\n".join(t.scopes)] for t in found)
        show(table("name", "!token", "!state", "!last used", "made by", "!good for", title=number(len(found), "token")), rows)


@app.command()
def revoke(context: typer.Context, name: Name, by: By = "starter", json: Json = False) -> None:
    """From this moment a token lets nobody in. What the program did stays."""
    revoked = run(_revoke(name, by, clock_of(context)))
    if json:
        say_json({"name": name, "revoked": revoked})
    else:
        say(f"The token '{name}' lets nobody in any more.", "green")


async def _add(name: str, scopes: list[Scope], by: str, now: datetime, lasts: timedelta | None) -> tuple[ApiToken, str]:
    try:
        async with database() as db, db.transaction() as session:
            return await tokens.make(session, name, scopes, by, now, ends_at=now + lasts if lasts else None)
    except WrongToken as wrong:
        raise WrongInput(f"NAME: {wrong}") from None


async def _list() -> list[ApiToken]:
    async with database() as db, db.transaction() as session:
        return await tokens.all_of_them(session)


async def _revoke(name: str, by: str, now: Clock) -> bool:
    async with database() as db, db.transaction() as session:
        if await tokens.revoke(session, name, by, now()):
            return True
        standing = [token.name for token in await tokens.all_of_them(session) if token.revoked_at is None]
        raise WrongInput(f"NAME: no token '{name}' stands; {did_you_mean(name, standing, 'there are') or 'none does'}")


def _scope(typed: str) -> Scope:
    try:
        return Scope(typed.strip())
    except ValueError:
        raise typer.BadParameter(f"'{typed}' is no scope; {did_you_mean(typed, Scope, 'there are')}", param_hint="--scope") from None


def _state(token: ApiToken, now: datetime) -> str:
    if token.revoked_at is not None:
        return f"revoked {distance(token.revoked_at, now)}"
    if token.ends_at is None:
        return "stands"
    return f"ends {distance(token.ends_at, now)}" if token.ends_at > now else f"ended {distance(token.ends_at, now)}"


def _used(token: ApiToken, now: datetime) -> str:
    return distance(token.used_at, now) if token.used_at else "never"


def _as_values(token: ApiToken) -> dict[str, Any]:
    names = ("name", "prefix", "scopes", "made_by", "made_at", "ends_at", "used_at", "revoked_at", "revoked_by")
    return {name: getattr(token, name) for name in names}
