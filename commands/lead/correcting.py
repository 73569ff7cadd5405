"""``lead set``: put right what is known of a lead."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer

from commands.console import Json, WrongInput, run, say, say_json
from commands.front import clock_of, database, system_user
from commands.looking import found
from nurture.plan.problems import did_you_mean
from store.leads import corrections
from store.leads.corrections import CORRECTABLE, Correction
from store.leads.persons import WrongPerson
from store.team import audit
from store.team.audit import Deed, On


def set_(
    context: typer.Context,
    lead: Annotated[str, typer.Argument(metavar="ID|ADDRESS", help="The lead's id, or its mail address.", show_default=False)],
    values: Annotated[
        list[str],
        typer.Argument(metavar="FIELD=VALUE...", help=f"What is right. FIELD is one of {', '.join(CORRECTABLE)}.", show_default=False),
    ],
    json: Json = False,
) -> None:
    """Put right what is known of a lead: 'lead set ADDRESS family_name=Pérez zone=Europe/Madrid'.

    This overwrites, as no import does. Nothing behind the sign says that nobody knows: 'phone='. A zone that only followed from the
    country follows the new country. Letters that are still to come are written with what is right, and the lead's clock, holidays and
    conditions follow. An address cannot be changed: consents and refusals belong to it, so another address is another lead.
    """
    lead_id, changed = run(_set(lead, values, clock_of(context)()))
    if json:
        say_json({"lead": lead_id, "changed": [asdict(one) for one in changed]})
    elif not changed:
        say("Nothing changed: this is known already.", "green")
    else:
        for one in changed:
            say(f"{one.field}: {one.before or '(not known)'} → {one.after or '(not known)'}", "green")


async def _set(name: str, values: Sequence[str], now: datetime) -> tuple[UUID, list[Correction]]:
    right = _read(values)
    async with database() as db:
        lead_id = await found(db, name)
        try:
            async with db.transaction() as session:
                corrected = await corrections.correct(session, lead_id, right, now)
                if corrected:
                    after = {"fields": [one.field for one in corrected]}
                    await audit.note(session, system_user(), Deed.LEAD_CHANGED, On.LEAD, lead_id, now, after=after)
                return lead_id, corrected
        except WrongPerson as wrong:
            raise WrongInput(f"{wrong.field}: {wrong.reason}") from None


def _read(values: Sequence[str]) -> dict[str, str]:
    right: dict[str, str] = {}
    problems = []
    for value in values:
        field, sign, text = value.partition("=")
        field = field.strip().lower().replace("-", "_")
        if not sign:
            problems.append(f"'{value}' has no '='; write it like family_name=Pérez")
        elif field not in CORRECTABLE:
            problems.append(f"'{field}' cannot be set; {did_you_mean(field, CORRECTABLE, 'what can be set is')}")
        elif field in right:
            problems.append(f"'{field}' is given twice; give it once")
        right[field] = text
    if problems:
        raise WrongInput(*problems)
    return right
