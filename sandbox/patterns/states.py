"""States in a database: written as JSON, and only where they can be read back as they were."""

from collections.abc import Callable

import msgspec

from sandbox.errors import UsageError


def to_kept(state: object, decode: Callable[[bytes], object]) -> bytes:
    """`state` as JSON. Raises `UsageError` where `decode` would make another one of it."""
    try:
        data = msgspec.json.encode(state)
        back = decode(data)
    except (TypeError, ValueError, msgspec.MsgspecError) as error:
        raise UsageError(
            f"{state!r} can't be kept as JSON and read back: {error}. Use text, numbers, dates, "
            "tuples, dicts with text for keys, or frozen dataclasses, of the declared types."
        ) from error
    if back != state:
        raise UsageError(f"{state!r} would be read back as {back!r}. Declare its types as they are.")
    return data
