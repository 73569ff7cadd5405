"""How values travel through Temporal: short, without defaults, and campaigns by their ref alone.

A campaign's text is in the store, under a ref that is its hash. The codec sees to it that a campaign is at hand before a payload that names
it is read; reading is then a look-up that every workflow in the process shares. So a history holds eighty bytes where it would hold
thousands, and a run keeps exactly the edition that it was started under.
"""

import dataclasses
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar

from pydantic import TypeAdapter
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultFailureConverter,
    DefaultPayloadConverter,
    EncodingPayloadConverter,
    JSONPlainPayloadConverter,
    PayloadCodec,
    PayloadConverter,
)

from nurture.plan.campaign import Campaign

_NAMES = "campaigns"


class Library(dict[str, Campaign]):
    """The campaigns at hand, by ref. ``fetch`` brings those that are missing; an edition never changes, so nothing is ever read twice."""

    def __init__(self, fetch: Callable[[Iterable[str]], Awaitable[Mapping[str, Campaign]]]) -> None:
        super().__init__()
        self._fetch = fetch

    async def have(self, refs: Iterable[str]) -> None:
        """See to it that these are at hand. Raises LookupError for a ref that the store does not know."""
        missing = [ref for ref in refs if ref not in self]
        if not missing:
            return
        self.update(await self._fetch(missing))
        if lost := [ref for ref in missing if ref not in self]:
            raise LookupError(f"the store has no campaign {', '.join(lost)}")


@lru_cache(maxsize=256)
def _adapter(hint: Any) -> TypeAdapter[Any]:
    return TypeAdapter(hint)


class _JsonConverter(PydanticJSONPlainPayloadConverter):
    """JSON by pydantic; fields that have their default are left out."""

    def __init__(self, library: Mapping[str, Campaign]) -> None:
        super().__init__()
        self._library = library

    def to_payload(self, value: Any) -> Payload | None:
        if not dataclasses.is_dataclass(value) or isinstance(value, type):
            return super().to_payload(value)
        kind: Any = type(value)
        refs: set[str] = set()
        data = _adapter(kind).dump_json(value, exclude_defaults=True, context=refs)
        metadata = {"encoding": self.encoding.encode()}
        if refs:
            metadata[_NAMES] = " ".join(sorted(refs)).encode()
        return Payload(metadata=metadata, data=data)

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        return _adapter(Any if type_hint is None else type_hint).validate_json(payload.data, context=self._library)


class _Converter(CompositePayloadConverter):
    shared: ClassVar[Mapping[bytes, EncodingPayloadConverter]] = {}

    def __init__(self) -> None:
        # Temporal makes one for each payload that it reads: all of them share what is inside.
        self.converters = self.shared


class _Codec(PayloadCodec):
    def __init__(self, library: Library) -> None:
        self._library = library

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return list(payloads)

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        for payload in payloads:
            if _NAMES in payload.metadata:
                await self._library.have(payload.metadata[_NAMES].decode().split())
        return list(payloads)


class _Failures(DefaultFailureConverter):
    """Of a failure that nobody foresaw Temporal keeps what it was and where: what a library says may repeat an address."""

    def to_failure(self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure) -> None:
        super().to_failure(exception, payload_converter, failure)
        if not type(exception).__module__.startswith("temporalio."):
            failure.message = f"{type(exception).__name__}, which the worker's log tells more of"


def data_converter(library: Library) -> DataConverter:
    """The converter that every client and worker of this product uses."""
    ours = _JsonConverter(library)
    shared = {
        converter.encoding.encode(): ours if isinstance(converter, JSONPlainPayloadConverter) else converter
        for converter in DefaultPayloadConverter.default_encoding_payload_converters
    }
    converter = type("Converter", (_Converter,), {"shared": shared})
    return DataConverter(payload_converter_class=converter, failure_converter_class=_Failures, payload_codec=_Codec(library))
