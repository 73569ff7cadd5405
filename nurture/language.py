"""Reads a campaign file. It is right as a whole, or everything that is wrong with it is said at once, each with its line and the fix."""

import json
from typing import Protocol

from pydantic import ValidationError

from nurture.campaign import Campaign
from nurture.plan_check import faults_of_plan
from nurture.problems import CampaignError, Problem
from nurture.schema import campaign_schema
from nurture.source import LARGEST, read_source, too_large
from nurture.wording import faults_of, without_wrong_hours

__all__ = ["CampaignError", "Problem", "campaign_schema", "read_campaign", "read_campaign_file"]


class PathLike(Protocol):
    """What has a path in a file system."""

    def __fspath__(self) -> str: ...


def read_campaign(text: str, file: str) -> Campaign:
    """Read the text of a campaign file; ``file`` is how problems call it. Raises CampaignError."""
    source = read_source(text, file)
    data, faults = without_wrong_hours(source.data)
    campaign = None
    try:
        # As strict JSON, so that '9' is no time of day and 'yes' is no number; and only keys as they are documented.
        campaign = Campaign.model_validate_json(json.dumps(data), strict=True, by_alias=True, by_name=False)
    except ValidationError as wrong:
        faults += faults_of(wrong, data)
    plan_faults = list(faults_of_plan(data, whole=not faults and not source.problems))
    # Where both found something, what the plan says is nearer to what was meant.
    told = {fault.path for fault in plan_faults}
    problems = [*source.problems]
    for fault in (*(fault for fault in faults if fault.path not in told), *plan_faults):
        problems.append(Problem(file=file, line=source.line_of(fault.path), what=fault.what, fix=fault.fix))
    if campaign is None or problems:
        raise CampaignError(problems)
    return campaign


def read_campaign_file(path: str | PathLike) -> tuple[Campaign, str]:
    """Read a campaign file and give its text too. Raises CampaignError, also when there is no such file or it is not UTF-8."""
    file = str(path)
    try:
        with open(path, "rb") as opened:
            content = opened.read(LARGEST + 1)
    except FileNotFoundError:
        raise CampaignError([Problem(file=file, line=0, what="there is no such file", fix="see if its name is right")]) from None
    except (OSError, ValueError) as wrong:
        what = f"the file cannot be read: {getattr(wrong, 'strerror', None) or wrong}"
        raise CampaignError([Problem(file=file, line=0, what=what, fix="give the name of a campaign file that you may read")]) from None
    if len(content) > LARGEST:
        raise too_large(file)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        raise CampaignError([Problem(file=file, line=line, what="this is not UTF-8", fix="save the file as UTF-8")]) from None
    return read_campaign(text, file), text
