"""The model of all that programs are shown: whoever makes one is held to the types of its fields."""

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict


class View(BaseModel):
    """What an answer shows, or a part of it."""

    if TYPE_CHECKING:
        model_config = ConfigDict(strict=True, extra="forbid")
