"""What the code of a mail server says about a letter that was not delivered. Its words are never asked."""

import re
from typing import Final

from nurture.verdict import Sort

_ENHANCED: Final = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_BASIC: Final = re.compile(r"(?:^|[\s:;(<\[\"'])([45][0-5]\d)(?=[\s\-#:)]|$)")
_SENDER: Final = frozenset({"530", "534", "535", "538"})
_PASSING: Final = ((2, 2),)
"""Full mailboxes get emptied."""
_OUR_LETTER: Final = ((2, 3), (3, 4), (6, None), (7, None))
"""Too large, in a form that is not taken, or against a rule: another letter, or another sender, might have been delivered."""


def codes_in(said: str) -> tuple[str, str]:
    """The enhanced code (RFC 3463) and the plain one (RFC 5321) that a text names first; each empty where there is none."""
    return _first_enhanced(said), next(iter(_BASIC.findall(said)), "")


def meaning_of(status: str, diagnostic: str) -> tuple[Sort, str]:
    """What a failure comes to, and the code that says so. ``status`` is a report's own field, ``diagnostic`` what the server answered."""
    enhanced, basic = codes_in(diagnostic)
    field = _first_enhanced(status)
    if enhanced.startswith("5.7.") or field.startswith("5.7."):
        return Sort.BLOCK, enhanced if enhanced.startswith("5.7.") else field
    code = next((code for code in (field, enhanced) if code and not code.endswith(".0.0")), "")
    if code:
        return _of_enhanced(code), code
    if basic:
        return (Sort.DELAY if basic[0] == "4" or basic == "552" else Sort.BLOCK if basic in _SENDER else Sort.BOUNCE), basic
    if code := field or enhanced:
        return _of_enhanced(code), code
    return Sort.UNCLEAR, ""


def _first_enhanced(said: str) -> str:
    return next((match[0] for match in _ENHANCED.finditer(said) if match[1] != "2"), "")


def _of_enhanced(code: str) -> Sort:
    kind, subject, detail = (int(number) for number in code.split("."))
    if kind == 4 or (subject, detail) in _PASSING:
        return Sort.DELAY
    return Sort.BLOCK if (subject, detail) in _OUR_LETTER or (subject, None) in _OUR_LETTER else Sort.BOUNCE
