"""Says whether the lead was asked to confirm a consent (double opt-in), and what came of that."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from nurture.actions import SendTouch, Status, Wait
from nurture.confirming import CONFIRM
from nurture.leadside import ConsentAsked, OptedIn, OptedOut
from nurture.plan.campaign import Campaign
from nurture.posting import local
from nurture.why.explaining import Answer, Verdict
from nurture.why.playing import Turn


def asked_to_confirm(wanted: str, turns: Sequence[Turn], current: Mapping[str, Campaign], now: datetime) -> list[Answer]:
    """An answer for each time that there was something to confirm, in the campaign ``wanted`` or in any; else one that says why not."""
    asked = (turn for turn in turns if isinstance(turn.what, ConsentAsked) and wanted in ("", turn.what.edition.partition("@")[0]))
    return [_answer(turn, turn.what, turns, now) for turn in asked if isinstance(turn.what, ConsentAsked)] or [_never(wanted, current)]


def _never(wanted: str, current: Mapping[str, Campaign]) -> Answer:
    those = sorted(name for name, campaign in current.items() if campaign.double_opt_in is not None and wanted in ("", name))
    says = f"'{CONFIRM}' has not been sent: the lead has agreed to nothing that is to be confirmed."
    has = f"'double_opt_in' has forms confirmed in {', '.join(those)}." if those else "No 'double_opt_in' has forms confirmed there."
    return Answer(verdict=Verdict.NOT_ASKED, campaign=wanted, says=(says, has))


def _answer(asked: Turn, what: ConsentAsked, turns: Sequence[Turn], now: datetime) -> Answer:
    campaign, state = what.edition.partition("@")[0], asked.after
    after = turns[turns.index(asked) + 1 :]
    sent = next((turn for turn in after if isinstance(turn.what, SendTouch) and turn.what.confirms == what.confirmation), None)
    agreed = f"The lead agreed on {local(state, asked.at)} in a form to hear about '{what.topic}', which is to be confirmed."
    verdict, first, at = Verdict.WAITS, f"'{CONFIRM}' of {campaign} has not been sent.", now
    says = [agreed]
    if asked.before.has_refused(what.topic):
        verdict, at = Verdict.BARRED, asked.at
        says.append(f"It had refused letters about '{what.topic}' before, and no form lifts that.")
    elif sent is not None and sent.receipt is not None and sent.receipt.status is Status.DONE:
        verdict, at = Verdict.SENT, sent.at
        first = f"'{CONFIRM}' of {campaign} was sent on {local(state, sent.at)} ({state.profile.zone}), by the edition {what.edition}."
        says.extend(_came_of_it(what, after, now))
    elif sent is not None and sent.receipt is not None and sent.receipt.status is Status.REFUSED:
        verdict, at = Verdict.REFUSED, sent.at
        reason = (sent.receipt.reason or "unknown").replace("_", " ")
        says.append(f"It was to go on {local(state, sent.at)} and was refused by the send itself: {reason}.")
    elif what.until <= now:
        verdict, at = Verdict.LEFT, what.until
        says.append(f"It could not go before {local(state, what.until)}, and then it was too late to confirm.")
    else:
        due = turns[-1].what
        says.append(f"It waits: {due.why}." if isinstance(due, Wait) else "It was about to go on at once.")
    return Answer(verdict=verdict, campaign=campaign, says=(first, *says), at=at, edition=what.edition)


def _came_of_it(what: ConsentAsked, after: Sequence[Turn], now: datetime) -> Iterator[str]:
    """What the lead did with the letter, and what else of the topic may go."""
    for turn in after:
        match turn.what:
            case OptedIn(topic=what.topic):
                yield f"The lead confirmed on {local(turn.after, turn.at)}."
                return
            case OptedOut(topic=what.topic | None):
                yield f"The lead refused on {local(turn.after, turn.at)}."
                return
            case ConsentAsked(topic=what.topic):
                yield f"It agreed again on {local(turn.after, turn.at)}, and that is what counts."
                return
            case _:
                continue
    until = local(after[-1].after, what.until)
    if what.until > now:
        yield f"It may be confirmed until {until}; nothing else about '{what.topic}' goes before that."
    else:
        yield f"It was not confirmed by {until}, so there is no consent to write about '{what.topic}'."
