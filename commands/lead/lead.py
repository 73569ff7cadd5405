"""``lead``: where one lead is, why, and what comes next."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from commands.console import Json, number, out, printable, run, say_json, show, table
from commands.front import Clock, clock_of, database
from commands.lead import correcting, overriding
from commands.looking import Portrait, portrait
from commands.moments import both, distance, there
from commands.privacy import erasing, exporting
from commands.signal import signals
from nurture.places import zone
from store.leads.leads import name_of

app = typer.Typer(no_args_is_help=True, help="See one lead, put it right, lead it elsewhere, and record what happened to it.")
app.add_typer(signals.app, name="signal")
app.command("set")(correcting.set_)
app.command("move")(overriding.move)
app.command("send-now")(overriding.send_now)
app.command("skip")(overriding.skip)
app.command("owner")(overriding.owner)
app.command("export")(exporting.export_)
app.command("erase")(erasing.erase)
app.command("erased")(erasing.erased)

_OF = {"engagement": ("came in", "cyan"), "decision": ("decided", ""), "letter": ("letter", "green"), "task": ("rep", "yellow")}

_KINDS = {
    "wait": "a pause",
    "wait_for": "waiting for the lead",
    "go": "on to another track",
    "enroll": "into another campaign",
    "branch": "a fork",
    "split": "a split",
    "set": "something to remember",
    "hours": "other hours for letters",
    "notify": "a word to somebody",
    "end": "the end",
}
"""Kinds of steps that are named by their place where nobody named them."""


@app.command("show")
def show_(
    context: typer.Context,
    lead: Annotated[str, typer.Argument(metavar="ID|ADDRESS", help="The lead's id, or its mail address.", show_default=False)],
    json: Json = False,
) -> None:
    """Show where a lead is and why, what comes next and when, its open tasks, contract and consents, and everything that happened.

    Its workflow is asked how it stands. Where Temporal cannot be reached, this shows what the database knows, and says so.
    """
    now = clock_of(context)
    seen = run(_look(lead, now))
    if json:
        say_json(_as_json(seen))
    else:
        _draw(seen, now)


async def _look(lead: str, now: Clock) -> Portrait:
    async with database() as db:
        return await portrait(db, lead)


def _draw(seen: Portrait, now: Clock) -> None:
    lead, clock = seen.lead, seen.zone
    console = out()
    console.print()
    console.print(Text(printable(" · ".join(filter(None, [name_of(lead) or lead.email, lead.title, seen.company]))), "bold"))
    console.print(Text(f"{lead.email} · {lead.id}", "dim"), soft_wrap=True)
    console.print()
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="bold", no_wrap=True)
    facts.add_column(overflow="fold")
    for name, value in _facts(seen, now):
        facts.add_row(name, value if isinstance(value, Text) else Text(printable(value)))
    console.print(facts)
    console.print()
    shown = table(f"!{clock}", "!", "What happened", "Why", title="Everything that happened")
    show(
        shown,
        (
            [Text(there(entry.at, clock), "dim"), Text(*_OF[entry.of]), Text(printable(entry.what), _OF[entry.of][1]), entry.why]
            for entry in seen.story
        ),
    )
    console.print(Text(_where_from(seen), "dim"))


def _facts(seen: Portrait, now: Clock) -> list[tuple[str, str | Text]]:
    clock, standing = seen.zone, seen.standing
    facts: list[tuple[str, str | Text]] = []
    if standing is None:
        said = "Its workflow has not said anything yet" if seen.enrollments else "It is in no campaign"
        facts.append(("Where", said))
    else:
        facts.append(("Stage", standing.stage))
        names = {enrollment.number: enrollment.campaign for enrollment in seen.enrollments}
        places = [f"{names.get(p.enrollment, '?')}: track {p.track}, at {_step(p.step)}" for p in standing.positions]
        facts.append(("Where", "\n".join(places) or "in no campaign any more"))
        if standing.next_at is not None:
            facts.append(("Next", Text.assemble((both(standing.next_at, clock), "bold"), f", {distance(standing.next_at, now())}")))
        elif standing.open:
            facts.append(("Next", "nothing before a rep answers or the lead does something"))
        else:
            facts.append(("Next", "nothing, until the lead comes back"))
        facts.append(("Why", standing.why))
        if standing.held_until:
            facts.append(("On hold", f"until {standing.held_until}"))
    if seen.waiting:
        facts.append(("On its way", f"{number(seen.waiting, 'engagement')} that its workflow has not heard of yet"))
    for task in seen.tasks:
        who = f"{task.claimed_by} has it" if task.claimed_by else f"nobody has taken it, {task.owner} owns it"
        due = f"{both(task.deadline_at, clock)}, {distance(task.deadline_at, now())}"
        facts.append(
            ("Open task", Text(printable(f"{task.reason}: {who}\ndue {due}\n{str(task.id)[:8]}: {task.say or task.why}"), "yellow"))
        )
    if seen.contract:
        ends = f"until {seen.contract.ends_on}" if seen.contract.ends_on else "without an end"
        facts.append(("Contract", ends + (", renews by itself" if seen.contract.auto_renews else "")))
    profile = [lead_word for lead_word in (seen.lead.fit, seen.lead.segment, seen.lead.country, seen.lead.language, clock) if lead_word]
    if seen.lead.owner:
        facts.append(("Owner", seen.lead.owner))
    facts.append(("Profile", f"fit {' · '.join(profile)}"))
    facts.append(("Consent", _consents(seen)))
    return facts


def _consents(seen: Portrait) -> Text:
    lines = [
        Text(f"{c.topic}: {c.basis}, given {_day(c.given_at, seen)}" + (", withdrawn" if c.withdrawn_at else "")) for c in seen.consents
    ]
    for s in seen.suppressions:
        what = "everything" if s.topic == "*" else s.topic
        lines.append(Text(f"never write about {what}: {s.reason.replace('_', ' ')} on {_day(s.at, seen)}", "red"))
    return Text("\n").join(lines) if lines else Text("none, so no letter goes out", "yellow")


def _day(at: datetime, seen: Portrait) -> str:
    return f"{at.astimezone(zone(seen.zone)):%Y-%m-%d}"


def _step(name: str) -> str:
    """A step as a person calls it: one without a name of its own goes by its kind and place."""
    kind, _, place = name.rpartition("-")
    return f"step {place} ({_KINDS[kind]})" if kind in _KINDS and place.isdigit() else name


def _where_from(seen: Portrait) -> str:
    match seen.asked:
        case "workflow":
            return "How it stands was asked of its workflow just now."
        case "none":
            return "It has no workflow running, so this is what the database knows."
        case _:
            return "Its workflow could not be asked, because Temporal or the workers are away; this is what the database knows."


def _as_json(seen: Portrait) -> dict[str, object]:
    lead = seen.lead
    fields = ("id", "email", "family_name", "given_name", "title", "phone", "language", "country", "zone", "fit", "segment", "source")
    return {
        "lead": {name: getattr(lead, name) for name in fields}
        | {"company": seen.company, "owner": lead.owner, "created_at": lead.created_at},
        "asked": seen.asked,
        "standing": seen.standing,
        "enrollments": [{name: getattr(e, name) for name in ("number", "campaign", "ref", "enrolled_at")} for e in seen.enrollments],
        "waiting_engagements": seen.waiting,
        "tasks": [asdict(task) for task in seen.tasks],
        "contract": seen.contract,
        "consents": [
            {name: getattr(c, name) for name in ("topic", "basis", "given_at", "withdrawn_at", "evidence")} for c in seen.consents
        ],
        "suppressions": [{name: getattr(s, name) for name in ("topic", "reason", "at")} for s in seen.suppressions],
        "story": seen.story,
    }
