"""``make up``: the whole product on this machine in real time, until Ctrl-C. The next time goes on where this one stopped."""

import asyncio
import gc
import shlex
import signal
import sys
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest

from local.alone import alone_in
from local.catcher import catcher
from local.defaults import kept_secret, local_settings
from local.people import sample_doors
from local.postgres import create_database, postgres
from local.processes import ROOT, Child, Died, Show, answers, free_port, running
from local.temporal import DevServer, dev_server
from settings import Settings
from store.migrate import migrate
from workflows.options import TASK_QUEUE

_SHELL = "env"
_COLOURS = {"temporal": "magenta", "letters": "yellow", "worker": "cyan", "web": "green"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Everything that runs. ``settings`` is the environment of its processes, ``children`` are those that must live.

    ``doors`` are links that sign the sample people of a team in, each once and within some minutes.
    """

    web_url: str
    letters_url: str
    temporal: DevServer
    folder: Path
    settings: dict[str, str]
    children: tuple[Child, ...]
    doors: dict[str, str]


@asynccontextmanager
async def stack(folder: Path, *, show: Show, any_ports: bool = False) -> AsyncIterator[Stack]:
    """Run the product on ``folder`` while the block lasts, and stop it in the reverse order.

    What Temporal logs is kept in ``temporal.log`` of the folder: of its lines in normal use nobody need know.
    Ports are the usual ones where they are free, unless ``any_ports`` leaves them to the system.
    Raises Died when a process ends before it is ready, and RuntimeError when another stack uses the folder.
    """

    def port(usual: int) -> int:
        return free_port(0 if any_ports else usual)

    async with AsyncExitStack() as opened:
        lock = await opened.enter_async_context(alone_in(folder))
        show("stack", "PostgreSQL")
        server_url = opened.enter_context(postgres(folder / "postgres"))
        database_url = await create_database(server_url, "sodate")
        await migrate(database_url)
        show("stack", "Temporal")
        log = opened.enter_context((folder / "temporal.log").open("w", encoding="utf-8", buffering=1))
        temporal = await opened.enter_async_context(
            dev_server(folder, port(8233), port=port(7233), show=lambda name, line: print(line, file=log), keeps=[lock.file])
        )
        show("stack", "mail catcher")
        caught = await opened.enter_async_context(catcher(folder / "letters"))

        web_port, page_port = port(8000), port(8025)
        web_url, letters_url = f"http://127.0.0.1:{web_port}", f"http://127.0.0.1:{page_port}"
        settings = local_settings(
            database_url=database_url,
            smtp_url=caught.url,
            base_url=web_url,
            temporal_address=temporal.address,
            link_secret=kept_secret(folder / "link_secret"),
        ) | {"PYTHONUNBUFFERED": "1"}
        page = [sys.executable, "-m", "local.mailbox_page", str(folder / "letters"), "--port", str(page_port)]
        worker = [sys.executable, "worker.py"]
        web = [sys.executable, "-m", "uvicorn", "--factory", "web.server:from_environment", "--host", "127.0.0.1", "--port", str(web_port)]
        web += ["--log-level", "warning", "--no-access-log", "--timeout-graceful-shutdown", "5"]

        show("stack", "worker and web app")
        letters_child = await opened.enter_async_context(running("letters", page, show=show, keeps=[lock.file], environment=settings))
        worker_child = await opened.enter_async_context(
            running("worker", worker, show=show, keeps=[lock.file], environment=settings, patience_s=30)
        )
        web_child = await opened.enter_async_context(running("web", web, show=show, keeps=[lock.file], environment=settings))
        children = (temporal.process, letters_child, worker_child, web_child)
        lock.name_holders({child.name: child.pid for child in children})
        await answers(letters_child, lambda: _get(letters_url))
        await answers(worker_child, lambda: _works(temporal))
        await answers(web_child, lambda: _get(f"{web_url}/healthz"))
        opened.enter_context(_for_shells(folder / _SHELL, settings))
        yield Stack(
            web_url=web_url,
            letters_url=letters_url,
            temporal=temporal,
            folder=folder,
            settings=settings,
            children=children,
            doors=await sample_doors(database_url, web_url),
        )


@contextmanager
def _for_shells(path: Path, settings: dict[str, str]) -> Iterator[None]:
    """Write the settings down for as long as they hold, so that ``starter.py`` in another terminal finds the same servers."""
    names = [*(name.upper() for name in Settings.model_fields), "TEMPORAL_ADDRESS", "TEMPORAL_CONFIG_FILE"]
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}={shlex.quote(settings[name])}\n" for name in names if name in settings), encoding="utf-8")
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


async def _get(url: str) -> None:
    def get() -> None:
        with urllib.request.urlopen(url, timeout=2) as response:
            response.read()

    await asyncio.to_thread(get)


async def _works(temporal: DevServer) -> None:
    """Raises LookupError while no worker asks for work."""
    answer = await temporal.client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=temporal.client.namespace,
            task_queue=TaskQueue(name=TASK_QUEUE),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
    )
    if not answer.pollers:
        raise LookupError("no worker asks for work")


async def up(folder: Path, console: Console, *, any_ports: bool = False) -> int:
    """Run the stack until it is told to stop (0) or a part of it dies (1)."""
    waiting = asyncio.current_task()
    assert waiting
    stopping = False

    def stop() -> None:
        nonlocal stopping
        if not stopping:
            stopping = True
            waiting.cancel()

    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(ending, stop)

    def show(name: str, line: str) -> None:
        console.print(Text.assemble((f"{name:>8} │ ", _COLOURS.get(name, "bold")), line), soft_wrap=True)

    try:
        async with stack(folder, show=show, any_ports=any_ports) as everything:
            try:
                console.print(_addresses(everything))
                for name, url in everything.doors.items():
                    console.print(Text.assemble((f"{name}: ", "bold"), url), soft_wrap=True)
                console.print("Everything is ready. Ctrl-C stops it.", style="bold green")
                await _first_death(everything.children)
            finally:
                stopping = True  # from here on a second Ctrl-C must not disturb the stopping
                console.print("Stopping …")
    except asyncio.CancelledError:
        console.print(f"All stopped. What happened is kept in {folder}: the next 'make up' goes on from there.")
        return 0
    except (Died, RuntimeError, TimeoutError, OSError) as error:
        console.print(Text(str(error), "bold red"), soft_wrap=True)
        return 1
    return 0


async def _first_death(children: tuple[Child, ...]) -> None:
    watched = [asyncio.create_task(child.must_live()) for child in children]
    try:
        dead, _ = await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
        await dead.pop()
    finally:
        for watching in watched:
            watching.cancel()


def _addresses(everything: Stack) -> Table:
    table = Table(title="Sodate", title_style="bold", show_header=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    table.add_row("Example page with forms", everything.web_url)
    table.add_row("Letters that were caught", f"{everything.letters_url}\nas files in {everything.folder / 'letters'}")
    table.add_row("Temporal", everything.temporal.ui_url)
    table.add_row("For starter.py", f"set -a; . {everything.folder / _SHELL}; set +a")
    return table


def main(
    folder: Annotated[Path, typer.Option(help="Where the state is kept.")] = ROOT / ".state",
    any_ports: Annotated[bool, typer.Option("--any-ports", help="Let the system choose every port.")] = False,
) -> None:
    """Run the whole product on this machine until Ctrl-C."""
    gc.freeze()  # what is loaded by now stays: to look through it for garbage takes long, at the end too
    raise SystemExit(asyncio.run(up(folder, Console(), any_ports=any_ports)))


if __name__ == "__main__":
    typer.run(main)
