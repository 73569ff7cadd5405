"""Gives files after a form: by a signed link that expires. Once a file is really fetched, the lead has downloaded it."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse, Response

from mail.links import opened, sealed
from store.site import handouts
from web.front import Front, FrontOf
from web.show import LINKED, message, page
from web.visitors import language_of
from web.words import LANGUAGES, words

router = APIRouter(include_in_schema=False)

GOOD_FOR: Final = timedelta(days=7)
TYPES: Final = {
    ".pdf": "application/pdf",
    ".zip": "application/zip",
    ".epub": "application/epub+zip",
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".mp4": "video/mp4",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The files that are given, by how their names end."""

_PURPOSE: Final = b"download:"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Link:
    handout: UUID
    content: str
    until: datetime


def look_into(folder: str) -> None:
    """Raises OSError where the folder that is named is not there."""
    if folder:
        os.listdir(folder)


def file_of(front: Front, content: str, language: str) -> Path | None:
    """The file that a content is, in this language where there is one: ``guide.ja.pdf``, or else ``guide.pdf``.

    It is looked for among the names that are in the folder, so that no content leads out of it.
    """
    folder = front.settings.downloads_dir
    if not folder or not content:
        return None
    with os.scandir(folder) as entries:
        there = {entry.name: Path(entry.path) for entry in entries if entry.is_file(follow_symlinks=False)}
    stems = (f"{content}.{language}", content, *(f"{content}.{other}" for other in LANGUAGES))
    return next((there[stem + end] for stem in stems for end in TYPES if stem + end in there), None)


def link_to(front: Front, handout: UUID, content: str) -> str:
    """What stands in the path of the link to a file that somebody asked for."""
    until = int((front.now() + GOOD_FOR).timestamp())
    return sealed(front.settings.link_secret, _PURPOSE, handout.bytes + f"{until}\n{content}".encode())


@router.get("/thanks/download/{link}")
async def thanks(link: str, request: Request, front: FrontOf) -> HTMLResponse:
    """The page that gives the file to whoever sent the form without a script."""
    language = language_of(request)
    if _read(front, link) is None:
        return _nothing(request, front)
    return page("given", language, headers=LINKED, text=words(language)["thanks_download"], link=f"/download/{link}")


@router.api_route("/download/{link}", methods=["GET", "HEAD"])
async def give(link: str, request: Request, front: FrontOf) -> Response:
    """The file. Its first fetching is what the lead did; after the link has expired, one asks for it anew."""
    asked = _read(front, link)
    file = file_of(front, asked.content, language_of(request)) if asked else None
    if asked is None or file is None:
        return _nothing(request, front)
    if front.now() >= asked.until:
        return message(language_of(request), "download_over", status=410, headers=LINKED)
    if request.method == "GET" and "prefetch" not in request.headers.get("sec-purpose", ""):
        async with front.database.transaction() as session:
            await handouts.fetched(session, asked.handout, front.now())
    headers = LINKED | {"Cache-Control": "private, no-store"}
    return FileResponse(file, headers=headers, media_type=TYPES[file.suffix], filename=f"{asked.content}{file.suffix}")


def _read(front: Front, link: str) -> _Link | None:
    """What a link says; None for one that was not made here."""
    says = opened(front.settings.link_secret, _PURPOSE, link)
    if says is None:
        return None
    until, _, content = says[16:].decode().partition("\n")
    return _Link(handout=UUID(bytes=says[:16]), content=content, until=datetime.fromtimestamp(int(until), UTC))


def _nothing(request: Request, front: Front) -> HTMLResponse:
    return message(language_of(request), "no_download", status=404, headers=LINKED, contact=front.settings.sender_contact)
