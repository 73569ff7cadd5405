"""Says in words what is wrong with a field that a program sent. What was sent is not repeated: it may be personal."""

import re
from collections.abc import Mapping
from typing import Any, Final

from web.api.given import ADDRESS, LINE, NAME, PRINTABLE, TEXT

_TAG: Final = re.compile(r": '([a-z_]+)'")
_A_NAME: Final = "is a name: it begins with a small letter, and has small letters, digits, - and _, 48 of them at most"

PATTERNS: Final[Mapping[str, str]] = {
    NAME: _A_NAME,
    f"^({NAME[1:-1]})?$": _A_NAME,
    LINE: "is one line of text, without control characters",
    TEXT: "is text without the character NUL",
    ADDRESS: "is a mail address, like ada@example.com",
    PRINTABLE: "has letters, digits and signs of ASCII, without spaces",
}
"""What each pattern of the description asks for."""

_SAID: Final[Mapping[str, str]] = {
    "missing": "is missing",
    "union_tag_not_found": "is missing",
    "extra_forbidden": "is not known here",
    "string_type": "is a text, in quotation marks",
    "int_type": "is a whole number",
    "int_parsing": "is a whole number",
    "int_from_float": "is a whole number",
    "bool_type": "is true or false",
    "bool_parsing": "is true or false",
    "list_type": "is a list",
    "dict_type": "is an object",
    "model_attributes_type": "is an object",
    "model_type": "is an object",
    "uuid_type": "is an id, like 0197c0de-0000-7000-8000-000000000000",
    "uuid_parsing": "is an id, like 0197c0de-0000-7000-8000-000000000000",
    "string_too_short": "has {min_length} characters at least",
    "string_too_long": "has {max_length} characters at most",
    "too_short": "has {min_length} entries at least",
    "too_long": "has {max_length} entries at most",
    "greater_than_equal": "is {ge} or more",
    "less_than_equal": "is {le} or less",
    "enum": "is one of {expected}",
    "literal_error": "is one of {expected}",
}


def said(error: Mapping[str, Any]) -> str:
    """What is wrong, as it is said after the field's name; ``error`` is one of pydantic's."""
    kind, about = error["type"], error.get("ctx", {})
    if kind == "string_pattern_mismatch" and about["pattern"] in PATTERNS:
        return PATTERNS[about["pattern"]]
    if kind == "union_tag_invalid":
        return f"is one of {', '.join(_TAG.findall(about['expected_tags']))}"
    if kind == "value_error":
        return str(getattr(about.get("error"), "reason", "") or str(error["msg"]).removeprefix("Value error, "))
    return _SAID[kind].format(**about) if kind in _SAID else str(error["msg"])
