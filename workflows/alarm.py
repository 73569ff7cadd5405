"""The one timer of a lead: set again only when the moment changed."""

import asyncio
from datetime import datetime, timedelta
from typing import Final

from temporalio import workflow

from nurture.actions import Wait

_TICK: Final = timedelta(milliseconds=1)


class Alarm:
    """Rings at a moment. What comes in meanwhile leaves it alone unless it changes the moment."""

    def __init__(self) -> None:
        self._until: datetime | None = None
        self._timer: asyncio.Task[None] | None = None

    def set(self, wait: Wait) -> None:
        if self._timer is not None and not self._timer.done() and wait.until == self._until:
            return
        self.off()
        if wait.until is not None:
            self._until = wait.until
            self._timer = asyncio.create_task(workflow.sleep(_up_to_the_millisecond(wait.until - workflow.now()), summary=wait.why))

    def off(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._until = None

    @property
    def rang(self) -> bool:
        return self._timer is not None and self._timer.done()


def _up_to_the_millisecond(length: timedelta) -> timedelta:
    """Servers count timers in milliseconds and cut off the rest: a timer that is not rounded up rings before its moment."""
    return max(-(-length // _TICK), 1) * _TICK
