"""The tables. Personal data lives here and nowhere else."""

from store.tables.base import Table
from store.tables.campaigns import CampaignEdition, Engagement, Enrollment
from store.tables.erasures import Erasure
from store.tables.letters import LetterClick, ProviderEvent, SenderBlock, Stray, Touch
from store.tables.machine import ApiAnswer, ApiToken
from store.tables.pace import Pace, PaceCount, Stop
from store.tables.people import Account, Confirmation, Consent, Contract, Lead, Preference, Suppression, Visit
from store.tables.standings import Look, Note, Standing
from store.tables.team import Audit, Colleague, DeskSession, SigninLink
from store.tables.visitors import Handout, LeadArrival, Visitor
from store.tables.webhooks import WebhookMessage, WebhookReceiver
from store.tables.work import Handover, Notification, PersonalLetter, Task

__all__ = [
    "Account",
    "ApiAnswer",
    "ApiToken",
    "Audit",
    "CampaignEdition",
    "Colleague",
    "Confirmation",
    "Consent",
    "Contract",
    "DeskSession",
    "Engagement",
    "Enrollment",
    "Erasure",
    "Handout",
    "Handover",
    "Lead",
    "LeadArrival",
    "LetterClick",
    "Look",
    "Note",
    "Notification",
    "Pace",
    "PaceCount",
    "PersonalLetter",
    "Preference",
    "ProviderEvent",
    "SenderBlock",
    "SigninLink",
    "Standing",
    "Stop",
    "Stray",
    "Suppression",
    "Table",
    "Task",
    "Touch",
    "Visit",
    "Visitor",
    "WebhookMessage",
    "WebhookReceiver",
]
