"""``explain``: why a lead got a letter, why it did not, and where it was at a moment, from what is kept of it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import typer
from rich.text import Text

from commands.console import Json, WrongInput, number, out, printable, remark, run, say, say_json, show, table
from commands.front import clock_of, database
from commands.looking import found
from commands.moments import read_moment_or_day, there
from nurture.why.answering import about
from nurture.why.decisions import Decision, facts_in_words
from nurture.why.explaining import Answer, UnknownLetter, where
from nurture.why.history import History
from nurture.why.playing import Turn
from nurture.why.retelling import Difference, difference, retell
from store.database import Database
from store.journeys.retelling import editions, history_of, started

_SHOWN: Final = 25
"""How many decisions are shown of a long life; ``--json`` has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """The answers to a question about a lead, and whether what was told again is what was written down."""

    history: History
    answers: tuple[Answer, ...]
    zone: str
    difference: Difference | None


def explain(
    context: typer.Context,
    lead: Annotated[str, typer.Argument(metavar="ID|ADDRESS", help="The lead's id, or its mail address.", show_default=False)],
    letter: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Why it got this letter, or why not; also as CAMPAIGN/NAME.", show_default=False),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Where it was then and why: a day like 2027-03-01, or a moment.", show_default=False),
    ] = None,
    json: Json = False,
) -> None:
    """Say why a lead got a letter, why it has not got one, or where it was at a moment: with the rule, the facts and the edition.

    Without an option: where it is now, and every decision that led there. It is told from the database, and changes nothing.
    """
    if letter is not None and at is not None:
        raise typer.BadParameter("say either --letter or --at", ctx=context)
    now = clock_of(context)()
    explained = run(_explain(lead, letter, at, now))
    if json:
        say_json(_as_json(explained))
    else:
        _draw(explained)


async def _explain(lead: str, letter: str | None, at: str | None, now: datetime) -> Explained:
    async with database() as db:
        history = await _history(db, await found(db, lead))
        turns = retell(history, max(now, history.latest_at or now))
        zone = turns[-1].after.profile.zone if turns else "UTC"
        if letter is None:
            moment = read_moment_or_day("--at", at, zone, now) if at else now
            answers = [where(turns, moment)]
        else:
            answers = await _about(db, letter, history, turns, now)
    return Explained(history=history, answers=tuple(answers), zone=zone, difference=difference(history, turns))


async def _history(db: Database, lead: UUID) -> History:
    async with db.transaction() as session:
        return await history_of(session, lead)


async def _about(db: Database, letter: str, history: History, turns: Sequence[Turn], now: datetime) -> list[Answer]:
    async with db.transaction() as session:
        current = await editions(session)
        since = await started(session, {row.ref for row in history.ledger.values()})
    try:
        return about(letter, history, turns, current, since, now)
    except UnknownLetter as unknown:
        raise WrongInput(f"--letter: {unknown}") from None


def _draw(explained: Explained) -> None:
    for answer in explained.answers:
        first, *others = answer.says
        out().print()
        out().print(Text(printable(first), "bold"), soft_wrap=True)
        for sentence in others:
            say(sentence)
        if answer.decisions:
            shown = table(f"!{explained.zone}", "What", "Why", "On these facts", "By", title="What was decided on the way")
            show(shown, (_row(decision, explained.zone) for decision in answer.decisions[-_SHOWN:]))
        if len(answer.decisions) > _SHOWN:
            say(f"{number(len(answer.decisions) - _SHOWN, 'earlier decision')} not shown; --json has all.", "dim")
    _draw_doubts(explained)


def _row(decision: Decision, zone: str) -> list[object]:
    by = " · ".join(filter(None, [decision.by, decision.edition]))
    return [Text(there(decision.at, zone), "dim"), decision.what, decision.why, facts_in_words(decision.inputs), Text(by, "dim")]


def _draw_doubts(explained: Explained) -> None:
    if explained.history.waiting:
        remark(f"{number(explained.history.waiting, 'engagement')} not told here: the lead's workflow has not heard of that yet.")
    if (parts := explained.difference) is not None:
        told = f"written down is '{parts.written}', told again is '{parts.retold or 'nothing'}'"
        remark(
            f"From {there(parts.at, explained.zone)} on this is not told exactly: {told}. So it is where a workflow was ended by hand and "
            "built up again, or waited long for a service. What was written down counts: see 'lead show'."
        )


def _as_json(explained: Explained) -> dict[str, object]:
    parts = explained.difference
    return {
        "lead": explained.history.lead,
        "answers": [
            asdict(answer) | {"decisions": [asdict(one) | {"inputs": dict(one.inputs)} for one in answer.decisions]}
            for answer in explained.answers
        ],
        "not_heard_yet": explained.history.waiting,
        "told_exactly": parts is None,
        "parts_at": parts.at if parts else None,
        "written_down": explained.history.notes if parts else (),
    }
