"""What was done, compared with what was asked for."""

from collections import Counter
from collections.abc import Callable

from sandbox.explore.checkers.invariant import Invariant, Select, shown
from sandbox.explore.world import World


def no_lost_write(
    told: Select, kept: Select, words: str = "{} was confirmed, and it is not there."
) -> Invariant:
    """What somebody was told is done, is done."""

    def find(world: World) -> str | None:
        found = set(kept(world))
        return next((words.format(shown(item)) for item in told(world) if item not in found), None)

    return Invariant("no lost write", find)


def no_duplicate_effect(effects: Select, words: str = "{} was done {}.") -> Invariant:
    """Nothing has an effect twice. `words` gets the item, and `twice` or `3 times`."""

    def find(world: World) -> str | None:
        counts = Counter(effects(world))
        return next((words.format(shown(item), times(n)) for item, n in counts.items() if n > 1), None)

    return Invariant("no duplicate effect", find)


def bounded_retry(
    attempts: Select, most: int, words: str = "{} was tried {}; agreed are {} at most."
) -> Invariant:
    """Nobody tries for ever: each item occurs `most` times at most."""

    def find(world: World) -> str | None:
        counts = Counter(attempts(world))
        late = ((item, n) for item, n in counts.items() if n > most)
        return next((words.format(shown(item), times(n), most) for item, n in late), None)

    return Invariant("bounded retry", find)


def conservation(
    what: str,
    before: Callable[[World], float],
    after: Callable[[World], float],
    words: str = "{what}: there were {before}, and now there are {after}, {difference}.",
) -> Invariant:
    """Money and stock are moved, not made and not lost."""

    def find(world: World) -> str | None:
        was, now = before(world), after(world)
        if was == now:
            return None
        difference = f"{abs(now - was)} too {'many' if now > was else 'few'}"
        return words.format(what=what, before=was, after=now, difference=difference)

    return Invariant("conservation", find)


def times(count: int) -> str:
    """How often, in words."""
    return "once" if count == 1 else "twice" if count == 2 else f"{count} times"
