"""Another value like a frozen one: five times as fast as the standard library's way, because nearly all that the core does is that."""

from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

__all__ = ["replace"]

if TYPE_CHECKING:
    from dataclasses import replace  # so that the fields that change are checked as ever
else:
    Value = TypeVar("Value")
    _copiers: dict[type, Callable[[Any, dict[str, Any]], Any]] = {}

    def replace(value: Value, /, **changes: Any) -> Value:
        """The same value with these fields changed. For frozen slotted dataclasses that do nothing as they are made.

        Raises TypeError for a field that there is not.
        """
        copier = _copiers.get(type(value))
        if copier is None:
            copier = _copiers[type(value)] = _copier_of(type(value))
        return copier(value, changes)

    def _copier_of(kind: type) -> Callable[[Any, dict[str, Any]], Any]:
        """Written out field by field, as the standard library writes ``__init__``."""
        names = [field.name for field in fields(kind)]
        put = {name: getattr(kind, name).__set__ for name in names}
        lines = [
            "def copier(value, changes):",
            " other = new(kind)",
            *(f" put_{name}(other, value.{name})" for name in names),
            " for name, changed in changes.items():",
            "  if name not in put: raise TypeError(f'{kind.__name__} has no field {name!r}')",
            "  put[name](other, changed)",
            " return other",
        ]
        scope: dict[str, Any] = {"new": object.__new__, "kind": kind, "put": put, **{f"put_{name}": put[name] for name in names}}
        exec("\n".join(lines), scope)
        copier: Callable[[Any, dict[str, Any]], Any] = scope["copier"]
        return copier
