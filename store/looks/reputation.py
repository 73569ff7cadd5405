"""How letters arrive: sent, delivered, bounced, complained of and refused, by day and by the domain of the recipients."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.counting.reputation import BOUNCES, COMPLAINTS, Verdict, verdict
from nurture.counting.shares import Share, share
from store.looks.figures import Scope

MOST_DOMAINS: Final = 12
"""Domains that are told one by one; the rest is one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """Letters that went, and what came back of them. ``refused`` were not sent: the product held them back, or the server took none."""

    sent: int
    delivered: int
    bounced: int
    complained: int
    refused: int

    @property
    def bounces(self) -> Share:
        """Of what was sent."""
        return share(self.bounced, self.sent)

    @property
    def complaints(self) -> Share:
        """Of what arrived, as far as anybody tells: where no provider reports arrivals, of what was sent and did not come back."""
        return share(self.complained, max(self.delivered or self.sent - self.bounced, self.complained))

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """How bounces and complaints stand to what mailbox providers stand."""
        return {"bounces": verdict(self.bounces, BOUNCES), "complaints": verdict(self.complaints, COMPLAINTS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reputation:
    """The whole period, each of its days (UTC's) and each domain, those with the most letters first; ``""`` are all further domains.

    ``refusals`` counts what was not sent by its reason.
    """

    all: Arrivals
    days: dict[date, Arrivals]
    domains: dict[str, Arrivals]
    refusals: dict[str, int]


async def reputation(session: AsyncSession, scope: Scope) -> Reputation:
    """Count the letters of a period by the day on which they went; a letter counts with all that came back of it until today."""
    asked: dict[str, Any] = {"since": scope.since, "until": scope.until, "campaign": scope.campaign, "most": MOST_DOMAINS}
    rows = list(await session.execute(_ARRIVALS, asked))
    refusals = await session.execute(_REFUSALS, asked)
    counted = [(row.day, row.domain, Arrivals(**{name: getattr(row, name) for name in Arrivals.__dataclass_fields__})) for row in rows]
    return Reputation(
        all=next(arrivals for day, domain, arrivals in counted if day is None and domain is None),
        days={day: arrivals for day, _, arrivals in counted if day is not None},
        domains={domain: arrivals for _, domain, arrivals in counted if domain is not None},
        refusals={row.refusal: row.letters for row in refusals},
    )


_OF_CAMPAIGN: Final = "(:campaign = '' OR campaign IN (SELECT ref FROM campaign_editions WHERE name = :campaign))"

_ARRIVALS: Final = text(f"""
    WITH letters AS (
        SELECT CAST(sent_at AT TIME ZONE 'UTC' AS date) AS day, lower(split_part(address, '@', 2)) AS domain, 1 AS sent,
            (delivered_at IS NOT NULL)::int AS delivered, (bounced_at IS NOT NULL)::int AS bounced,
            (complained_at IS NOT NULL)::int AS complained, 0 AS refused
        FROM touches WHERE sent_at >= :since AND sent_at < :until AND {_OF_CAMPAIGN}
        UNION ALL
        SELECT CAST(refused_at AT TIME ZONE 'UTC' AS date), lower(split_part(address, '@', 2)), 0, 0, 0, 0, 1
        FROM touches WHERE refused_at >= :since AND refused_at < :until AND sent_at IS NULL AND {_OF_CAMPAIGN}
    ), counted AS (
        SELECT day, domain, sum(sent) AS sent, sum(delivered) AS delivered, sum(bounced) AS bounced, sum(complained) AS complained,
            sum(refused) AS refused
        FROM letters GROUP BY day, domain
    ), placed AS (
        SELECT domain, rank() OVER (ORDER BY sum(sent) DESC, domain) AS place FROM counted WHERE domain <> '' GROUP BY domain
    )
    SELECT day, domain, CAST(coalesce(sum(sent), 0) AS int) AS sent, CAST(coalesce(sum(delivered), 0) AS int) AS delivered,
        CAST(coalesce(sum(bounced), 0) AS int) AS bounced, CAST(coalesce(sum(complained), 0) AS int) AS complained,
        CAST(coalesce(sum(refused), 0) AS int) AS refused
    FROM (
        SELECT day, CASE WHEN place <= :most THEN domain ELSE '' END AS domain, sent, delivered, bounced, complained, refused
        FROM counted LEFT JOIN placed USING (domain)
    ) AS shown
    GROUP BY GROUPING SETS ((), (day), (domain)) ORDER BY day, domain = '', sent DESC, domain
""")

_REFUSALS: Final = text(f"""
    SELECT refusal, count(*) AS letters FROM touches
    WHERE refused_at >= :since AND refused_at < :until AND sent_at IS NULL AND {_OF_CAMPAIGN}
    GROUP BY refusal ORDER BY letters DESC, refusal
""")
