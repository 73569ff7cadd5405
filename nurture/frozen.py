"""Another value like a frozen one: many times as fast as the standard library's way, because nearly all that the core does is that."""

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
        """Written out field by field, as the standard library writes ``__init__``.

        What is made is not frozen until it is complete: until then it is of a class of the same layout that lets its fields be set.
        """
        names = [field.name for field in fields(kind)]
        soft = type(kind.__name__, kind.__bases__, {"__slots__": kind.__slots__, "__setattr__": object.__setattr__})
        lines = [
            "def copier(value, changes):",
            " other = new(soft)",
            *(f" other.{name} = value.{name}" for name in names),
            " for name, changed in changes.items():",
            "  if name not in names: raise TypeError(f'{kind.__name__} has no field {name!r}')",
            "  put(other, name, changed)",
            " other.__class__ = kind",
            " return other",
        ]
        scope: dict[str, Any] = {
            "new": object.__new__,
            "put": object.__setattr__,
            "soft": soft,
            "kind": kind,
            "names": frozenset(names),
        }
        exec("\n".join(lines), scope)
        copier: Callable[[Any, dict[str, Any]], Any] = scope["copier"]
        return copier
