"""Letters that were caught, of somebody who is erased: their files go."""

from collections.abc import Callable
from pathlib import Path

from store.packing import texts_of


def forget_in(folder: Path, is_named: Callable[[str], bool]) -> int:
    """Take away every letter in whose name or text somebody is named, with the files that make it readable, and say how many files."""
    gone = 0
    for letter in sorted(folder.glob("*.eml")):
        if is_named(letter.stem) or any(map(is_named, texts_of(letter.read_bytes()))):
            for file in (letter, letter.with_suffix(".txt"), letter.with_suffix(".html")):
                gone += file.exists()
                file.unlink(missing_ok=True)
    return gone
