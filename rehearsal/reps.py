"""The reps of a rehearsal: what they answer to tasks, and when, as the persona says or else as is usual."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from local.town import Town
from nurture.calendar import add, next_open
from nurture.kinds import Outcome
from nurture.plan.campaign import FieldPlan
from nurture.plan.parts import Window
from nurture.plan.spans import Span, Unit
from nurture.profile import Contract, Value
from rehearsal.personas import ANY, Response
from rehearsal.players import Player
from store.desk import asks, tasks
from store.desk.checks import allowed
from store.desk.tasks import Answer, TaskRow
from store.leads import contracts

NAME: Final = "Rep"

_USUAL_ANSWERS: Final = (Outcome.NURTURE, Outcome.DONE, Outcome.MEETING_SET, Outcome.NO_ANSWER, Outcome.DECLINED, Outcome.LOST)
_USUAL_WAIT: Final = timedelta(hours=3)
_USUAL_PAUSE: Final = Span(90, Unit.DAY)
_YEAR: Final = timedelta(days=365)
_OFFICE: Final = Window()


class Reps:
    """Everybody of us who answers tasks, in a town."""

    def __init__(self, town: Town) -> None:
        self._town = town

    async def answer(self, player: Player, task: TaskRow, response: Response | None) -> None:
        """A rep answers a task; where the persona says nothing that can be answered, what is usual."""
        now = self._town.now
        async with self._town.database.transaction() as session:
            plans = await asks.plans(session, task.lead_id, task.enrollment, list(task.asks))
            possible = allowed(list(task.outcomes))
            if response is None or response.outcome not in possible:
                usual = next((outcome for outcome in _USUAL_ANSWERS if outcome in possible), possible[0])
                response = Response(outcome=usual, learned=response.learned if response else ())
            assert response.outcome is not None
            given = dict(response.learned)
            answer = Answer(
                outcome=response.outcome,
                until=response.day or player.ahead(now, response.length or _USUAL_PAUSE),
                contract=Contract(ends_on=await self._renewed(session, player, response)),
                other_contact=replace(player.persona.person, email=f"colleague.of.{task.email}", given_name="", family_name="")
                if response.outcome is Outcome.OTHER_CONTACT
                else None,
                checks=tuple("—" for _ in task.checklist),
                learned={name: given.get(name, _usual_value(plan, player.today(self._town.now))) for name, plan in plans.items()},
                artefact="https://example.com/made-for-you" if task.wants_artefact else "",
            )
            try:
                await tasks.complete(session, task.id, NAME, answer, now)
            except tasks.WrongAnswer as wrong:
                player.remark(now, f"a rep answers {response.outcome}", f"it cannot be taken: {wrong}")

    def response_to(self, player: Player, reason: str) -> Response | None:
        """What the persona's rep says to the next task of this reason; None where nothing is said of it."""
        key = reason if reason in player.persona.answers else ANY
        said = player.persona.answers.get(key, ())
        time = player.answered[key] = player.answered.get(key, 0) + 1
        return said[min(time, len(said)) - 1] if said else None

    def answers_at(self, player: Player, task: TaskRow, response: Response | None) -> datetime:
        """When: as the persona says, else after three hours of the lead's working day, and before half of the time has passed."""
        if response and response.after:
            return add(task.opened_at, response.after, player.profile)
        usual = next_open(task.opened_at + _USUAL_WAIT, _OFFICE, player.profile)
        return min(usual, task.opened_at + (task.deadline_at - task.opened_at) / 2)

    async def _renewed(self, session: AsyncSession, player: Player, response: Response) -> date:
        """The last day of what was signed: as the persona says, counted from the end of the contract that stands."""
        stands = await contracts.of_lead(session, player.id)
        today = player.today(self._town.now)
        ends_on = max(stands.ends_on if stands and stands.ends_on else today, today)
        return response.day or ends_on + (timedelta(days=response.length.days) if response.length else _YEAR)


def _usual_value(plan: FieldPlan, today: date) -> Value:
    match plan:
        case "yes_no":
            return True
        case "number":
            return 1
        case "date":
            return (today + _YEAR).isoformat()
        case _:
            return plan[0]
