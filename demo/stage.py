"""Sets the stage of the demonstration: everything that runs in production, on one machine, with a clock that can be moved."""

import fcntl
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import asyncpg

from commands.campaigns.choosing import nobody, of_file
from commands.campaigns.starting import start
from commands.files.rows import COLUMNS
from commands.files.sheet import opened
from commands.leads.importing import import_leads
from demo.city import District, city
from demo.doors import doors
from demo.play import Chronicle, Play
from local.postgres import create_database, postgres
from local.processes import ROOT, Show
from mail.checking import check
from mail.letters import Letters
from store.migrate import migrate
from store.team import people, sessions
from store.team.people import Role
from web.app import create_app
from web.server import serve

_LOCK: Final = "lock"
_LEFT: Final = ("postgres", "letters", "report.html")
_CAMPAIGNS: Final = ("customer", "welcome", "exhibition")
"""In the order in which one leads on to the next."""


@contextmanager
def swept(folder: Path) -> Iterator[None]:
    """Have the folder empty, and to oneself. Raises RuntimeError when another demonstration uses it, or when it holds something else."""
    folder.mkdir(parents=True, exist_ok=True)
    if strangers := sorted({path.name for path in folder.iterdir()} - {_LOCK, *_LEFT}):
        raise RuntimeError(f"{folder} holds {strangers[0]}: name a folder whose content may be thrown away")
    with (folder / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise RuntimeError(f"{folder} is in use: another demonstration is played there") from None
        if (folder / "postgres" / "postmaster.pid").exists():
            with postgres(folder / "postgres"):
                pass  # One that was killed left its server running: this stops it.
        for name in _LEFT:
            shutil.rmtree(folder / name, ignore_errors=True)
            (folder / name).unlink(missing_ok=True)
        yield


@asynccontextmanager
async def stage(postgres_folder: Path, letters: Path, seed: int, size: int, show_worker: Show) -> AsyncIterator[list[Play]]:
    """PostgreSQL, a city with its workers and catcher, web apps with people at their doors, while the block lasts: a play a district.

    ``size`` is the number of districts.
    """
    with postgres(postgres_folder) as server_url:
        await _forget_on_power_loss(server_url)
        url = await create_database(server_url, "demo")
        await migrate(url)
        async with AsyncExitStack() as opened:
            # All visitors come from this machine.
            districts = await opened.enter_async_context(
                city(url, since=_next_monday(), letters=letters, show=show_worker, size=size, FORM_POSTS_PER_MINUTE="100000")
            )
            plays, chronicle = list[Play](), Chronicle()
            for here in districts:
                app = create_app(here.settings, here.database, here.clock)
                web = await opened.enter_async_context(serve(app, port=here.port))
                doorways = await opened.enter_async_context(doors(web, partial(_token_for, here)))
                plays.append(Play(here, doorways, seed, chronicle))
            yield plays


async def _token_for(here: District, rep: str) -> str:
    """What ``people link`` prints the link of, for a rep of the demonstration."""
    async with here.database.transaction() as session:
        role = Role.LEADER if rep == here.team.leader else Role.REP
        await people.take_in(session, rep, f"{rep.lower()}@sodate.example.com", {role}, here.now)
        return sessions.make_link(session, rep, here.now)


async def begin(here: District, leads: Path) -> None:
    """What marketing operations does: import a file, check and start the campaigns."""
    with opened(leads, COLUMNS) as sheet:
        await import_leads(here.database, sheet, here.now)
    letters = Letters(here.settings.templates_dir)
    for name in _CAMPAIGNS:
        checked = check(ROOT / "campaigns" / f"{name}.yaml", letters)
        await start(here.database, checked, nobody if name == "customer" else of_file(leads, name), here.now)


async def _forget_on_power_loss(server_url: str) -> None:
    connection = await asyncpg.connect(server_url.format(database="postgres"))
    try:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            await connection.execute(f"ALTER SYSTEM SET {name} = off")
        await connection.execute("SELECT pg_reload_conf()")
    finally:
        await connection.close()


def _next_monday() -> datetime:
    today = datetime.now(UTC).date()
    return datetime.combine(today + timedelta(days=7 - today.weekday()), time(), UTC)
