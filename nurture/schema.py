"""The JSON Schema of campaign files, so that an editor completes and explains what one writes.

``campaigns/campaign.schema.json`` is what ``schema_text`` gives. A file names it in its first line:
``# yaml-language-server: $schema=campaign.schema.json``.
"""

import json
from datetime import time
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from nurture.campaign import Campaign
from nurture.conditions import FACTS
from nurture.kinds import Kind
from nurture.spans import Span
from nurture.stages import STAGES
from nurture.wording import STEPS

_SAYS: Final = {
    "Campaign": {
        "campaign": "The name of the campaign: small letters, digits, - and _.",
        "horizon": "How long a lead without a decision stays; then a human decides.",
        "window": "When letters may go out, by the lead's own clock.",
        "cap": "How many letters a lead gets at most, over all campaigns.",
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
    "TaskPlan": {"reason": "What the task is about; reports count tasks by it.", "deadline": "By when the rep answers, in working time."},
    "Email": {"email": "The letter, by the name of its template."},
    "Pause": {"wait": "How long, like '3 days' or '2 working days'."},
    "Task": {"task": "What the rep is asked to do."},
    "Go": {"go": "The track to continue in."},
    "EnrollIn": {"enroll": "The campaign to begin."},
    "End": {"end": "The reason why this campaign is over."},
    "Track": {"stage": "The stage of the customers whom this track is for.", "steps": "What happens, from top to bottom."},
    "Rule": {"name": "How reports call this rule.", "when": "What sets the rule off.", "go": "The track to continue in."},
    "When": {"engagement": "Something that the lead did, or that happened to it."},
    "Form": {"engagement": "What sending the form means: downloaded or demo_requested."},
}
_TITLES: Final = {"Pause": "Wait", "EnrollIn": "Enroll", "TaskPlan": "Task for a rep", "When": "Trigger"}


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
    for key in ("forms", "tracks"):
        root[key]["additionalProperties"] = False
    for owner, key in ((root, "window"), (root, "cap"), (parts["Track"]["properties"], "stage")):
        del owner[key]["default"]
    parts["Track"]["properties"]["stage"]["enum"] = [*STAGES]
    parts["When"]["properties"]["contract_ends_in"] |= {"pattern": r"^(\d{1,5}) (day|week)s?$", "examples": ["90 days"]}
    parts["Form"]["properties"]["engagement"] = {
        "title": "engagement",
        "description": _SAYS["Form"]["engagement"],
        "enum": [Kind.DOWNLOADED, Kind.DEMO_REQUESTED],
    }
    parts["Rule"]["properties"]["if"]["description"] = f"A condition on the lead, like touches >= 3. The facts: {', '.join(FACTS)}."
    parts["Rule"]["properties"]["when"] = {
        "title": "when",
        "description": _SAYS["Rule"]["when"],
        "anyOf": [{"$ref": "#/$defs/Kind"}, {"$ref": "#/$defs/When"}],
    }
    for step in STEPS.values():
        parts[step.__name__]["properties"]["name"]["description"] = "How reports call this step; needed only to tell two alike apart."
    return schema


def schema_text() -> str:
    """The schema as the published file has it."""
    return json.dumps(campaign_schema(), indent=2, ensure_ascii=False) + "\n"
