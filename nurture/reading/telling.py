"""Writes out the stories of a campaign file, and knows which lines of the file what they come to belongs to."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from nurture.plan.plots import with_stories
from nurture.plan.problems import Fault, Path
from nurture.plan.stories import Stories
from nurture.reading.wording import faults_of


class _Told(BaseModel):
    stories: Stories


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The data of a file with its stories written out. ``faults`` are what is wrong with the settings of stories."""

    source: Mapping[str, Any]
    data: dict[str, Any]
    faults: tuple[Fault, ...] = ()

    def place(self, path: Path) -> Path:
        """The place in the file that a place in the data comes from: what a story brings in comes from where ``stories`` names it."""
        if "stories" not in self.source or len(path) < 2:
            return path
        match path:
            case ("rules", int() as number, *rest):
                brought = len(_listed(self.data.get("rules"))) - len(_listed(self.source.get("rules")))
                return self._story_of("rules", self.data["rules"][number]) if number < brought else ("rules", number - brought, *rest)
            case (("tracks" | "fields") as key, name, *_) if name not in (self.source.get(key) or {}):
                return self._story_of(key, name)
            case _:
                return path

    def _story_of(self, key: str, brought: Any) -> Path:
        """The story that alone brings in this track, field or rule."""
        for story, settings in self.source["stories"].items():
            alone = {name: self.source[name] for name in ("start", "stages") if name in self.source} | {"stories": {story: settings}}
            if brought in with_stories(alone).get(key, ()):
                return ("stories", story)
        return ("stories",)


def told(source: dict[str, Any]) -> Told:
    """Write out the stories of a file. Where their settings are wrong, the file is as if it named none."""
    if "stories" not in source:
        return Told(source=source, data=source)
    without = {key: value for key, value in source.items() if key != "stories"}
    try:
        _Told.model_validate_json(json.dumps({"stories": source["stories"]}), strict=True)
    except ValidationError as wrong:
        return Told(source=without, data=without, faults=tuple(faults_of(wrong, source)))
    if any(not isinstance(source.get(key, kind()), kind) for key, kind in (("tracks", dict), ("rules", list), ("fields", dict))):
        return Told(source=without, data=without)
    return Told(source=source, data=with_stories(source))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
