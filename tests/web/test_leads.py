"""Leads are found in every way that people look for them, and each page says where a lead is, why, and what it agreed to."""

import html
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import update

from nurture.leadside import DemoRequested, Downloaded, Visited
from nurture.profile import Contract
from store import tables
from store.database import Database
from store.desk import tasks
from store.leads import contracts, engagements, finding, leads
from store.leads.persons import Person
from store.looks import dossier
from store.site import arrivals
from store.site.arrivals import Arrival
from store.team.people import Role
from tests.web.conftest import signed_in
from tests.web.leadlife import ADA, enrolled, happens

pytestmark = pytest.mark.anyio

HANAKO = Person(email="hanako@example.co.jp", given_name="花子", family_name="水沢", company="水沢ポンプ製作所株式会社", language="ja")
BOB = Person(email="bob_b@example.com", given_name="Bob", family_name="Ärmel", company="Pumpwerke 100% GmbH")


@pytest.fixture
async def three(database: Database, clock: Any) -> dict[str, UUID]:
    """Ada in a campaign and with an owner, Hanako and Bob in none."""
    ada, _ = await enrolled(database, ADA, clock.now())
    async with database.transaction() as session:
        others = await leads.register_all(session, [HANAKO, BOB], clock.now())
        await session.execute(update(tables.Lead).where(tables.Lead.id == ada).values(owner="Mika"))
    return {"Ada Quillfeather": ada, "水沢 花子": others[0][0], "Bob Ärmel": others[1][0]}


LOOKED_FOR: list[tuple[str, list[str]]] = [
    ("", ["水沢 花子", "Bob Ärmel", "Ada Quillfeather"]),
    ("find=quill", ["Ada Quillfeather"]),
    ("find=ADA", ["Ada Quillfeather"]),
    ("find=ada+QUILLF", ["Ada Quillfeather"]),
    ("find=ada+bob", []),
    ("find=hanako@", ["水沢 花子"]),
    ("find=水沢　花", ["水沢 花子"]),
    ("find=ポンプ", ["水沢 花子"]),
    ("find=pump", ["Bob Ärmel", "Ada Quillfeather"]),
    ("find=ärm", ["Bob Ärmel"]),
    ("find=100%25", ["Bob Ärmel"]),
    ("find=b%25", []),
    ("find=bob_", ["Bob Ärmel"]),
    ("find=_ob", []),
    ("find=feather@", []),
    ("campaign=nurture", ["Ada Quillfeather"]),
    ("campaign=nowhere", []),
    ("owner=Mika", ["Ada Quillfeather"]),
    ("owner=Jon", []),
    ("stage=unknown", ["Ada Quillfeather"]),
    ("stage=interest", []),
    ("stage=unknown&campaign=nurture&owner=Mika&find=quill", ["Ada Quillfeather"]),
]


async def test_a_lead_is_found_by_name_address_company_stage_campaign_and_owner(
    operator: httpx.AsyncClient, three: dict[str, UUID]
) -> None:
    found = {}
    for query, _ in LOOKED_FOR:
        page = (await operator.get(f"/leads?{query}")).text
        found[query] = re.findall(r'<a href="/leads/[0-9a-f-]+"><strong>([^<]+)</strong>', page)

    assert found == dict(LOOKED_FOR)


async def test_the_list_goes_on_until_everybody_was_there_once(operator: httpx.AsyncClient, database: Database, clock: Any) -> None:
    many = 2 * finding.PAGE + 3
    async with database.transaction() as session:
        await leads.register_all(session, [Person(email=f"lead{no:03}@example.com") for no in range(many)], clock.now())

    found, path = list[str](), "/leads?find=lead"
    while path:
        page = (await operator.get(path)).text
        found += re.findall(r"lead\d{3}@example.com", page)
        onward = re.search(r'<a href="([^"]+)" rel="next"', page)
        path = onward[1].replace("&amp;", "&") if onward else ""

    assert found == [f"lead{no:03}@example.com" for no in range(many)][::-1]


async def test_a_lead_s_page_says_where_it_is_why_and_what_proves_its_consent(
    operator: httpx.AsyncClient, database: Database, clock: Any
) -> None:
    ada, _ = await enrolled(database, ADA, clock.now())
    clock.at += timedelta(days=2)
    await happens(database, ada, Downloaded(at=clock.now(), content="guide"), clock.now())
    await happens(database, ada, DemoRequested(at=clock.now()), clock.now())
    async with database.transaction() as session:
        await contracts.write(session, ada, Contract(ends_on=(clock.now() + timedelta(days=50)).date(), auto_renews=True), clock.now())

    page = (await operator.get(f"/leads/{ada}")).text

    assert "Head of Maintenance" in page
    assert "<strong>Consideration</strong>" in page
    assert "nurture: Later · a pause: 40 days" in page
    assert "yearly_review&#39; goes on" in page, "the next wake-up says what for"
    assert "(Europe/London)" in page
    assert "nurture: educate → later" in page
    assert "rule &#39;demo&#39;: demo requested" in page, "a decision has its reason"
    assert "it agreed, on Mon 3 Mar 2025" in page
    assert "Yes, write to me." in page
    assert "until Thu 24 Apr 2025 · It renews by itself" in page
    assert "All points: 11. Recent points: 11." in page
    assert "The lead has come to 3 stages; it is in Consideration." in page


async def test_where_a_lead_came_from_is_told_first_and_last(operator: httpx.AsyncClient, database: Database, clock: Any) -> None:
    ada, _ = await enrolled(database, ADA, clock.now())
    fair = Arrival(at=clock.now(), source="fair", medium="qr", campaign="spring", page="www.example.com/pumps").row()
    mail = Arrival(at=clock.now() + timedelta(days=9), referrer="news.example.org/pumps").row()

    told = []
    for last in (fair, mail):
        async with database.transaction() as session:
            await arrivals.note(session, {ada: (fair, last)})
        told.append(html.unescape((await operator.get(f"/leads/{ada}")).text))
    japanese = (await operator.get(f"/leads/{ada}", headers={"Accept-Language": "ja"})).text

    by_the_fair = "from fair · by qr · in the campaign “spring” · to www.example.com/pumps · Mon 3 Mar 2025"
    assert f"<dt>Came to us</dt><dd>{by_the_fair}</dd>" in told[0]
    assert f"<dt>Came first</dt><dd>{by_the_fair}</dd>" in told[1]
    assert "<dt>Came last</dt><dd>on the page news.example.org/pumps · Wed 12 Mar 2025</dd>" in told[1]
    assert "<dt>最新の流入元</dt><dd>参照元: news.example.org/pumps" in japanese


async def test_a_refusal_and_no_consent_stand_out(
    operator: httpx.AsyncClient, database: Database, clock: Any, three: dict[str, UUID]
) -> None:
    ada = three["Ada Quillfeather"]
    bob = (await operator.get(f"/leads/{three['Bob Ärmel']}")).text
    assert "It has agreed to nothing, so no letter goes out." in bob
    assert "it is in no campaign" in bob

    page = await operator.get(f"/leads/{ada}/decide/stop")
    assert "all letters" in page.text
    seal, seen = (re.findall(f'name="{name}" value="([^"]+)"', page.text)[0] for name in ("seal", "seen"))
    await operator.post(f"/leads/{ada}/decide/stop", data={"seal": seal, "seen": seen, "because": "said so on the phone"})

    refused = (await operator.get(f"/leads/{ada}")).text
    assert "<strong>all letters</strong>: never write (Opted out, Mon 3 Mar 2025)" in refused
    assert "withdrawn on Mon 3 Mar 2025" in refused
    assert "Mika: said so on the phone" in refused


async def test_a_long_story_is_shown_page_by_page_and_nothing_is_lost_between(
    operator: httpx.AsyncClient, database: Database, clock: Any
) -> None:
    ada, _ = await enrolled(database, ADA, clock.now())
    many = 2 * dossier.LINES + 7
    async with database.transaction() as session:
        for no in range(many):
            at = clock.now() + timedelta(minutes=no // 3)  # some at the same moment
            await engagements.record(session, ada, Visited(at=at, content=f"page-{no:03}"))
    clock.at += timedelta(days=1)

    lines, path, pages = list[str](), f"/leads/{ada}", 0
    while path:
        page = (await operator.get(path)).text
        lines += re.findall(r"visited (page-\d{3})", page)
        onward = re.search(r'<a href="([^"]+)#story">What happened earlier', page)
        path, pages = (onward[1].replace("&amp;", "&") if onward else ""), pages + 1

    assert lines == [f"page-{no:03}" for no in range(many)][::-1]
    assert pages == 3


async def test_names_and_reasons_are_shown_as_text(operator: httpx.AsyncClient, database: Database, clock: Any) -> None:
    odd = Person(email="odd@example.com", family_name="<script>alert(1)</script>", company='"><img src=x>')
    lead, _ = await enrolled(database, odd, clock.now())
    async with database.transaction() as session:
        account = (await session.get_one(tables.Lead, lead)).account_id

    for path in ("/leads", f"/leads/{lead}", f"/accounts/{account}", f"/leads/{lead}/why", f"/leads/{lead}/decide/hold"):
        page = (await operator.get(path)).text
        assert "<script>alert" not in page
        assert "<img src=x>" not in page
        assert "script&gt;alert" in page


async def test_links_that_were_sent_long_ago_lead_to_the_pages(visitor: httpx.AsyncClient, three: dict[str, UUID]) -> None:
    for kind in ("leads", "accounts"):
        answer = await visitor.get(f"/inbox/{kind}/{three['Bob Ärmel']}")
        assert (answer.status_code, answer.headers["location"]) == (301, f"/{kind}/{three['Bob Ärmel']}")


async def test_what_is_not_there_is_said_so(operator: httpx.AsyncClient) -> None:
    nobody = UUID(int=1)
    for path in ("/leads/nobody", f"/leads/{nobody}", f"/accounts/{nobody}", f"/leads/{nobody}/why", f"/leads/{nobody}/decide/stop"):
        assert (await operator.get(path)).status_code == 404, path


async def test_why_a_letter_came_or_not_is_told(operator: httpx.AsyncClient, database: Database, clock: Any) -> None:
    ada, _ = await enrolled(database, ADA, clock.now())

    here = (await operator.get(f"/leads/{ada}/why")).text
    missing = (await operator.get(f"/leads/{ada}/why?letter=nurture/check_in")).text

    assert "it was in the track &#39;educate&#39;, at the step &#39;wait-1&#39;" in here
    assert "&#39;check_in&#39; of nurture has not been sent." in missing
    assert "It is ahead of the lead in the track &#39;educate&#39;" in missing
    assert (await operator.get(f"/leads/{ada}/why?letter=nurture/nothing")).status_code == 404


async def test_a_company_s_page_shows_its_leads_tasks_owners_and_contracts(
    operator: httpx.AsyncClient, database: Database, clock: Any, three: dict[str, UUID]
) -> None:
    ada = three["Ada Quillfeather"]
    async with database.transaction() as session:
        account = (await session.get_one(tables.Lead, ada)).account_id
        await leads.register(session, Person(email="jo@example.com", given_name="Jo", company=ADA.company), clock.now())
        ends_on = (clock.now() + timedelta(days=30)).date()
        await contracts.write(session, ada, Contract(ends_on=ends_on, auto_renews=False), clock.now())
        await tasks.open_task(
            session,
            id=UUID(int=7),
            lead_id=ada,
            enrollment=1,
            campaign="nurture",
            reason="call",
            why="asked",
            at=clock.now(),
            deadline_at=clock.now() + timedelta(days=1),
        )

    page = (await operator.get(f"/accounts/{account}")).text

    assert "2 of 2 leads of this company" in page
    assert "<dt>in no campaign</dt><dd>1</dd><dt>Unknown</dt><dd>1</dd>" in page
    assert "<dt>nobody</dt><dd>1</dd><dt>Mika</dt><dd>1</dd>" in page
    assert "until Wed 2 Apr 2025" in page
    assert "30 days left" in page
    assert f'<a href="/inbox/{UUID(int=7)}">Call</a> · Ada Quillfeather' in page


async def test_who_only_looks_sees_no_buttons(visitor: httpx.AsyncClient, database: Database, clock: Any, three: dict[str, UUID]) -> None:
    headers = await signed_in(database, clock, "Noor", roles=[Role.MARKETING])
    ada = three["Ada Quillfeather"]

    page = await visitor.get(f"/leads/{ada}", headers=headers)

    assert page.status_code == 200
    assert "/decide/" not in page.text
    assert (await visitor.get(f"/leads/{ada}/decide/hold", headers=headers)).status_code == 403
