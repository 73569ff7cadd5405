"""Reads complaints, as mailbox providers pass them on when somebody presses the button for spam (ARF, RFC 5965)."""

import re
from typing import Final

from mail.reading.bounces import Report
from mail.reading.opened import Opened, address_in
from nurture.verdict import Sort

_COMPLAINS: Final = frozenset({"abuse", "fraud", "virus", "opt-out", "opt-out-list", "miscategorized", "other", "complaint"})
_PROVIDERS: Final = re.compile(r"complaint about (?:a )?message from|feedback loop|email abuse report|\bjmrp\b", re.IGNORECASE)


def complaint_of(opened: Opened) -> Report | None:
    """The complaint that a message is. A report of another kind, like ``not-spam``, is automatic; None for what is no report."""
    for part in opened.parts("message/feedback-report"):
        payload = part.get_payload()
        said = "\n".join(str(block) for block in payload) if isinstance(payload, list) else str(payload)
        fields = {name.lower(): value.strip() for name, value in re.findall(r"(?m)^([\w-]+):[ \t]*(.*)$", said)}
        kind = fields.get("feedback-type", "").lower()
        recipient = (
            address_in(fields.get("original-rcpt-to", "")) or address_in(fields.get("removal-recipient", "")) or _recipient_of_copy(opened)
        )
        return Report(sort=Sort.COMPLAINT if kind in _COMPLAINS else Sort.AUTOMATIC, recipient=recipient, status=kind)
    if _PROVIDERS.search(opened.subject) and any(opened.parts("message/rfc822")):
        return Report(sort=Sort.COMPLAINT, recipient=_recipient_of_copy(opened), status="abuse")
    return None


def _recipient_of_copy(opened: Opened) -> str:
    """Whom the letter went to that the complaint brings along."""
    for kind in ("message/rfc822", "text/rfc822-headers"):
        for part in opened.parts(kind):
            payload = part.get_payload()
            copies = "\n".join(str(copy) for copy in payload) if isinstance(payload, list) else str(payload)
            for name in ("X-HmXmrOriginalRecipient", "X-Original-To", "Delivered-To", "To"):
                found = re.search(rf"(?im)^{name}:[ \t]*(.+)$", copies)
                if found and (address := address_in(found[1])):
                    return address
    return ""
