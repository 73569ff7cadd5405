"""The tables. Personal data lives here and nowhere else."""

from store.tables.base import Table
from store.tables.campaigns import CampaignEdition, Engagement, Enrollment
from store.tables.letters import ProviderEvent, SenderBlock, Stray, Touch
from store.tables.people import Account, Consent, Contract, Lead, Suppression, Visit
from store.tables.standings import Look, Note, Standing
from store.tables.work import Notification, Rep, Task

__all__ = [
    "Account",
    "CampaignEdition",
    "Consent",
    "Contract",
    "Engagement",
    "Enrollment",
    "Lead",
    "Look",
    "Note",
    "Notification",
    "ProviderEvent",
    "Rep",
    "SenderBlock",
    "Standing",
    "Stray",
    "Suppression",
    "Table",
    "Task",
    "Touch",
    "Visit",
]
