"""``lead signal … referred``: a lead names somebody who may be interested, and that person is a lead then."""

from typing import Annotated

import typer

from commands.console import Json, WrongInput
from commands.signal.recording import SOURCE, At, Scene, record
from store.addresses import comparable
from store.leads import accounts
from store.leads.persons import Person, WrongPerson


def referred(
    context: typer.Context,
    email: Annotated[str, typer.Option(metavar="ADDRESS", help="The mail address of the person whom it named.", show_default=False)],
    name: Annotated[str, typer.Option(metavar="NAME", help="The given name of that person, or all of it.")] = "",
    family_name: Annotated[str, typer.Option(metavar="NAME", help="The family name of that person.")] = "",
    company: Annotated[str, typer.Option(metavar="NAME", help="The company of that person.")] = "",
    at: At = None,
    json: Json = False,
) -> None:
    """The lead named somebody who may be interested, who is a lead from then on, and remembered as brought by this one.

    Nobody writes to that person because of it: letters begin with a consent of its own. Who was known already stays as it is.
    """

    async def act(scene: Scene) -> int | None:
        try:
            person = Person(email=email, given_name=name, family_name=family_name, company=company, source=accounts.REFERRAL)
            _, seq = await accounts.refer(scene.session, scene.lead.id, person, scene.at, scene.now, source=SOURCE)
        except WrongPerson as wrong:
            option = "name" if wrong.field == "given_name" else wrong.field.replace("_", "-")
            raise WrongInput(f"--{option}: {wrong.reason}") from None
        return seq

    record(context, act, at, json, also=comparable(email))
