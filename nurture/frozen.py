"""Frozen values, made and copied many times as fast as the standard library does it, because nearly all that the core does is that."""

from typing import TYPE_CHECKING

__all__ = ["dataclass", "replace"]

if TYPE_CHECKING:
    from dataclasses import dataclass, replace  # so that what is made and what changes is checked as ever
else:
    import dataclasses
    from collections.abc import Callable
    from typing import Any, TypeVar

    Value = TypeVar("Value")
    _copiers: dict[type, dict[tuple[str, ...], Callable[..., Any]]] = {}

    def dataclass(*, frozen: bool, slots: bool, kw_only: bool) -> Callable[[type[Value]], type[Value]]:
        """The standard library's, with a faster ``__init__``. For values that are frozen and slotted, and do nothing as they are made."""

        def made(kind: type[Value]) -> type[Value]:
            kind = dataclasses.dataclass(frozen=frozen, slots=slots, kw_only=kw_only)(kind)
            kind.__init__ = _initialiser_of(kind)
            return kind

        return made

    def replace(value: Value, /, **changes: Any) -> Value:
        """The same value with these fields changed. For frozen slotted dataclasses that do nothing as they are made.

        Raises TypeError for a field that there is not.
        """
        try:
            copier = _copiers[value.__class__][tuple(changes)]
        except KeyError:
            copiers = _copiers.setdefault(type(value), {})
            copier = copiers[tuple(changes)] = _copier_of(type(value), tuple(changes))
        return copier(value, **changes)

    def _initialiser_of(kind: type) -> Callable[..., None]:
        fields = dataclasses.fields(kind)
        defaults = {f"_default_{field.name}": field.default for field in fields if field.default is not dataclasses.MISSING}
        takes = (f"{name}=_default_{name}" if f"_default_{name}" in defaults else name for name in (field.name for field in fields))
        lines = [
            f"def __init__(self, *, {', '.join(takes)}):",
            " _put(self, '__class__', _soft)",
            *(f" self.{field.name} = {field.name}" for field in fields),
            " self.__class__ = _kind",
        ]
        initialiser = _written("__init__", lines, kind, defaults)
        initialiser.__qualname__ = kind.__init__.__qualname__
        initialiser.__annotations__ = kind.__init__.__annotations__
        return initialiser

    def _copier_of(kind: type, changes: tuple[str, ...]) -> Callable[..., Any]:
        names = [field.name for field in dataclasses.fields(kind)]
        if unknown := {*changes} - {*names}:
            raise TypeError(f"{kind.__name__} has no field {unknown.pop()!r}")
        lines = [
            f"def copier(_value, {', '.join(changes)}):",
            " _other = _new(_soft)",
            *(f" _other.{name} = {name if name in changes else f'_value.{name}'}" for name in names),
            " _other.__class__ = _kind",
            " return _other",
        ]
        return _written("copier", lines, kind, {})

    def _written(name: str, lines: list[str], kind: type, known: dict[str, Any]) -> Callable[..., Any]:
        """A function that is written out field by field, as the standard library writes ``__init__``.

        What it makes is not frozen until it is complete: until then it is of a class of the same layout that lets its fields be set.
        """
        soft = type(kind.__name__, kind.__bases__, {"__slots__": kind.__slots__, "__setattr__": object.__setattr__})
        scope: dict[str, Any] = {"_new": object.__new__, "_put": object.__setattr__, "_soft": soft, "_kind": kind, **known}
        exec("\n".join(lines), scope)
        return scope[name]
