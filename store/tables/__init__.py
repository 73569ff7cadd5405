"""The tables. Personal data lives here and nowhere else."""

from store.tables.base import Table
from store.tables.campaigns import CampaignEdition, Engagement, Enrollment
from store.tables.erasures import Erasure
from store.tables.letters import LetterClick, ProviderEvent, SenderBlock, Stray, Touch
from store.tables.pace import Pace, PaceCount, Stop
from store.tables.people import Account, Confirmation, Consent, Contract, Lead, Preference, Suppression, Visit
from store.tables.standings import Look, Note, Standing
from store.tables.work import Notification, Rep, Task

__all__ = [
    "Account",
    "CampaignEdition",
    "Confirmation",
    "Consent",
    "Contract",
    "Engagement",
    "Enrollment",
    "Erasure",
    "Lead",
    "LetterClick",
    "Look",
    "Note",
    "Notification",
    "Pace",
    "PaceCount",
    "Preference",
    "ProviderEvent",
    "Rep",
    "SenderBlock",
    "Standing",
    "Stop",
    "Stray",
    "Suppression",
    "Table",
    "Task",
    "Touch",
    "Visit",
]
