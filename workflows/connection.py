"""The one way to Temporal: with the settings that are right, and with the converter that everything of ours travels by."""

from collections.abc import Iterable, Mapping

from temporalio.client import Client
from temporalio.envconfig import ClientConfig

from nurture.plan.campaign import Campaign
from settings import check_temporal
from store.campaigns import campaigns
from store.database import Database
from workflows.wire import Library, data_converter


def library_of(database: Database) -> Library:
    """The campaigns in the store, read when a run first names them."""

    async def fetch(refs: Iterable[str]) -> Mapping[str, Campaign]:
        async with database.transaction() as session:
            return await campaigns.load(session, refs)

    return Library(fetch)


async def connect(library: Library) -> Client:
    """A client for the server that ``TEMPORAL_*`` names, as Temporal's own ``envconfig`` reads them.

    Raises SettingsError before anything is sent when they are wrong, and RuntimeError when nobody answers.
    """
    check_temporal()
    config = ClientConfig.load_client_connect_config()
    config.setdefault("target_host", "127.0.0.1:7233")
    return await Client.connect(**config, data_converter=data_converter(library))
