"""The forms of all campaigns that were started, and what came in by them on its way into the database."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from nurture.plan.campaign import Campaign
from nurture.plan.form import Form
from store.campaigns import campaigns
from store.database import Database
from store.site import posts
from store.site.posts import Post
from web.together import Shared, Together


class FormBook:
    """Every form by its name, with its campaign. Many at the same moment cost hardly more than one: they are read and stored together."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now
        self._forms = Shared(self._read)
        self._posts = Together(self._store, key=lambda post: post.person.email)

    async def find(self, name: str) -> tuple[Campaign, Form] | None:
        """The form of this name, as it is at this moment."""
        return (await self._forms.get()).get(name)

    async def take(self, post: Post) -> None:
        """Return once it is stored. One that was sent before changes nothing."""
        await self._posts.add(post)

    async def _read(self) -> Mapping[str, tuple[Campaign, Form]]:
        async with self._database.transaction() as session:
            return await campaigns.forms(session)

    async def _store(self, sent: Sequence[Post]) -> None:
        async with self._database.transaction() as session:
            await posts.keep(session, sent, self._now())
