"""What can be done by hand to the consumers of this kernel: those of other processes are theirs."""

from contextlib import suppress

from sandbox.errors import UsageError

DEEDS = {
    "pause": "{} is paused: its polls give nothing, and its lag grows. A rebalance ends that.",
    "resume": "{} goes on.",
    "crash": "{} has left its group without committing.",
}


def of(bus: object) -> list[str]:
    """The names of the consumers that are open here."""
    with suppress(RuntimeError):  # the kernel is just opening or closing one
        return sorted(member.name for member in getattr(bus, "groups", ()))
    return []


def do(bus: object, word: str, name: str) -> str:
    """`pause`, `resume` or `crash` a consumer of this kernel; say what that means."""
    found = [member for member in getattr(bus, "groups", ()) if member.name == name]
    if word not in DEEDS or not found:
        there = ", ".join(of(bus)) or "none"
        raise UsageError(f"there is no consumer {name!r} in this kernel to {word}; there are: {there}.")
    getattr(found[0], word)()
    return DEEDS[word].format(name)
