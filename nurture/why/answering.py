"""Answers why a lead got a letter, or why it did not: once for each time that it was sent, or else for each campaign that has it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from nurture.confirming import CONFIRM
from nurture.plan.campaign import Campaign
from nurture.why.asking import asked_to_confirm
from nurture.why.explaining import Answer, UnknownLetter, campaigns_of, campaigns_with, why_sent
from nurture.why.history import History
from nurture.why.missing import why_not
from nurture.why.playing import Turn


def about(
    letter: str, history: History, turns: Sequence[Turn], current: Mapping[str, Campaign], started: Mapping[str, datetime], now: datetime
) -> list[Answer]:
    """The answers about a letter, which may name its campaign, or about the one that asks to confirm a consent.

    ``started`` says when editions were started. Raises UnknownLetter.
    """
    wanted, _, name = letter.rpartition("/")
    try:
        having = campaigns_with(letter, turns, current)
    except UnknownLetter:
        if name != CONFIRM or wanted not in ("", *current):
            raise
        return asked_to_confirm(wanted, turns, current, now)
    names = {campaign.name for campaign in having}
    sent = [row for row in history.ledger.values() if row.letter == name and row.sent_at and row.ref.partition("@")[0] in names]
    if sent:
        return [why_sent(row, turns, started) for row in sent]
    theirs = {enrollment.campaign.name for enrollment in campaigns_of(turns).values()}
    asked = [campaign for campaign in having if campaign.name in theirs] or having
    return [why_not(name, campaign, turns, now) for campaign in asked]
