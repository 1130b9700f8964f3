"""What was said, compared with what was decided."""

from sandbox.explore.checkers.invariant import Invariant, Select, shown
from sandbox.explore.world import World


def no_lost_message(
    decided: Select, said: Select, words: str = "{} is stored, and nobody was told."
) -> Invariant:
    """Everything that was decided was said, at least once."""

    def find(world: World) -> str | None:
        found = set(said(world))
        return next((words.format(shown(item)) for item in decided(world) if item not in found), None)

    return Invariant("no lost message", find)


def no_ghost_message(
    decided: Select, said: Select, words: str = "{} was announced, and it never happened."
) -> Invariant:
    """Nothing was said that was not decided."""

    def find(world: World) -> str | None:
        found = set(decided(world))
        return next((words.format(shown(item)) for item in said(world) if item not in found), None)

    return Invariant("no ghost message", find)


def consistent_output(
    said: Select, words: str = "{} was said twice, and not the same: {} and {}."
) -> Invariant:
    """One id, one content. `said` gives (id, content); a message that is said again has to be the same."""

    def find(world: World) -> str | None:
        contents: dict[object, object] = {}
        for id, content in said(world):
            known = contents.setdefault(id, content)
            if known != content:
                return words.format(shown(id), shown(known), shown(content))
        return None

    return Invariant("consistent output", find)


def order_per_key(
    seen: Select, words: str = "Of {}, number {} was seen after number {}: it ends with what is out of date."
) -> Invariant:
    """A key's versions are first seen in their order. `seen` gives (key, version); repeats don't count."""

    def find(world: World) -> str | None:
        newest: dict[object, object] = {}
        known: set[tuple] = set()
        for key, version in seen(world):
            if (key, version) in known:
                continue
            known.add((key, version))
            if key in newest and version < newest[key]:
                return words.format(shown(key), shown(version), shown(newest[key]))
            newest[key] = version
        return None

    return Invariant("order per key", find)
