"""Where a campaign may send a browser: a page of this site, or one that is reached by https."""

import re
from typing import Final

_TARGET: Final = re.compile(r"/(?!/)|https://[^/]")


def is_target(text: str) -> bool:
    """Whether it is a path of this site, like ``/thanks``, or an https address. Another site's path and a script are neither."""
    return bool(_TARGET.match(text)) and text.isprintable() and " " not in text and "\\" not in text
