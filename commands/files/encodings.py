"""Finds out what a file of text is written in, or names the byte where it stops being text."""

import codecs
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Final

from commands.console import WrongInput

ENCODINGS: Final = {"utf-8-sig": "UTF-8", "cp932": "Shift_JIS"}
"""What a file is tried in, in this order, and how people call it."""

_BLOCK: Final = 1 << 20
_SHIFT_JIS: Final = "cp932"
_KANJI: Final = "[\u4e00-\u9fff]"
_HALF: Final = "[\uff66-\uff6f\uff71-\uff9f]"
_GARBLED: Final = re.compile(
    "|".join(
        [
            "[\ue000-\uf8ff]",  # for signs of one's own: no letter can show them
            f"[A-Za-z]{_KANJI}{{1,2}}[a-z]",  # P駻ez, Fran輟is
            f"[A-Za-z]{_HALF}{{1,2}}[A-Za-z]",  # Straﾟe
            f"(?<!{_HALF}){_HALF}[a-z]",  # ﾅsa
            f"[A-Z]{_HALF}(?!{_HALF})",  # CAFﾉ
            f"(?:^|[^\\w]){_KANJI}[a-z]{{2}}",  # 駘ise
        ]
    )
)
"""What European names look like when they are read as Japanese, and Japanese ones do not."""

_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def encoding_of(path: Path, raw: BinaryIO, encodings: Sequence[str]) -> str:
    """The first of these encodings that all of the file is text in. Raises WrongInput."""
    start = raw.read(4)
    if start.startswith(b"PK\x03\x04"):
        raise WrongInput(f"{path}: this is a workbook or an archive; open it and save it as 'CSV UTF-8'")
    if start.startswith(_UTF_16) and encodings == list(ENCODINGS):
        raise WrongInput(f"{path}: this is UTF-16; save it as 'CSV UTF-8' instead")
    if not start.strip():
        raise WrongInput(f"{path}: the file is empty; its first line names the columns, like 'email,family_name,given_name'")
    wrong_from = []
    for encoding in encodings:
        try:
            at = _first_wrong_byte(raw, encoding.replace("-sig", ""))
        except LookupError:
            raise WrongInput(f"{path}: there is no encoding {encoding!r}; leave --encoding out, or name one like cp1252") from None
        if at is None:
            if encoding == _SHIFT_JIS and len(encodings) > 1 and (line := _garbled_line(raw, encoding)):
                raise WrongInput(
                    f"{path}:{line}: read as Shift_JIS, there are Japanese signs within European words: it seems to be something else; "
                    "save it as 'CSV UTF-8', or say what it is, like --encoding cp1252 (or --encoding cp932, if it is right as it is)"
                )
            return encoding
        wrong_from.append(at)
    line, byte = _place(raw, max(wrong_from))
    names = " nor ".join(ENCODINGS.get(encoding, encoding) for encoding in encodings)
    raise WrongInput(
        f"{path}:{line}: this is not {names}: byte {byte:#04x}, number {max(wrong_from) + 1:,} of the file; "
        "save it as 'CSV UTF-8', or say what it is, like --encoding cp1252"
    )


def _first_wrong_byte(raw: BinaryIO, encoding: str) -> int | None:
    """Where the file stops being text in this encoding, as an offset; None when all of it is."""
    "".encode(encoding)  # raises LookupError where it is none for text
    decoder = codecs.getincrementaldecoder(encoding)()
    raw.seek(0)
    before = 0
    while True:
        block = raw.read(_BLOCK)
        held = len(decoder.getstate()[0])
        try:
            decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            return before - held + error.start
        if not block:
            return None
        before += len(block)


def _garbled_line(raw: BinaryIO, encoding: str) -> int:
    """The first line that nobody can have meant; 0 when there is none."""
    raw.seek(0)
    lines = io.TextIOWrapper(raw, encoding, newline=None)
    found = next((number for number, line in enumerate(lines, start=1) if _GARBLED.search(line)), 0)
    lines.detach()
    return found


def _place(raw: BinaryIO, at: int) -> tuple[int, int]:
    """The line and the value of the byte at an offset."""
    raw.seek(0)
    line = 1 + sum(raw.read(min(_BLOCK, at - start)).count(b"\n") for start in range(0, at, _BLOCK))
    return line, (raw.read(1) or b"\0")[0]
