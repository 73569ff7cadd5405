"""A courier as a process of its own, which is made to be killed."""

import asyncio
import os
from datetime import UTC, datetime

from store.database import Database
from workflows.courier import Courier
from workflows.posting import Post


async def main() -> None:
    async def tell(title: str, body: str) -> bool:
        return True

    key, at = os.environ["KEY"], datetime.fromtimestamp(float(os.environ["AT"]), UTC)
    await Courier(Database(os.environ["DATABASE_URL"]), Post(inside=True), key, tell, lambda: at).run()


if __name__ == "__main__":
    asyncio.run(main())
