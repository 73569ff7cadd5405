"""Reads a campaign file. It is right as a whole, or everything that is wrong with it is said at once, each with its line and the fix."""

import json

from pydantic import ValidationError

from nurture.plan.campaign import Campaign
from nurture.plan.problems import CampaignError, Problem
from nurture.plan.source import read_source
from nurture.reading.plan_check import faults_of_plan
from nurture.reading.telling import told
from nurture.reading.wording import faults_of, without_wrong_hours


def read_campaign(text: str, file: str) -> Campaign:
    """Read the text of a campaign file; ``file`` is how problems call it. Raises CampaignError."""
    source = read_source(text, file)
    read, faults = without_wrong_hours(source.data)
    whole = told(read)
    data, faults = whole.data, [*faults, *whole.faults]
    campaign = None
    try:
        # As strict JSON, so that '9' is no time of day and 'yes' is no number; and only keys as they are documented.
        campaign = Campaign.model_validate_json(json.dumps(data), strict=True, by_alias=True, by_name=False)
    except ValidationError as wrong:
        faults += faults_of(wrong, data)
    plan_faults = list(faults_of_plan(data, whole=not faults and not source.problems))
    # Where both found something, what the plan says is nearer to what was meant.
    said = {fault.path for fault in plan_faults}
    problems = [*source.problems]
    for fault in (*(fault for fault in faults if fault.path not in said), *plan_faults):
        problems.append(Problem(file=file, line=source.line_of(whole.place(fault.path)), what=fault.what, fix=fault.fix))
    if campaign is None or problems:
        raise CampaignError(problems)
    return campaign
