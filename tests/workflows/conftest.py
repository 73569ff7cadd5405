"""What the tests of outages share: a campaign that acts at once, and patience with real servers."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from nurture.plan.campaign import Campaign

Until = Callable[[Callable[[], Awaitable[bool]]], Awaitable[None]]


@pytest.fixture
def at_once() -> Campaign:
    """Day and night, without a cap: what is due goes out now."""
    return Campaign.model_validate(
        {
            "campaign": "welcome",
            "topic": "insights",
            "start": "educate",
            "window": {"always": True},
            "cap": {"touches": 0},
            "forms": {
                "download": {"engagement": "downloaded", "contents": ["planning_guide"], "consent": "Yes, write to me."},
                "demo": {"engagement": "demo_requested", "consent": "Yes, write to me."},
            },
            "tracks": {
                "educate": {"steps": [{"email": "hello"}, {"wait": "30 days"}, {"email": "check_in"}]},
                "fast": {"steps": [{"task": {"reason": "demo", "deadline": "4 hours"}}]},
                "won": {"steps": [{"end": "won"}]},
            },
            "rules": [
                {"name": "demo", "when": "demo_requested", "go": "fast"},
                {"name": "won", "when": {"outcome": "won"}, "go": "won"},
            ],
        }
    )


@pytest.fixture
def until() -> Until:
    """Wait until something holds, however slow the machine is; after two minutes it never will."""

    async def wait(holds: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(120):
            while not await holds():
                await asyncio.sleep(0.1)

    return wait
