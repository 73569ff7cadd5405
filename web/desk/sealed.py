"""The fields of a form that came from a page of ours, shown to whoever sends it."""

from fastapi import Request
from starlette.responses import Response

from web.bodies import LARGEST, UnreadableBody, read_fields
from web.entrance import Person, seal_problem
from web.front import Front
from web.show import message
from web.visitors import language_of


async def sealed_fields(
    request: Request, front: Front, who: Person, *, largest: int = LARGEST, files: int = 0
) -> dict[str, object] | Response:
    """What was sent, or the answer to a form that cannot be read or did not come from here."""
    fields = await fields_of(request, largest=largest, files=files)
    if isinstance(fields, Response) or not seal_problem(front, who, fields.get("seal")):
        return fields
    return message(language_of(request), "form_over", status=403)


async def fields_of(request: Request, *, largest: int = LARGEST, files: int = 0) -> dict[str, object] | Response:
    """What was sent, wherever it came from, for a page that shows it again; or the answer to a form that cannot be read.

    A character that no database keeps is shown as unknown, as it is in addresses.
    """
    try:
        fields = await read_fields(request, largest=largest, files=files)
    except UnreadableBody as unreadable:
        return message(language_of(request), unreadable.code, status=unreadable.status)
    return {name: said.replace("\x00", "\ufffd") if isinstance(said, str) else said for name, said in fields.items()}
