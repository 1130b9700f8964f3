"""Headers of the learner's own, beside those of the envelope."""

from collections.abc import Mapping
from types import MappingProxyType

from sandbox.errors import InvalidHeader

RESERVED = ("ce_", "content-type")


def headers_to_bytes(headers: Mapping[str, str | bytes] | None) -> Mapping[str, bytes]:
    """The headers as they travel; text becomes UTF-8. Raises `InvalidHeader`."""
    travelling = {}
    for name, value in (headers or {}).items():
        if not isinstance(name, str) or not isinstance(value, str | bytes):
            raise InvalidHeader(f"a header is a name with text or bytes, not {name!r}: {value!r}.")
        if name.lower().startswith(RESERVED):
            raise InvalidHeader(f"the header {name!r} belongs to the envelope. Choose another name.")
        travelling[name] = value.encode() if isinstance(value, str) else value
    return MappingProxyType(travelling)


def own_headers(headers: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The headers that are not the envelope's."""
    return MappingProxyType(
        {name: value for name, value in headers.items() if not name.lower().startswith(RESERVED)}
    )
