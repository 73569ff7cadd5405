"""What every room of the web app is given: settings, database, clock, and the counters of its limits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from nurture.popups import Popup
from settings import Settings
from store.database import Database
from web.limiter import Limiter


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """``now`` is the clock of the business. By client address are counted form posts, wrong passwords and visits.

    ``popups`` are those of the site, in the order in which they are looked at.
    """

    settings: Settings
    database: Database
    now: Callable[[], datetime]
    posts: Limiter
    guesses: Limiter
    visits: Limiter
    popups: tuple[Popup, ...] = ()


async def _front_of(request: Request) -> Front:  # not plain, which FastAPI would call in a thread
    front: Front = request.app.state.front
    return front


FrontOf = Annotated[Front, Depends(_front_of)]
"""How a handler asks for it."""
