"""What became of a message: the ways in which sending fails, told apart by the server's codes and never by its words."""

import re
from typing import Final

_AUTHENTICATION: Final = (530, 534, 535, 538)
_FOR_NOBODY: Final = (421, 454)
"""The server closes, or cannot check a password now (RFC 5321, RFC 4954)."""

_CONVERSATION: Final = (500, 502, 503, 504)
"""The server did not understand us: whatever the reason is, it is not the recipient."""


class SendError(Exception):
    """A message was not carried, or that is not known. ``code`` and ``status`` are the server's answer, 0 and empty without one.

    No message in this tree holds an address, or a word of the server's, which often repeats one::

        SendError
        ├── Rejected        this recipient is refused for good
        ├── SenderBlocked   we are refused, whoever the recipient is: a matter for the operator
        ├── TryLater        nothing was carried, and another attempt may succeed
        │   └── Unavailable the same, whoever the recipient is
        └── Unclear         the whole message was handed over and no answer came back: it may have been carried
    """

    def __init__(self, said: str, *, code: int = 0, status: str = "") -> None:
        super().__init__(" ".join(word for word in (f"{said}:" if code else said, str(code or ""), status) if word))
        self.code = code
        self.status = status


class Rejected(SendError):
    """This recipient is refused for good (5xx)."""


class SenderBlocked(SendError):
    """We are refused: 5.7.x, authentication, a server that does not understand us, or a permanent no before it heard of a recipient."""


class TryLater(SendError):
    """The server was not there, or asked for patience (4xx). It did not take the message."""


class Unavailable(TryLater):
    """The way out is closed for now: the server is away, or has no patience with us. However long it lasts, no recipient is to blame."""


class Unclear(SendError):
    """The connection was lost after the message had been handed over. Sending it again may deliver it twice."""


def meaning(code: int, answer: str, *, recipient_named: bool, handed_over: bool) -> SendError:
    """What an answer other than yes means, by its code (RFC 5321), its enhanced code (RFC 3463), and how far the conversation had come."""
    found = re.match(r"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)", answer)
    status = found[0] if found else ""
    if 400 <= code <= 499:
        ours = not recipient_named or code in _FOR_NOBODY or status.startswith("4.7.")
        return (Unavailable if ours else TryLater)("the server asks for patience", code=code, status=status)
    if not 500 <= code <= 599:
        said = "the server's answer makes no sense"
        return Unclear(said, code=code) if handed_over else TryLater(said, code=code)
    if not recipient_named or code in (*_AUTHENTICATION, *_CONVERSATION) or status.startswith("5.7."):
        return SenderBlocked("the server refuses this sender", code=code, status=status)
    return Rejected("the server refuses this recipient", code=code, status=status)
