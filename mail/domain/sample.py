"""Looks at a letter as it would go out: whether it can be refused in one click (RFC 8058), and says below what the law wants."""

from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.policy import SMTP
from pathlib import Path
from typing import Final

from mail.compose import compose, message_id_of
from mail.domain.findings import MailFinding, Verdict
from mail.facts import Addressee, Facts, Sender
from mail.letters import Letters
from mail.previews import NOBODY, links_of_nobody
from mail.signing import Signer
from mail.templates import HOUSE, LetterError
from mail.written import missing_in_footer

_ONE_CLICK: Final = ("list-unsubscribe", "list-unsubscribe-post")


def examine_sample(letters: Letters, sender: Sender, signer: Signer | None, *, base: str, secret: str, now: datetime) -> list[MailFinding]:
    """Write one of the letters for nobody, and look at it. It goes nowhere."""
    file = next((file for file in sorted(letters.folder.glob("*/*.??.html")) if file.parent.name != HOUSE), None)
    if file is None:
        return [_found("letters", Verdict.WRONG, f"there are no letters in {letters.folder}", "set TEMPLATES_DIR to where they are")]
    name, language, _ = file.name.split(".")
    links = links_of_nobody(base, secret, "letters")
    facts = Facts(lead=Addressee(), sender=sender, links=links)
    try:
        rendered = letters.render(file.parent.name, name, language, language, facts)
    except LetterError as wrong:
        return [_found("letters", Verdict.WRONG, str(wrong), "correct it; 'campaign check' names everything that is wrong with letters")]
    message_id = message_id_of(NOBODY, sender.address)
    whole = compose(rendered, sender=sender, to=sender.address, message_id=message_id, unsubscribe_url=links.unsubscribe, sent_at=now)
    message = message_from_bytes(signer.sign(whole) if signer else whole, policy=SMTP)
    footer = [
        _found("footer", Verdict.WRONG, flaw.what, f"{flaw.fix} into {flaw.problem(file, letters.folder).file}")
        for flaw in missing_in_footer(rendered, facts)
    ]
    return [*_one_click(message, links.unsubscribe), *(footer or [_right_footer(file)])]


def _one_click(message: Message, url: str) -> list[MailFinding]:
    said = {name: " ".join(str(message.get(name, "")).split()) for name in _ONE_CLICK}
    if said != {"list-unsubscribe": f"<{url}>", "list-unsubscribe-post": "List-Unsubscribe=One-Click"}:
        return [
            _found("one-click", Verdict.WRONG, "a letter lacks the headers by which it is refused in one click", "do not take them out")
        ]
    if not url.startswith("https://"):
        return [
            _found(
                "one-click",
                Verdict.WRONG,
                "BASE_URL is not https, so that no mailbox offers to refuse in one click",
                "reach the web app by https",
            )
        ]
    signature = str(message.get("DKIM-Signature", ""))
    if not signature:
        what = "a letter has the headers for one click; whether a signature covers them cannot be told from here"
        return [_found("one-click", Verdict.DOUBTFUL, what, "see that whoever signs covers List-Unsubscribe and List-Unsubscribe-Post")]
    tags = {name: value for name, _, value in (part.strip().partition("=") for part in signature.split(";"))}
    covered = {name.strip().lower() for name in tags.get("h", "").split(":")}
    if not covered.issuperset(_ONE_CLICK):
        return [_found("one-click", Verdict.WRONG, "the signature does not cover the headers for one click", "have it cover them")]
    return [_found("one-click", Verdict.RIGHT, "a letter is refused in one click, and the signature covers that")]


def _right_footer(file: Path) -> MailFinding:
    return _found("footer", Verdict.RIGHT, f"sender, postal address, contact and refusal are in both parts of {file}")


def _found(about: str, verdict: Verdict, what: str, fix: str = "") -> MailFinding:
    return MailFinding(about=about, verdict=verdict, what=what, fix=fix)
