"""What would come of a decision is shown before it, it is done only to the lead that was seen, and the audit log has it after."""

import html
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from nurture.leadside import DemoRequested
from nurture.ourside import Held
from store.consent import consents
from store.database import Database
from store.leads import leads, relaying
from store.mail import stops
from store.team import audit
from store.team.audit import Asked, Deed
from tests.web.conftest import Kept
from tests.web.leadlife import ADA, enrolled, happens, heard

pytestmark = pytest.mark.anyio

DECIDED: list[tuple[str, dict[str, str], str, Deed, dict[str, Any]]] = [
    ("send_now", {}, "steered", Deed.LETTER_SENT_NOW, {"enrollment": 1, "visit": 1, "step": "hello", "verb": "send_now"}),
    ("skip", {}, "steered", Deed.STEP_SKIPPED, {"enrollment": 1, "visit": 1, "step": "hello", "verb": "skip"}),
    ("move", {"to": "later/yearly_review"}, "redirected", Deed.LEAD_MOVED, {"enrollment": 1, "track": "later", "step": "yearly_review"}),
    ("move", {"to": "later"}, "redirected", Deed.LEAD_MOVED, {"enrollment": 1, "track": "later"}),
    ("hold", {"until": "2025-04-01"}, "held", Deed.LEAD_HELD, {"until": "2025-04-01"}),
    ("hold", {"open": "yes"}, "held", Deed.LEAD_HELD, {"until": "2035-03-03"}),
    ("release", {}, "released", Deed.LEAD_RELEASED, {}),
    ("stop", {"topic": "nurture"}, "opted_out", Deed.LEAD_STOPPED, {"topic": "nurture"}),
    ("stop", {}, "opted_out", Deed.LEAD_STOPPED, {}),
]


@pytest.fixture
async def ada(database: Database, clock: Any) -> UUID:
    return (await enrolled(database, ADA, clock.now()))[0]


def hidden(page: str) -> dict[str, str]:
    """What the form that decides carries along."""
    form = page[page.index('<form method="post" action="/leads/') :]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form))


async def lines(database: Database, lead: UUID) -> list[Any]:
    async with database.transaction() as session:
        return await audit.lines(session, Asked(on=audit.On.LEAD, subject=str(lead)))


async def test_a_decision_is_told_to_the_lead_s_workflow_with_its_reason_and_audited(
    operator: httpx.AsyncClient, database: Database, clock: Any, kept: Kept
) -> None:
    for no, (what, fields, kind, deed, after) in enumerate(DECIDED):
        lead, _ = await enrolled(database, replace(ADA, email=f"ada{no}@example.com"), clock.now())
        shown = await operator.get(f"/leads/{lead}/decide/{what}", params=fields)
        before = await kept.engagements()

        answer = await operator.post(f"/leads/{lead}/decide/{what}", data=hidden(shown.text) | {"because": "met  at the fair"})

        assert before[-1].kind == "enrolled", "to look changes nothing"
        assert (answer.status_code, answer.headers["location"]) == (303, f"/leads/{lead}?done={what}")
        told = (await kept.engagements())[-1]
        assert (told.kind, told.source, told.details) == (kind, "desk", {"by": "Mika", "because": "met at the fair"})
        [line] = await lines(database, lead)
        assert (line.who, line.what, line.after) == ("Mika", deed, after)
        assert line.before == {"at": ["educate.wait-1"], "held_until": ""}
        page = (await operator.get(answer.headers["location"])).text
        assert "On the way to the lead&#39;s workflow: 1." in page
        assert "met at the fair" in page


EFFECTS: list[tuple[str, dict[str, str], str]] = [
    ("send_now", {}, "If you do this, letter 'hello' goes on Mon 3 Mar 2025, 01:00, instead of Thu 13 Mar 2025"),
    ("skip", {}, "If you do this, the next letter is 'check_in', on Wed 2 Apr 2025"),
    ("move", {"to": "later/yearly_review"}, "If you do this, the next letter is 'yearly_review', on Mon 3 Mar 2025"),
    ("hold", {"until": "2025-06-02"}, "If you do this, letter 'hello' goes on Mon 2 Jun 2025"),
    ("hold", {"open": "yes"}, "If you do this, no letter goes in the next 180 days. Otherwise 'hello' goes on Thu 13 Mar 2025"),
    ("release", {}, "The next letter stays 'hello', on Thu 13 Mar 2025"),
    ("stop", {}, "If you do this, no letter goes in the next 180 days."),
]


async def test_what_would_come_of_it_is_shown_before(operator: httpx.AsyncClient, ada: UUID) -> None:
    for what, fields, says in EFFECTS:
        page = (await operator.get(f"/leads/{ada}/decide/{what}", params=fields)).text

        assert says in page.replace("&#39;", "'")
        assert "Nothing was sent." in page


async def test_a_button_is_bound_to_its_step_and_never_sends_or_leaves_out_the_next_one_instead(
    operator: httpx.AsyncClient, database: Database, clock: Any, kept: Kept, ada: UUID
) -> None:
    lead = html.unescape((await operator.get(f"/leads/{ada}")).text)
    [link] = re.findall(r'href="(/leads/[^"]+/decide/skip[^"]+)">Leave out the next step<br><small>the letter “hello”', lead)
    shown = await operator.get(link)
    await happens(database, ada, DemoRequested(at=clock.now()), clock.now())

    again = await operator.post(f"/leads/{ada}/decide/skip", data=hidden(shown.text) | {"because": "no need"})

    for page, status in ((again, 409), (await operator.get(link), 200)):
        assert page.status_code == status
        assert "In nurture the lead has moved on: hello is no longer what comes next. Nothing was done." in page.text
        assert 'name="because"' not in page.text, "there is nothing that a second press would do"
    assert (await kept.kinds())[-1] == "demo_requested"
    assert await lines(database, ada) == []
    [instead] = re.findall(r'href="([^"]+)">Next comes the letter “yearly_review”', again.text)
    there = await operator.get(html.unescape(instead))
    done = await operator.post(f"/leads/{ada}/decide/skip", data=hidden(there.text) | {"because": "no need"})
    assert done.status_code == 303
    assert (await kept.engagements())[-1].facts["step"] == "yearly_review"


async def test_what_was_decided_is_shown_as_being_carried_out_and_cannot_be_decided_twice(
    operator: httpx.AsyncClient, database: Database, clock: Any, kept: Kept, ada: UUID
) -> None:
    before = (await operator.get(f"/leads/{ada}")).text
    shown = await operator.get(f"/leads/{ada}/decide/send_now")
    sent = hidden(shown.text) | {"because": "asked for it"}
    await operator.post(f"/leads/{ada}/decide/send_now", data=sent)

    lead = html.unescape((await operator.get(f"/leads/{ada}?done=send_now")).text)
    again = await operator.post(f"/leads/{ada}/decide/send_now", data=sent)

    assert "Being carried out" not in before
    assert "nurture: Educate · a pause: 10 days" in before
    assert "Being carried out</span><br>a human has 'hello' go at once" in lead
    assert "nurture: Educate · the letter “hello”" in lead
    assert "the letter “hello” is being carried out already" in lead
    assert "/decide/send_now" not in lead, "there is nothing to press twice"
    assert (again.status_code, "is being carried out already" in again.text) == (409, True)
    assert (await kept.kinds()).count("steered") == 1

    async with database.transaction() as session:
        await relaying.relayed(session, await relaying.waiting(session, 9), clock.now())
    relayed = (await operator.get(f"/leads/{ada}")).text
    clock.at += timedelta(minutes=3)
    late = (await operator.get(f"/leads/{ada}")).text
    assert "Being carried out" in relayed, "its workflow has been told, and has not written it down yet"
    assert "Being carried out" in late, "the letter has not gone yet"


async def test_a_hold_shows_at_once_though_its_workflow_has_not_heard_of_it(
    operator: httpx.AsyncClient, database: Database, clock: Any, ada: UUID
) -> None:
    shown = await operator.get(f"/leads/{ada}/decide/hold", params={"until": "2025-04-01"})
    await operator.post(f"/leads/{ada}/decide/hold", data=hidden(shown.text) | {"because": "on leave"})

    at_once = (await operator.get(f"/leads/{ada}")).text
    await heard(database, ada, clock.now())
    then = (await operator.get(f"/leads/{ada}")).text

    for page, is_under_way in ((at_once, True), (then, False)):
        assert "on hold until Tue 1 Apr 2025" in page
        assert ("Being carried out" in page) is is_under_way


async def test_somebody_is_led_only_to_steps_that_make_sense_and_they_are_called_as_people_speak(
    operator: httpx.AsyncClient, ada: UUID
) -> None:
    page = html.unescape((await operator.get(f"/leads/{ada}/decide/move")).text)

    assert re.findall(r'<option value="([^"]+)">([^<]+)<', page) == [
        ("educate", "Educate · from its beginning"),
        ("educate/hello", "Educate · the letter “hello”"),
        ("educate/wait-3", "Educate · a pause: 20 days, then the letter “check_in”"),
        ("educate/check_in", "Educate · the letter “check_in”"),
        ("later", "Later · from its beginning"),
        ("later/yearly_review", "Later · the letter “yearly_review”"),
    ]


async def test_what_was_left_out_is_the_answer_to_why_it_has_not_come(
    operator: httpx.AsyncClient, database: Database, clock: Any, ada: UUID
) -> None:
    shown = await operator.get(f"/leads/{ada}/decide/skip")
    await operator.post(f"/leads/{ada}/decide/skip", data=hidden(shown.text) | {"because": "knows it"})
    await heard(database, ada, clock.now())

    why = (await operator.get(f"/leads/{ada}/why?letter=nurture/hello")).text
    again = (await operator.get(f"/leads/{ada}/decide/skip")).text

    assert "A human decided that it is left out when the lead comes to it." in why
    assert "In nurture, the letter “check_in” would be left out" in again, "what comes next is the step behind it"


async def test_a_decision_needs_a_reason(operator: httpx.AsyncClient, kept: Kept, ada: UUID) -> None:
    shown = await operator.get(f"/leads/{ada}/decide/send_now")

    for because in ("", "   ", "x" * 501):
        answer = await operator.post(f"/leads/{ada}/decide/send_now", data=hidden(shown.text) | {"because": because})
        assert answer.status_code == 422
        assert "Please say why, in a line." in answer.text
    assert await kept.kinds() == ["enrolled"]


async def test_a_form_from_somewhere_else_decides_nothing(operator: httpx.AsyncClient, kept: Kept, ada: UUID) -> None:
    fields = hidden((await operator.get(f"/leads/{ada}/decide/stop")).text) | {"because": "so"}

    answer = await operator.post(f"/leads/{ada}/decide/stop", data=fields | {"seal": "1.2"})

    assert answer.status_code == 403
    assert await kept.kinds() == ["enrolled"]
    assert await kept.suppressed_topics() == []


async def test_who_is_stopped_by_hand_is_suppressed_from_that_moment(
    operator: httpx.AsyncClient, database: Database, kept: Kept, ada: UUID
) -> None:
    shown = await operator.get(f"/leads/{ada}/decide/stop", params={"topic": "nurture"})

    await operator.post(f"/leads/{ada}/decide/stop", data=hidden(shown.text) | {"because": "said so"})

    assert await kept.suppressed_topics() == ["nurture"]
    async with database.transaction() as session:
        assert await consents.refusal(session, ADA.email, "nurture") == "suppressed"


async def test_nothing_is_hurried_on_hold_and_the_page_says_why(
    operator: httpx.AsyncClient, database: Database, clock: Any, ada: UUID
) -> None:
    await happens(database, ada, Held(at=clock.now(), until=(clock.now() + timedelta(days=9)).date()), clock.now())

    page = (await operator.get(f"/leads/{ada}/decide/send_now")).text

    assert "This cannot be: the lead is on hold until 2025-03-12." in page
    assert 'method="post"' not in page[page.index("<main") :]
    assert "/decide/release" in (await operator.get(f"/leads/{ada}")).text


async def test_what_only_the_store_knows_against_a_letter_is_told(
    operator: httpx.AsyncClient, database: Database, clock: Any, ada: UUID
) -> None:
    async with database.transaction() as session:
        await stops.stop(session, "nurture", "the price is wrong", clock.now())
        await consents.suppress(session, ADA.email, consents.EVERYTHING, "complained", clock.now())

    page = (await operator.get(f"/leads/{ada}/decide/send_now")).text

    assert "This address must not be written to, so the letter will not go." in page
    assert "Letters are stopped, so this one waits until they are resumed." in page


WRONG = [
    ("hold", {"until": "2025-03-03"}, "Please give a day that is ahead"),
    ("hold", {"until": "2099-01-01"}, "Please give a day that is ahead"),
    ("hold", {"until": "soon"}, "Please give a day, like"),
    ("hold", {"until": "2025-04-01", "open": "yes"}, "Please choose one"),
    ("move", {"to": "nowhere"}, "Its campaign has no such place."),
    ("move", {"to": "later/nothing"}, "Its campaign has no such place."),
    ("skip", {"campaign": "other"}, "This lead is in no campaign."),
]


async def test_what_cannot_be_is_said_and_cannot_be_sent(operator: httpx.AsyncClient, kept: Kept, ada: UUID) -> None:
    good = hidden((await operator.get(f"/leads/{ada}/decide/release")).text)
    for what, fields, says in WRONG:
        page = (await operator.get(f"/leads/{ada}/decide/{what}", params=fields)).text
        answer = await operator.post(f"/leads/{ada}/decide/{what}", data=good | fields | {"because": "so"})

        assert says in page
        assert answer.status_code == 409
    assert (await operator.get(f"/leads/{ada}/decide/SEND_NOW")).status_code == 404
    assert await kept.kinds() == ["enrolled"]


async def test_of_several_campaigns_the_one_that_is_named_is_steered(
    operator: httpx.AsyncClient, database: Database, clock: Any, kept: Kept, ada: UUID
) -> None:
    await enrolled(database, ADA, clock.now(), "second")

    shown = await operator.get(f"/leads/{ada}/decide/skip", params={"campaign": "second"})
    await operator.post(f"/leads/{ada}/decide/skip", data=hidden(shown.text) | {"because": "so"})

    assert "<option selected>second</option>" in shown.text
    assert (await kept.engagements())[-1].facts["enrollment"] == 2


async def test_a_lead_of_no_campaign_can_be_stopped(operator: httpx.AsyncClient, kept: Kept, database: Database, clock: Any) -> None:
    async with database.transaction() as session:
        lead, _ = await leads.register(session, ADA, clock.now())

    shown = await operator.get(f"/leads/{lead}/decide/stop")
    answer = await operator.post(f"/leads/{lead}/decide/stop", data=hidden(shown.text) | {"because": "so"})

    assert "there is nothing to play through" in shown.text
    assert answer.status_code == 303
    assert await kept.suppressed_topics() == ["*"]
