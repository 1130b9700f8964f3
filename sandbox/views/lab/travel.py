"""How a picture's tables and dead letters travel: as what has changed.

A table of forty rows that changes a thousand times would be forty thousand rows. Every row
travels once, in `rows`; a list that changes is `{"names": …, "changes": …}`, and a change is

    [step, name, dropped, head, tail, [row, …], total]

From the list as it was before: leave out the first `dropped`, keep the next `head` and the
last `tail`, and put the rows of these numbers between them. Every `WHOLE` changes a list
comes whole, so that one can begin there. `contents.js` reads this.
"""

from collections.abc import Callable, Hashable, Iterable

SHOWN_MAX = 40  # dead letters of a reader: the newest ones
WHOLE = 32


class Pool:
    """Lists as numbers; each of them is kept once."""

    def __init__(self, key: Callable[[list], Hashable]) -> None:
        self.values: list[list] = []
        self._key, self._numbers = key, {}

    def __getitem__(self, value: list) -> int:
        number = self._numbers.setdefault(self._key(value), len(self.values))
        if number == len(self.values):
            self.values.append(value)
        return number


def packed(data: dict) -> dict:
    """The same data, with its tables and dead letters as changes."""
    rows = Pool(tuple)
    tables = [
        (step, [base, table, columns], cells, total)
        for step, base, table, columns, cells, total in data["tables"]
    ]
    letters = [(step, [reader], found[-SHOWN_MAX:], len(found)) for step, reader, found in data["letters"]]
    return data | {
        "tables": _changes(tables, rows),
        "letters": _changes(letters, rows),
        "rows": rows.values,
    }


def _changes(lists: Iterable[tuple[int, list, list[list], int]], rows: Pool) -> dict[str, list]:
    names, changes = Pool(repr), []
    known: dict[int, list[int]] = {}
    times: dict[int, int] = {}
    for step, named, cells, total in lists:
        name = names[named]
        new = [rows[row] for row in cells]
        times[name] = times.get(name, -1) + 1
        old = known.get(name, []) if times[name] % WHOLE else []
        changes.append([step, name, *_splice(old, new), total])
        known[name] = new
    return {"names": names.values, "changes": changes}


def _splice(old: list[int], new: list[int]) -> tuple[int, int, int, list[int]]:
    """What to drop, how much to keep in front and behind, and what comes between."""
    dropped = old.index(new[0]) if new and new[0] in old else 0
    rest = old[dropped:]
    most = min(len(rest), len(new))
    head = next((i for i in range(most) if rest[i] != new[i]), most)
    room = most - head
    tail = next((i for i in range(room) if rest[-1 - i] != new[-1 - i]), room)
    return dropped, head, tail, new[head : len(new) - tail]
