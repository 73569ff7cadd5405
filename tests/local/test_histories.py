"""What is kept of histories, to be replayed for years by whoever has a checkout."""

import json
from pathlib import Path

from temporalio.client import WorkflowHistory

from local.histories import keep


def test_what_failed_is_kept_without_the_places_in_our_code_where_it_did(tmp_path: Path) -> None:
    """A stack trace names folders of the machine that recorded it, and changes with every line that moves."""
    failure = {"message": "550 no", "stackTrace": "File above", "cause": {"message": "refused", "stackTrace": "File below"}}
    event = {"eventId": "1", "eventType": "EVENT_TYPE_ACTIVITY_TASK_FAILED", "activityTaskFailedEventAttributes": {"failure": failure}}

    keep(tmp_path, "ada", [WorkflowHistory.from_json("lead-ada", {"events": [event]})], {})

    (kept,) = json.loads((tmp_path / "ada.1.json").read_text(encoding="utf-8"))["events"]
    assert kept["activityTaskFailedEventAttributes"]["failure"] == {"message": "550 no", "cause": {"message": "refused"}}
