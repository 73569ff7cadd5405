"""What became of the letters of a campaign, by the ledger: sent, delivered, opened, clicked, replied, refused, come back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.counting.shares import Share, share

FACTS: Final = ("delivered", "opened", "clicked", "replied", "refused", "bounced")
"""What can become of a letter that was sent. Delivered, opened and bounced are what providers report; clicked is by people alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """One letter of one edition, of which ``sent`` went: how many of these had each of ``FACTS``."""

    ref: str
    letter: str
    sent: int
    counts: dict[str, int]
    last_at: datetime

    def share(self, fact: str) -> Share:
        """The share that had it, with its interval."""
        return share(self.counts[fact], self.sent)


async def of_letters(session: AsyncSession, refs: Collection[str], since: datetime, letter: str = "") -> list[Funnel]:
    """Every letter of these editions that was sent since then, or one of them, by letter and edition."""
    rows = await session.execute(_OF_LETTERS, {"refs": [*refs], "since": since, "letter": letter})
    return [
        Funnel(ref=row.ref, letter=row.letter, sent=row.sent, counts={fact: getattr(row, fact) for fact in FACTS}, last_at=row.last_at)
        for row in rows
    ]


def together(funnels: Collection[Funnel]) -> list[Funnel]:
    """The same with all editions of a letter in one; its ``ref`` is empty."""
    return [_sum([one for one in funnels if one.letter == letter]) for letter in dict.fromkeys(one.letter for one in funnels)]


def _sum(funnels: list[Funnel]) -> Funnel:
    return Funnel(
        ref="",
        letter=funnels[0].letter,
        sent=sum(one.sent for one in funnels),
        counts={fact: sum(one.counts[fact] for one in funnels) for fact in FACTS},
        last_at=max(one.last_at for one in funnels),
    )


# A refusal belongs to the last letter that the lead had got before it.
_OF_LETTERS: Final = text("""
    WITH clicked AS MATERIALIZED (
        SELECT DISTINCT touch_key AS key FROM letter_clicks
        WHERE at >= :since AND machine = '' AND settled_at IS NOT NULL AND target <> ''
    ), refused AS MATERIALIZED (
        SELECT DISTINCT (
            SELECT key FROM touches WHERE lead_id = engagements.lead_id AND sent_at <= engagements.at ORDER BY sent_at DESC LIMIT 1
        ) AS key
        FROM engagements WHERE kind = 'opted_out' AND at >= :since
    )
    SELECT campaign AS ref, letter, count(*) AS sent, max(sent_at) AS last_at,
        count(delivered_at) AS delivered, count(opened_at) AS opened, count(clicked.key) AS clicked, count(replied_at) AS replied,
        count(*) FILTER (WHERE refused.key IS NOT NULL OR complained_at IS NOT NULL) AS refused, count(bounced_at) AS bounced
    FROM touches LEFT JOIN clicked ON clicked.key = touches.key LEFT JOIN refused ON refused.key = touches.key
    WHERE campaign = ANY(:refs) AND sent_at >= :since AND confirms IS NULL AND (:letter = '' OR letter = :letter)
    GROUP BY campaign, letter ORDER BY letter, campaign
""")
