"""The JSON Schema of campaign files, so that an editor completes and explains what one writes.

``campaigns/campaign.schema.json`` is what ``schema_text`` gives. A file names it in its first line:
``# yaml-language-server: $schema=campaign.schema.json``.
"""

import json
from datetime import time
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from nurture.kinds import Kind
from nurture.plan.campaign import Campaign
from nurture.plan.form import SENT_BY_FORM
from nurture.plan.spans import Span
from nurture.plan.track import STEPS
from nurture.plan.vocabulary import FACTS
from nurture.reading.stops import WEEKDAY_AND_HOUR
from nurture.stages import STAGE_SETS

_SAYS: Final[dict[str, dict[str, str]]] = {
    "Campaign": {
        "campaign": "The name of the campaign: small letters, digits, - and _.",
        "horizon": "How long a lead without a decision stays; then a human decides.",
        "window": "When letters may go out, by the lead's own clock.",
        "cap": "How many letters a lead gets at most, over all campaigns.",
        "scoring": "What it is worth that a lead does something.",
        "stories": "The stories that are watched for, each with its settings; one that is only named has its defaults.",
        "forms": "The forms on your site that begin this campaign, by name.",
        "tracks": "The ways through the campaign, by name. A lead is in one of them at a time.",
        "rules": "What moves a lead to another track. The first rule that fits wins.",
    },
    "Window": {
        "days": "The days on which letters may go out.",
        "from": "From this time of day on, like '09:00'.",
        "to": "Until this time of day, like '17:00'.",
    },
    "Cap": {"touches": "Letters at most; 0 means no cap.", "per": "In any stretch of time of this length."},
    "Lateness": {
        "after": "So long after it should have gone, a letter is too late.",
        "then": "What becomes of it: it goes now all the same, the plan goes on without it (skip), or a human is asked.",
    },
    "TaskPlan": {"reason": "What the task is about; reports count tasks by it.", "deadline": "By when the rep answers, in working time."},
    "MessagePlan": {"channel": "Where or how, in a word of your own: social, paper, phone.", "deadline": "By when it is done."},
    "NoticePlan": {"to": "Who is told: the reps, the rep named for the lead, or the leader.", "say": "What they are told."},
    "Email": {"email": "The letter, by the name of its template.", "if": "The letter is passed over where this does not hold."},
    "Pause": {"wait": "How long, like '3 days' or '2 working days', or until when."},
    "Until": {
        "plus": "So long after the date.",
        "minus": "So long before the date.",
        "late": "When the date has passed already: go on now, skip the next step, or ask a human.",
    },
    "WaitFor": {"wait_for": "What the lead is waited for, and how long at most."},
    "Awaited": {"if": "A condition that comes true.", "at_most": "When this time is over, nothing came."},
    "Branch": {"branch": "The ways, from top to bottom: the first whose condition holds is gone."},
    "Way": {"if": "Who goes this way; everyone else when left out.", "go": "The track to go to; else the next step."},
    "Split": {"split": "The sides that leads are divided among. A lead always falls to the same one."},
    "Share": {"share": "The weight of this side, beside the others.", "go": "The track to go to; else the next step."},
    "Message": {"message": "What a rep writes to the lead on another channel."},
    "Set": {"set": "Fields of the lead with their values."},
    "SetHours": {"hours": "The half of the window in which letters go from here on: any, early, late, or flip for the other one."},
    "Notify": {"notify": "Word to somebody of us. The lead goes on meanwhile."},
    "Task": {"task": "What the rep is asked to do."},
    "Go": {"go": "The track to continue in."},
    "EnrollIn": {"enroll": "The campaign to begin."},
    "End": {"end": "The reason why this campaign is over."},
    "Track": {"stage": "The stage of the customers whom this track is for.", "steps": "What happens, from top to bottom."},
    "Rule": {"name": "How reports call this rule.", "when": "What sets the rule off.", "go": "The track to continue in."},
    "When": {
        "engagement": "Something that the lead did, or that happened to it.",
        "for": "With 'quiet_after': for so long nothing was heard.",
        "ahead": "So long before the date, in days or weeks.",
    },
    "Scoring": {},
    "Form": {"engagement": "What sending the form means: downloaded or demo_requested."},
}
_TITLES: Final = {
    "Pause": "Wait",
    "SetHours": "Hours",
    "EnrollIn": "Enroll",
    "TaskPlan": "Task for a rep",
    "MessagePlan": "Message on another channel",
    "NoticePlan": "Notice",
    "Awaited": "What is waited for",
    "When": "Trigger",
}
_CONDITIONS: Final = ("Email", "Awaited", "Way", "Rule")
_IN_DAYS: Final = {"pattern": r"^(\d{1,5}) (day|week)s?$", "examples": ["90 days"]}


class _Generator(GenerateJsonSchema):
    def time_schema(self, schema: core_schema.TimeSchema) -> JsonSchemaValue:
        """A time of day as files have it: JSON Schema's own format ``time`` has seconds and an offset."""
        return {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$", "examples": ["09:00", "17:30"]}

    def encode_default(self, dft: Any) -> Any:
        """What counts when a key is left out, as files would have it."""
        return f"{dft:%H:%M}" if isinstance(dft, time) else str(dft) if isinstance(dft, Span) else super().encode_default(dft)

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """What may be left out is left out, not written as nothing."""
        return self.generate_inner(schema["schema"])

    def generate(self, schema: CoreSchema, mode: JsonSchemaMode = "validation") -> JsonSchemaValue:
        return {"$schema": self.schema_dialect, **super().generate(schema, mode)}


def campaign_schema() -> dict[str, Any]:
    """The schema (draft 2020-12). It knows the shape of a file; ``read_campaign`` also knows what belongs together."""
    schema = Campaign.model_json_schema(by_alias=True, mode="validation", schema_generator=_Generator)
    parts, root = schema["$defs"], schema["properties"]
    schema["description"] = "A campaign: tracks of steps, and rules that move a lead between them."
    parts["Weekday"]["description"] = "A day of the week."
    parts["Cap"]["description"] = "How many letters a lead gets at most, over all campaigns."
    for name, part in ((name, schema if name == "Campaign" else parts[name]) for name in _SAYS):
        for key, says in _SAYS[name].items():
            part["properties"][key]["description"] = says
        for key, value in part["properties"].items():
            value["title"] = key
            if value.get("default", "") is None:
                del value["default"]
        part["title"] = _TITLES.get(name, name)
    for key in ("fields", "contents", "purposes", "forms", "tracks", "topic_names"):
        root[key]["additionalProperties"] = False
    parts["Set"]["properties"]["set"]["additionalProperties"] = False
    for owner, key in ((root, "window"), (root, "cap"), (root, "sales_cap"), (root, "scoring"), (parts["Track"]["properties"], "stage")):
        del owner[key]["default"]
    for step in STEPS.values():
        parts[step.__name__]["properties"]["name"]["description"] = "How reports call this step; needed only to tell two alike apart."
    for name in _CONDITIONS:
        asked = parts[name]["properties"]["if"]
        asked["description"] = f"{asked['description'].rstrip('.')}. Like touches >= 3. The facts: {', '.join(FACTS)}, and your own fields."
    _close_choices(root, {name: part["properties"] for name, part in parts.items() if "properties" in part})
    return schema


def _close_choices(root: dict[str, Any], parts: dict[str, dict[str, Any]]) -> None:
    """Say what may stand where the models leave it to ``read_campaign``."""
    stages = [*dict.fromkeys(stage for stages in STAGE_SETS.values() for stage in stages)]
    root["stages"]["enum"] = [*STAGE_SETS]
    root["off"]["items"]["enum"] = stages
    parts["Track"]["stage"]["enum"] = stages
    parts["When"]["reaches"]["enum"] = stages
    for story in parts["Stories"].values():
        story["anyOf"] = [{"$ref": story.pop("$ref")}, {"type": "null"}]
    engagement = f"^({'|'.join(Kind)})(:[a-z][a-z0-9_-]{{0,47}})?$"
    parts["Scoring"]["points"]["propertyNames"] = {"pattern": engagement}
    parts["Awaited"]["any"]["items"] = {"anyOf": [{"$ref": "#/$defs/Kind"}, {"type": "string", "pattern": engagement}]}
    parts["Until"]["until"]["pattern"] = f"^([a-z][a-z0-9_]{{0,47}}|{WEEKDAY_AND_HOUR.pattern})$"
    for name, key in (("When", "contract_ends_in"), ("When", "ahead"), ("Scoring", "recent")):
        parts[name][key] |= _IN_DAYS
    parts["Form"]["engagement"] = {
        "title": "engagement",
        "description": _SAYS["Form"]["engagement"],
        "enum": [*SENT_BY_FORM],
    }
    parts["Rule"]["when"] = {
        "title": "when",
        "description": _SAYS["Rule"]["when"],
        "anyOf": [{"$ref": "#/$defs/Kind"}, {"$ref": "#/$defs/When"}],
    }


def schema_text() -> str:
    """The schema as the published file has it."""
    return json.dumps(campaign_schema(), indent=2, ensure_ascii=False) + "\n"
