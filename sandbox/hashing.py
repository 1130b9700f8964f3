"""`hash`, as it is in another process: of a text, it is another number there.

Python salts the hashes of texts and bytes, and of all that holds some, anew in each process
(https://docs.python.org/3/reference/datamodel.html#object.__hash__). Whoever keeps such a number, or
sends it to somebody, finds out in production. Processes that are simulated share one Python, so code
that asks for hashes gets a `hash` of its process.
"""

import builtins
import re
from collections.abc import Callable
from types import CodeType


def asks_for_hashes(code: CodeType) -> bool:
    """Does the code, or a function inside of it, use the name `hash`?"""
    inside = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return "hash" in code.co_names or any(map(asks_for_hashes, inside))


def may_ask_for_hashes(source: str) -> bool:
    """The same of a text, for who must not compile it; where this says no, the answer is no."""
    return re.search(r"\bhash\b", source) is not None


def hash_of_process(number: int) -> Callable[[object], int]:
    """The `hash` of the process with this number, of those that there are in one run."""

    def hash(value: object) -> int:
        """Like Python's own; it differs from process to process, but for numbers."""
        own = builtins.hash(value)
        return own if _is_of_numbers(value) else builtins.hash((number, own))

    return hash


def builtins_of_process(number: int) -> dict[str, object]:
    """Python's built-in names for that process, to be put into a module's namespace as `__builtins__`."""
    return {**vars(builtins), "hash": hash_of_process(number)}


def _is_of_numbers(value: object) -> bool:
    if isinstance(value, tuple | frozenset):
        return all(map(_is_of_numbers, value))
    return isinstance(value, int | float | complex)
