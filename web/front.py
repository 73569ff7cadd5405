"""What every room of the web app is given: settings, database, clock, and the counters of its limits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from nurture.plan.popups import Popup
from settings import Settings
from store.database import Database
from web.formbook import FormBook
from web.limiter import Limiter
from web.oidc import Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """``now`` is the clock of the business. By client address are counted form posts, tries to sign in and visits, and by
    person letters to try out.

    ``forms`` has the forms of all campaigns. ``popups`` are those of the site, in the order in which they are looked at. By
    ``provider`` the team may sign in, where the settings name one.
    """

    settings: Settings
    database: Database
    now: Callable[[], datetime]
    forms: FormBook
    posts: Limiter
    guesses: Limiter
    visits: Limiter
    tests: Limiter
    popups: tuple[Popup, ...] = ()
    provider: Provider | None = None


async def _front_of(request: Request) -> Front:  # not plain, which FastAPI would call in a thread
    front: Front = request.app.state.front
    return front


FrontOf = Annotated[Front, Depends(_front_of)]
"""How a handler asks for it."""
