"""What came in by forms at the same time, stored in one transaction: leads, consents, what they looked at before, and what they did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.engagements import Engagement
from nurture.ourside import FactsLearned
from nurture.plan.campaign import Campaign
from nurture.profile import Values
from store.consent import confirmations, consents
from store.consent.consents import Basis, Grant
from store.journeys import enrollments
from store.leads import keyed, leads
from store.leads.persons import Person
from store.leads.together import Written, record_together, recorded
from store.site import arrivals, handouts, visits
from store.site.arrivals import Arrival
from store.site.handouts import Asked
from store.site.visits import Meeting


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A form that somebody sent. It was sent before where any of its ``keys`` was recorded; the first is the one to record.

    ``evidence`` proves the consent that was ticked. ``by_themselves`` says whether somebody who was erased comes back by this. Where a
    file is given, ``engagement`` is recorded once that is fetched.
    """

    form: str
    campaign: Campaign
    person: Person
    engagement: Engagement
    keys: tuple[str, ...]
    details: Mapping[str, Any]
    by_themselves: bool
    evidence: Mapping[str, Any] | None = None
    learned: Values = ()
    arrival: Arrival | None = None
    meeting: Meeting | None = None
    file: str = ""
    """The content that is given as a file; empty where none is."""

    @property
    def source(self) -> str:
        return f"form:{self.form}"

    @property
    def handout(self) -> UUID:
        """The id of the file that is given: the same for a form that is sent twice."""
        return handout_of(self.keys[0])

    def asked_by(self, lead: UUID) -> Asked:
        """What the lead asks for by it."""
        return Asked(id=self.handout, lead_id=lead, form=self.form, content=self.file, details=dict(self.details))


def handout_of(key: str) -> UUID:
    """The id of what is given to whoever sent a form that is recognised by this key, ``form:`` and a SHA-256."""
    return UUID(hex=key.removeprefix("form:")[:32])


async def keep(session: AsyncSession, posts: Sequence[Post], now: datetime) -> None:
    """Store what was not sent before, of everybody whom we may know. No two of the posts are of the same address."""
    meetings = {post.meeting.visitor: post.meeting for post in posts if post.meeting}
    met = await visits.meet(session, list(meetings.values()), now)
    erased = await keyed.erased(session, [post.person.email for post in posts])
    welcome = [post for post in posts if post.by_themselves or post.person.email not in erased]
    if not welcome:
        return
    registered = await leads.register_all(session, [post.person for post in welcome], now, by_themselves=True)
    new = await _not_sent_before(session, list(zip((lead for lead, _ in registered), welcome, strict=True)))
    if not new:
        return
    await _agree(session, new, now)
    of_visitor = {post.meeting.visitor: lead for lead, post in new if post.meeting}
    happened = await visits.claim(session, [meetings[visitor] for visitor in of_visitor], of_visitor, met)
    happened += await _enroll(session, new, now)
    for lead, post in new:
        if post.learned:
            learned = FactsLearned(at=post.engagement.at, learned=post.learned)
            happened.append(Written(lead_id=lead, engagement=learned, source=post.source))
        if not post.file:
            happened.append(Written(lead_id=lead, engagement=post.engagement, source=post.source, details=post.details, key=post.keys[0]))
    await record_together(session, happened)
    asked = [
        Asked(id=post.handout, lead_id=lead, form=post.form, content=post.file, details=dict(post.details))
        for lead, post in new
        if post.file
    ]
    if asked:
        await handouts.ask(session, asked, now)
    came = {lead: (post.arrival.row(), post.arrival.row()) for lead, post in new if post.arrival and post.arrival.is_told}
    await arrivals.note(session, came)


async def known_fields(session: AsyncSession, visitor: UUID) -> set[str]:
    """What is known of the lead that a visitor is, and need not be asked for: fields of the person and of its campaigns. Often nothing."""
    row = (await session.execute(_KNOWN, {"visitor": visitor})).first()
    return {name for name, value in row.person.items() if value} | set(row.learned) if row else set()


async def _not_sent_before(session: AsyncSession, posts: Sequence[tuple[UUID, Post]]) -> list[tuple[UUID, Post]]:
    """Asked when the leads' rows are ours already: whoever sent the same at the same moment has been waited for."""
    known = await recorded(session, [key for _, post in posts for key in post.keys])
    asked_for = {handout_of(key): key for _, post in posts if post.file for key in post.keys}
    if asked_for:
        known |= {asked_for[id] for id in await session.scalars(_ASKED_FOR, {"ids": list(asked_for)})}
    return [(lead, post) for lead, post in posts if known.isdisjoint(post.keys)]


async def _agree(session: AsyncSession, posts: Sequence[tuple[UUID, Post]], now: datetime) -> None:
    """Keep the consents that were ticked; those that a campaign wants confirmed are asked for."""
    grants = []
    for lead, post in posts:
        if post.evidence is not None and post.campaign.double_opt_in:
            await confirmations.ask(session, lead, post.campaign, post.evidence, now)
        elif post.evidence is not None:
            grants.append(Grant(address=post.person.email, topic=post.campaign.topic, basis=Basis.OPT_IN, evidence=post.evidence))
    if grants:
        await consents.give_all(session, grants, now)


async def _enroll(session: AsyncSession, posts: Sequence[tuple[UUID, Post]], now: datetime) -> list[Written]:
    source_of = {lead: post.source for lead, post in posts}
    campaigns = {post.campaign.ref: post.campaign for _, post in posts}
    return [
        Written(lead_id=lead, engagement=enrolled, source=source_of[lead])
        for campaign in campaigns.values()
        for lead, enrolled in await enrollments.begin_all(
            session, [lead for lead, post in posts if post.campaign.ref == campaign.ref], campaign, now
        )
    ]


_ASKED_FOR = text("SELECT id FROM handouts WHERE id = ANY(CAST(:ids AS uuid[]))")

_KNOWN = text("""
    SELECT jsonb_build_object(
            'family_name', family_name, 'given_name', given_name, 'title', title, 'phone', phone, 'country', country,
            'company', CAST(account_id AS text)
        ) AS person,
        ARRAY(
            SELECT DISTINCT field ->> 0 FROM engagements CROSS JOIN LATERAL jsonb_array_elements(facts -> 'learned') AS field
            WHERE engagements.lead_id = leads.id AND facts ? 'learned'
        ) AS learned
    FROM visitors JOIN leads ON leads.id = visitors.lead_id WHERE visitors.id = :visitor
""")
