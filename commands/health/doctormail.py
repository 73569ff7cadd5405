"""``doctor mail``: whether letters will arrive, by DNS, the mail server and a letter as it would go out, and what to publish."""

from dataclasses import asdict
from typing import Final

import typer
from rich.text import Text

from commands.console import AWAY, FORGOTTEN, Json, complain, number, run, say, say_json, show, table
from commands.front import clock_of
from mail.domain.findings import MailFinding, Verdict

_COLOURS: Final = {Verdict.RIGHT: "green", Verdict.DOUBTFUL: "yellow", Verdict.WRONG: "red"}


def mail_command(context: typer.Context, json: Json = False) -> None:
    """Look whether letters will arrive: SPF, DKIM, DMARC and MX in DNS, TLS of the mail server, refusing in one click, and the footer.

    What is to be published is printed ready to be copied. Nothing is sent and nothing is changed. This needs every setting that the worker
    needs, and no database. DNS is asked where DNS_SERVER says, or else where this machine asks.

    The exit code is 4 when something is wrong. What is only doubtful does not count.
    """
    from commands.health.deliverability import examine_mail  # here, because what it stands on takes a while to be imported

    found, away = run(examine_mail(clock_of(context)()))
    is_wrong = any(finding.verdict is Verdict.WRONG for finding in found)
    if json:
        say_json({"ok": not is_wrong and not away, "away": away, "findings": [asdict(finding) for finding in found]})
    else:
        _tell(found)
    complain(away)
    if is_wrong or away:
        raise typer.Exit(FORGOTTEN if is_wrong else AWAY)


def _tell(found: list[MailFinding]) -> None:
    wrong, doubtful = (sum(finding.verdict is verdict for finding in found) for verdict in (Verdict.WRONG, Verdict.DOUBTFUL))
    shown = table("!about", "!", "what, and what to do")
    show(shown, ([finding.about, Text(finding.verdict, _COLOURS[finding.verdict]), _said(finding)] for finding in found))
    if records := list(dict.fromkeys(finding.publish for finding in found if finding.publish)):
        say("To publish in DNS:", "bold")
        for record in records:
            say(f"\n{record.name}\n{record.kind}\n{record.value}")
        say("")
    if wrong:
        say(f"{number(wrong, 'thing is', 'things are')} wrong, and {doubtful} doubtful.", "red")
    else:
        say(f"Nothing is wrong, and {number(doubtful, 'thing is', 'things are')} doubtful.", "green")


def _said(finding: MailFinding) -> Text:
    return Text.assemble(finding.what, *(("\n", (f"→ {finding.fix}", "green")) if finding.fix else ()))
