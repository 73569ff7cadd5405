"""A small page that shows the letters that were caught. It changes nothing, and what a letter brings along does not run."""

from html import escape
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

_SHOWN = 500
_KINDS = {"html": "text/html; charset=utf-8", "txt": "text/plain; charset=utf-8", "eml": "text/plain; charset=utf-8"}
_SAFE = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    "X-Content-Type-Options": "nosniff",
}
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="10"><title>Letters</title>
<style>body{{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}}li{{margin:.4rem 0}}small a{{margin-left:.6rem}}
</style>
<h1>Letters</h1><p>{count} caught, the latest first.</p><ul>{rows}</ul></html>"""


def mailbox_page(folder: Path) -> Starlette:
    """The page over a folder that ``catcher`` writes to."""

    def everything(request: Request) -> Response:
        stems = sorted((path.stem for path in folder.glob("*.eml")), reverse=True)
        rows = "".join(_row(folder, stem) for stem in stems[:_SHOWN])
        return HTMLResponse(_PAGE.format(count=len(stems), rows=rows))

    def one(request: Request) -> Response:
        name = request.path_params["name"]
        kind = name.rpartition(".")[2]
        # Only a name that the folder itself lists is opened, so no path leads out of it.
        if kind not in _KINDS or name not in (path.name for path in folder.iterdir()):
            raise HTTPException(404, "No such letter.")
        return Response((folder / name).read_bytes(), headers={"Content-Type": _KINDS[kind], **_SAFE})

    return Starlette(routes=[Route("/", everything), Route("/{name}", one)])


def _row(folder: Path, stem: str) -> str:
    there = [kind for kind in _KINDS if (folder / f"{stem}.{kind}").exists()]
    links = "".join(f'<a href="/{escape(stem)}.{kind}">{kind}</a>' for kind in there)
    return f'<li><a href="/{escape(stem)}.{there[0]}">{escape(stem)}</a> <small>{links}</small></li>'


def main(folder: Path, port: Annotated[int, typer.Option()]) -> None:
    """Serve the letters in FOLDER on this machine."""
    uvicorn.run(mailbox_page(folder), host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    typer.run(main)
