"""Puts links whose clicks are counted into a letter, and one that only machines find. Links that refuse letters stay as they are."""

import re
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Final

from mail.anchors import path_on_site, with_other_links
from mail.facts import Links
from mail.letters import Rendered
from nurture.clicks import TRAP
from nurture.plan.targets import is_target

_LONGEST: Final = 1500
"""Characters of an address; a longer one stays as it is, because links of more than some 2,000 do not arrive whole everywhere."""

_UNSEEN: Final = (
    '<div style="display:none;max-height:0;max-width:0;overflow:hidden;mso-hide:all" aria-hidden="true">'
    '<a href="{url}" tabindex="-1" rel="nofollow">&#8203;</a></div>'
)
"""Neither seen nor reached by keyboard or screen reader. Whoever gets there all the same finds our site."""


def with_counted_links(rendered: Rendered, links: Links, counted: Callable[[str], str]) -> Rendered:
    """The letter with ``counted(target)`` in the place of every link to a page of this site or to an https address.

    What else ``links`` knows, as where letters are refused, is nobody's business, and stays.
    """
    untouched = tuple(getattr(links, field.name) for field in fields(links) if field.name != "site")

    def other(url: str) -> str:
        target = path_on_site(url, links) or url
        follows = is_target(target) and len(target) <= _LONGEST and not url.startswith(tuple(filter(None, untouched)))
        return counted(target) if follows else url

    html, text = with_other_links(rendered.html, rendered.text, other)
    unseen = _UNSEEN.format(url=counted(TRAP))
    return replace(rendered, html=re.sub(r"(<body\b[^>]*>)", lambda body: body[1] + unseen, html, count=1), text=text)
