"""Tells reps, the leader, service and marketing what there is to do or to know, wherever they want to hear of it."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final
from uuid import UUID

from apprise import Apprise, NotifyFormat

from mail.tasklinks import task_url
from nurture.kinds import Audience
from settings import Settings
from store.desk.tasks import TaskRow

PATIENCE_S: Final = 20
"""How long a service may take to take a notification."""


class NotTold(Exception):
    """The service did not take the notification."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Something to know about a lead. ``to`` is who is meant, where that is one rep."""

    lead: UUID
    name: str
    company: str
    say: str
    why: str
    to: str = ""


class Notifier:
    """Speaks through Apprise, which knows Slack, Teams, LINE, mail and a hundred more by their URL."""

    def __init__(self, settings: Settings) -> None:
        self._base = settings.base
        self._secret = settings.link_secret
        reps = _service(settings.notify_rep_url)
        self._services = {
            Audience.REPS: reps,
            Audience.OWNER: reps,
            Audience.LEADER: _service(settings.notify_leader_url),
            Audience.SERVICE: _service(settings.notify_service_url) or reps,
            Audience.MARKETING: _service(settings.notify_marketing_url) or reps,
        }
        self._operators = _service(settings.notify_operator_url) or self._services[Audience.LEADER]

    async def tell_of_task(self, audience: Audience, task: TaskRow, at: datetime, *, handed: str = "") -> None:
        """Say what there is to do, by when, and where; ``handed`` says who gave it to whom. Nobody is told where no URL is set.

        The link shows the task for some hours from ``at`` on. Raises NotTold.
        """
        late = "Overdue: " if task.escalated_at and not handed else ""
        title = " – ".join(filter(None, [f"{late}{task.reason.replace('_', ' ')}", task.company or task.name]))
        until = f"By {task.deadline_at:%Y-%m-%d %H:%M} UTC"
        link = task_url(self._base, self._secret, task.id, at)
        lines = [handed, task.who, task.email, task.why, task.because, task.say, until, link]
        await _notify(self._services[audience], title, "\n".join(filter(None, lines)))

    async def tell_of_lead(self, audience: Audience, word: Word) -> None:
        """Say what there is to know, and where the lead is shown. Nobody is told where no URL is set. Raises NotTold."""
        title = f"{f'{word.to}: ' if word.to else ''}{word.company or word.name or 'a lead'}"
        lines = [", ".join(filter(None, [word.name, word.company])), word.say, word.why, f"{self._base}/leads/{word.lead}"]
        await _notify(self._services[audience], title, "\n".join(filter(None, lines)))

    async def tell_operators(self, title: str, body: str) -> None:
        """Say what keeps the product from working. Nobody is told where no URL is set. Raises NotTold."""
        await _notify(self._operators, title, body)


async def _notify(service: Apprise | None, title: str, body: str) -> None:
    if service is None:
        return
    try:
        # Names come from whoever fills in a form: said to be text, they reach no mail program as HTML.
        async with asyncio.timeout(PATIENCE_S):
            said = await asyncio.to_thread(service.notify, title=title, body=body, body_format=NotifyFormat.TEXT)
    except TimeoutError:
        raise NotTold("the notification service does not answer") from None
    if not said:
        raise NotTold("the notification service did not take it")


@cache
def _service(url: str) -> Apprise | None:
    if not url:
        return None
    service = Apprise()
    if not service.add(url):
        raise ValueError("NOTIFY_REP_URL and the others like it are Apprise URLs, such as mailto://user:password@host or slack://…")
    for one in service:
        # Apprise waits seconds between two messages; Temporal tries again what a service found too fast.
        one.request_rate_per_sec = 0
    return service
