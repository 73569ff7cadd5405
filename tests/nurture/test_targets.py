"""Where a form sends a browser: checked as the campaign is read, and what was kept before that is still read."""

import json

import pytest
from pydantic import ValidationError

from nurture.kinds import Kind
from nurture.plan.campaign import Campaign
from nurture.plan.form import Form

PLAN = {"campaign": "welcome", "topic": "insights", "start": "hello", "tracks": {"hello": {"steps": [{"wait": "3 days"}]}}}


@pytest.mark.parametrize("thanks", ["", "/thanks", "/thanks?from=form#top", "https://www.example.com/thanks", "/ありがとう"])
def test_a_page_of_this_site_or_of_another_is_right(thanks: str) -> None:
    assert Form(engagement=Kind.DEMO_REQUESTED, thanks=thanks).thanks == thanks


@pytest.mark.parametrize(
    "thanks", ["javascript:alert(1)", "//evil.example.net", "thanks", "/a b", "http://www.example.com", "https:///x", "/\\evil", "/a\nb"]
)
def test_anything_else_is_refused_with_what_would_be_right(thanks: str) -> None:
    with pytest.raises(ValidationError, match="write a path of this site, like '/thanks', or an https address"):
        Form(engagement=Kind.DEMO_REQUESTED, thanks=thanks)


def test_an_edition_that_was_kept_before_is_still_read() -> None:
    kept = json.dumps({**PLAN, "forms": {"odd": {"engagement": "demo_requested", "thanks": "//evil.example.net"}}})

    assert Campaign.restore("welcome@older", kept).forms["odd"].thanks == "//evil.example.net"
