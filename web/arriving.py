"""Reads where a visitor came from: what a link said of itself (utm), and the pages before and after."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from store.site.arrivals import OF_LINK, Arrival
from web.submissions import read_text

_LONGEST: Final = 100
_LONGEST_PAGE: Final = 300


def arrival_of(fields: Mapping[str, object], now: datetime) -> Arrival | None:
    """Where somebody came from, who sends these fields; None where nothing says it. What is no plain text is passed over."""
    arrival = Arrival(
        at=now,
        **{part: _plain(fields.get(f"utm_{part}")) for part in OF_LINK},
        referrer=_page(fields.get("referrer")),
        page=_page(fields.get("page")),
    )
    return arrival if arrival.is_told else None


def _plain(value: object) -> str:
    """What a link says, in small letters, so that reports count it once. Who wrote the link may have put a person's address there."""
    text = read_text("utm", value, _LONGEST, {}).lower()
    return "" if "@" in text else text


def _page(value: object) -> str:
    """Host and path of a page, without what follows a question mark: that may say who somebody is."""
    try:
        parts = urlsplit(read_text("page", value, 2000, {}))
        host = parts.hostname or ""
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    path = "" if "@" in parts.path or parts.path == "/" else parts.path
    return f"{host}{path}"[:_LONGEST_PAGE]
