"""Says why a lead got a letter, why it has not got one, and where it is and why: told from what is kept, in sentences."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from nurture.why.answering import about
from nurture.why.decisions import Decision, facts_in_words
from nurture.why.explaining import UnknownLetter, where
from nurture.why.retelling import difference, retell
from store.journeys.retelling import editions, history_of, started
from store.leads import leads
from store.tables import Lead
from web.desk.frame import desk
from web.desk.retold import facts_retold, retold
from web.entrance import Person, may
from web.front import FrontOf
from web.moments import in_zone
from web.paths import id_in
from web.rights import Right
from web.show import message
from web.visitors import language_of
from web.words import words

router = APIRouter(include_in_schema=False)

_SHOWN = 25
"""Decisions that are shown of a long life, the latest ones."""


@router.get("/leads/{lead_id}/why")
async def why(lead_id: str, request: Request, front: FrontOf, who: Annotated[Person, may(Right.SEE_LEADS)], letter: str = "") -> Response:
    """Why it got this letter, or why not; without a letter where it is and why."""
    language, now, id = language_of(request), front.now(), id_in(lead_id)
    w = words(language)
    async with front.database.transaction() as session:
        lead = await session.get(Lead, id) if id else None
        if lead is None:
            return message(language, "no_page", status=404)
        history, current = await history_of(session, lead.id), await editions(session)
        since = await started(session, {row.ref for row in history.ledger.values()})
    turns = retell(history, max(now, history.latest_at or now))
    try:
        answers = about(letter, history, turns, current, since, now) if letter else [where(turns, now)]
    except UnknownLetter:
        return message(language, "no_page", status=404)
    return desk(
        "why",
        request,
        who,
        lead_id=lead.id,
        called=leads.name_of(lead) or w["unnamed"],
        letter=letter,
        answers=[
            ([retold(said, language) for said in one.says], [_line(each, lead.zone, language) for each in one.decisions[-_SHOWN:]])
            for one in answers
        ],
        waiting=history.waiting,
        is_exact=difference(history, turns) is None,
    )


def _line(one: Decision, zone: str, language: str) -> dict[str, str]:
    return {
        "at": in_zone(one.at, zone, language),
        "what": retold(one.what, language),
        "why": retold(one.why, language),
        "facts": facts_retold(facts_in_words(one.inputs), language),
        "by": " · ".join(filter(None, [retold(one.by, language), one.edition])),
    }
