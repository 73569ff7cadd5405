"""What operators read about paths and limits is how it is."""

import re
from pathlib import Path

from fastapi.routing import iter_route_contexts

from settings import Settings
from store.database import Database
from tests.conftest import OWN
from tests.web.conftest import Clock
from web.app import create_app

ROOT = Path(__file__).resolve().parents[2]
OPERATORS = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
UNFORWARDED = {"", "fair", "guides", "help", "openapi.json", "pricing", "webinar", "whats-new"}
"""The example page, what the sample letters link to, and the description of the forms."""

_UNREACHED = "postgresql://nobody@127.0.0.1:1/nothing"


def listed(beginning: str) -> list[str]:
    """The paths in the first sentence after these words."""
    return re.findall(r"`/([\w-]+)`", OPERATORS.partition(beginning)[2].partition(".")[0])


def test_every_path_is_in_one_of_the_lists_for_a_proxy_and_in_one_only() -> None:
    app = create_app(Settings.model_validate(OWN | {"database_url": _UNREACHED}), Database(_UNREACHED), Clock().now)
    routed = {str(route.path).split("/")[1] for route in iter_route_contexts(app.routes)}
    routed |= {str(mount.path).split("/")[1] for mount in app.routes if hasattr(mount, "path")}

    assert sorted(listed("- Open to all:") + listed("- Of the team:")) == sorted(routed - UNFORWARDED)
    assert routed >= UNFORWARDED
