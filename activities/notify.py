"""Tells reps and the leader about tasks, wherever they want to hear of them."""

import asyncio
from enum import StrEnum

from apprise import Apprise

from settings import Settings
from store.tasks import TaskRow


class Audience(StrEnum):
    """Who is told."""

    REP = "rep"
    LEADER = "leader"


class NotTold(Exception):
    """The service did not take the notification."""


class Notifier:
    """Speaks through Apprise, which knows Slack, Teams, LINE, mail and a hundred more by their URL."""

    def __init__(self, settings: Settings) -> None:
        self._inbox = f"{settings.base}/inbox"
        self._services = {Audience.REP: _service(settings.notify_rep_url), Audience.LEADER: _service(settings.notify_leader_url)}

    async def tell(self, audience: Audience, task: TaskRow) -> None:
        """Say what there is to do, by when, and where. Nobody is told where no URL is set. Raises NotTold."""
        service = self._services[audience]
        if service is None:
            return
        late = "Overdue: " if audience is Audience.LEADER else ""
        title = f"{late}{task.reason.replace('_', ' ')} – {task.company or task.name}"
        body = f"{task.name}, {task.company}\n{task.why}\n{task.say}\nBy {task.deadline_at:%Y-%m-%d %H:%M} UTC\n{self._inbox}/{task.id}"
        if not await asyncio.to_thread(service.notify, title=title, body=body):
            raise NotTold("the notification service did not take it")


def _service(url: str) -> Apprise | None:
    if not url:
        return None
    service = Apprise()
    if not service.add(url):
        raise ValueError("NOTIFY_REP_URL and NOTIFY_LEADER_URL are Apprise URLs, such as mailto://user:password@host or slack://…")
    for one in service:
        # Apprise waits seconds between two messages; Temporal tries again what a service found too fast.
        one.request_rate_per_sec = 0
    return service
