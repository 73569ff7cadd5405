"""``lead move``, ``send-now``, ``skip`` and ``owner``: a human overrides what is planned for one lead, and says who did it and why."""

from datetime import UTC
from typing import Annotated, Final
from uuid import UUID

import typer

from commands.console import Json, WrongInput, remark, run, say, say_json
from commands.front import clock_of
from commands.moments import read_moment_ahead
from commands.signal.recording import SOURCE, Scene, recorded
from nurture.kinds import Verb
from nurture.ourside import Redirected, Steered
from nurture.plan.campaign import Campaign
from nurture.plan.problems import did_you_mean
from nurture.steering import next_letter, next_step, why_not_steered
from store import tables
from store.campaigns import campaigns
from store.desk import steering
from store.journeys import enrollments
from store.team import reps

Lead = Annotated[str, typer.Argument(metavar="ID|ADDRESS", help="The lead's id, or its mail address.", show_default=False)]
Because = Annotated[str, typer.Option(metavar="TEXT", help="Why: it stays in the lead's story.", show_default=False)]
By = Annotated[str, typer.Option(metavar="NAME", envvar="USER", help="Who decides this.", show_default=False)]
InCampaign = Annotated[str, typer.Option("--campaign", metavar="NAME", help="Which of its campaigns, where it is in several.")]

_LONGEST: Final = 500


def move(
    context: typer.Context,
    lead: Lead,
    because: Because,
    track: Annotated[str, typer.Argument(metavar="TRACK", help="Into this track of its campaign.", show_default=False)] = "",
    step: Annotated[str, typer.Option(metavar="NAME", help="To this step of the track; to its first one when left out.")] = "",
    campaign: InCampaign = "",
    not_before: Annotated[
        str | None,
        typer.Option(metavar="MOMENT", help="No letter before this, like 2027-03-01T09:30+09:00.", show_default=False),
    ] = None,
    by: By = "",
    json: Json = False,
) -> None:
    """Lead one lead elsewhere: into another track of its campaign, on another channel than letters where that track has one, or later.

    What is open with a rep stays there. 'lead move ADDRESS personal --because "met her at the fair"'.
    """
    if not track and not_before is None:
        raise typer.BadParameter("say a TRACK, --not-before MOMENT, or both", ctx=context)
    if step and not track:
        raise typer.BadParameter("--step is a step of a TRACK; say both", ctx=context)

    async def act(scene: Scene) -> int | None:
        at = read_moment_ahead("--not-before", not_before, scene.now).astimezone(UTC) if not_before else None
        here, plan = await _place(scene, campaign)
        if track and track not in plan.tracks:
            raise WrongInput(f"TRACK: {plan.name} has no track '{track}'; {did_you_mean(track, plan.tracks, 'it has')}")
        steps = plan.tracks[track].step_names if track else ()
        if step and step not in steps:
            raise WrongInput(f"--step: '{track}' has no step '{step}'; {did_you_mean(step, steps, 'it has')}")
        told = Redirected(at=scene.at, enrollment=here.number, track=track, step=step, not_before=at)
        return await _decided(scene, told, by, because)

    there = f"track {track}, to '{step}'" if step else f"track {track}"
    words = [f"it goes into {there}"] * bool(track) + [f"no letter goes before {not_before}"] * bool(not_before)
    _say(*run(recorded(lead, act, None, clock_of(context)(), is_noted=True)), json, " and ".join(words))


def send_now(context: typer.Context, lead: Lead, because: Because, campaign: InCampaign = "", by: By = "", json: Json = False) -> None:
    """Have one lead's next letter go at once, whatever it waits for and at whatever hour.

    Refusals, missing consents, caps and a stop of all letters hold it back all the same. Nothing goes while a rep has the lead, or on hold.
    """
    _steer(context, lead, because, campaign, by, json, Verb.SEND_NOW)


def skip(context: typer.Context, lead: Lead, because: Because, campaign: InCampaign = "", by: By = "", json: Json = False) -> None:
    """Leave out the next step of one lead's plan that reaches somebody: a letter, a task. Pauses stay, and what comes after it comes."""
    _steer(context, lead, because, campaign, by, json, Verb.SKIP)


def owner(
    context: typer.Context,
    lead: Lead,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The rep who looks after it from now on.", show_default=False)],
    because: Because,
    by: By = "",
    json: Json = False,
) -> None:
    """Name the rep who looks after one lead. Tasks for its owner go there; tasks that are open stay where they are."""

    async def act(scene: Scene) -> int | None:
        details, rep = _said(by, because), _line("NAME", name)
        if scene.lead.owner == rep:
            return None
        if not await reps.is_known(scene.session, rep):
            remark(f"NAME: nothing here knows a rep '{rep}' yet; see that the name is written as in the inbox")
        scene.lead.owner = rep
        # No enrollment has the number 0: the workflow is told, and nothing that it does changes.
        return await scene.tell(Redirected(at=scene.at, enrollment=0), {**details, "owner": rep})

    _say(*run(recorded(lead, act, None, clock_of(context)())), json, f"{name.strip()} looks after it")


def _steer(context: typer.Context, lead: str, because: str, campaign: str, by: str, json: bool, verb: Verb) -> None:
    meant = []

    async def act(scene: Scene) -> int | None:
        here, _ = await _place(scene, campaign)
        _, state = await steering.as_told(scene.session, scene.lead.id, scene.now)
        enrollment = state.enrollment(here.number)
        if enrollment is None:
            raise WrongInput("its workflow has not said yet where this lead is; try again in a moment")
        step = next_letter(enrollment) if verb is Verb.SEND_NOW else next_step(enrollment)
        if not step:
            what = "letter" if verb is Verb.SEND_NOW else "step"
            raise WrongInput(
                f"no {what} comes next in track '{enrollment.track}' before its way forks or ends; 'lead move' leads elsewhere"
            )
        if against := why_not_steered(state, enrollment, enrollment.visit, step, verb, scene.at):
            raise WrongInput(f"'{step}' cannot be steered: {against}")
        meant.append(f"'{step}' {'goes at once' if verb is Verb.SEND_NOW else 'is left out'}")
        return await _decided(
            scene, Steered(at=scene.at, enrollment=here.number, visit=enrollment.visit, step=step, verb=verb), by, because
        )

    lead_id, seq = run(recorded(lead, act, None, clock_of(context)(), is_noted=True))
    _say(lead_id, seq, json, meant[0])  # which is there once it was carried out


async def _decided(scene: Scene, decision: steering.Decision, by: str, because: str) -> int | None:
    said = _said(by, because)
    return await steering.decide(scene.session, scene.lead, decision, **said, now=scene.now, source=SOURCE, key=scene.key_of(decision))


def _say(lead_id: UUID, seq: int | None, json: bool, words: str) -> None:
    if json:
        say_json({"lead": lead_id, "seq": seq, "recorded": seq is not None})
    elif seq is None:
        say("Nothing changed: it is so already.", "green")
    else:
        say(f"Recorded as number {seq} of this lead: {words}.", "green")


async def _place(scene: Scene, wanted: str) -> tuple[tables.Enrollment, Campaign]:
    """The enrollment that is meant, and its edition."""
    under_way = {one.campaign: one for one in await enrollments.of_lead(scene.session, scene.lead.id) if one.over_at is None}
    if not under_way:
        raise WrongInput("this lead is in no campaign; 'campaign start' takes leads into one")
    if not wanted and len(under_way) > 1:
        raise WrongInput(f"this lead is in several campaigns; add --campaign with one of {', '.join(under_way)}")
    if wanted and wanted not in under_way:
        raise WrongInput(f"--campaign: this lead is not in '{wanted}'; {did_you_mean(wanted, under_way, 'it is in')}")
    here = under_way[wanted] if wanted else next(iter(under_way.values()))
    return here, (await campaigns.load(scene.session, [here.ref]))[here.ref]


def _said(by: str, because: str) -> dict[str, str]:
    """Who overrides the plan and why, as the store keeps it. Raises WrongInput."""
    return {"by": _line("--by", by), "because": _line("--because", because)}


def _line(option: str, typed: str) -> str:
    text = " ".join(typed.split())
    if not text or len(text) > _LONGEST or not text.isprintable():
        raise WrongInput(f"{option}: say it in a line of at most {_LONGEST} characters")
    return text
