"""What is kept: the same by every way that leads to it, and nothing that must not be there."""

from collections.abc import Callable, Iterable, Mapping

from sandbox.explore.checkers.invariant import Invariant, shown
from sandbox.explore.world import World


def rebuild_equals_incremental(
    incremental: Callable[[World], Mapping],
    rebuilt: Callable[[World], Mapping],
    words: str = "{} reads {}, and rebuilt from the log it reads {}.",
) -> Invariant:
    """What grew event by event is what a replay of all events gives."""

    def find(world: World) -> str | None:
        grown, fresh = incremental(world), rebuilt(world)
        for key in [*grown, *(key for key in fresh if key not in grown)]:
            here, there = grown.get(key, "nothing"), fresh.get(key, "nothing")
            if here != there:
                return words.format(shown(key), shown(here), shown(there))
        return None

    return Invariant("rebuild equals incremental", find)


def no_plaintext(
    secrets: Callable[[World], Iterable[str]],
    places: Callable[[World], Mapping[str, bytes]],
    words: str = "{!r} can still be read in {}.",
) -> Invariant:
    """What was to be forgotten stands nowhere. `places` gives all bytes that are kept, by where."""

    def find(world: World) -> str | None:
        kept = places(world)
        for secret in secrets(world):
            for place, data in kept.items():
                if secret.encode() in data:
                    return words.format(secret, place)
        return None

    return Invariant("no plaintext", find)
