"""Places for the boxes of a map where there is no Graphviz: layer by layer, from left to right."""

GAP, APART = 65, 62  # between layers; from one box of a layer to the next
# How far down each layer is moved, in half steps: the first way is taken by which no line crosses a box.
SHIFTS = ((0,), (0, 1), (0, 2), (0, 1, 2), (0, 0, 1, 1), (0, 0, 2, 2), (0, 1, 2, 3, 4), (0, 3))
Places = dict[str, tuple[int, int]]


def layers(nodes: dict[str, int], edges: list[tuple[str, str]], height: int, margin: int) -> Places | None:
    """The middle of each node; `nodes` have their widths. A box stands right of whatever leads to it.

    Edges that lead back (a service that reads what came of its own event) don't move a box.
    `None` where some line would cross a box that it has nothing to do with: it would mislead.
    """
    rank = _ranks(list(nodes), edges)
    columns = [[n for n in nodes if rank[n] == r] for r in range(max(rank.values(), default=0) + 1)]
    for shift in SHIFTS:
        places = _placed(columns, nodes, edges, (height, margin), shift)
        if not any(_crosses(edge, name, places, nodes, height) for edge in edges for name in nodes):
            return places
    return None


def _ranks(names: list[str], edges: list[tuple[str, str]]) -> dict[str, int]:
    """How far from the left each one stands: one more than the furthest that leads to it."""
    rank: dict[str, int] = {}
    under_way: set[str] = set()

    def of(name: str) -> int:
        if name not in rank:
            under_way.add(name)
            rank[name] = max((of(a) + 1 for a, b in edges if b == name and a not in under_way), default=0)
            under_way.discard(name)
        return rank[name]

    for name in names:
        of(name)
    return rank


def _placed(
    columns: list[list[str]],
    nodes: dict[str, int],
    edges: list[tuple[str, str]],
    look: tuple[int, int],
    shift: tuple[int, ...],
) -> Places:
    height, margin = look
    tallest = max(map(len, columns))
    places: Places = {}
    x = margin
    for count, column in enumerate(columns):
        width = max((nodes[n] for n in column), default=0)
        before = {n: [places[a][1] for a, b in edges if b == n and a in places] for n in column}
        column = sorted(column, key=lambda n: sum(before[n]) / len(before[n]) if before[n] else 0)
        top = (
            margin
            + height // 2
            + (tallest - len(column)) * APART // 2
            + shift[count % len(shift)] * APART // 2
        )
        for number, name in enumerate(column):
            places[name] = (x + width // 2, top + number * APART)
        x += width + GAP
    return places


def _crosses(edge: tuple[str, str], name: str, places: Places, nodes: dict[str, int], height: int) -> bool:
    if name in edge:
        return False
    ((x1, y1), (x2, y2)), (x, y) = (places[end] for end in edge), places[name]
    steps = [(x1 + (x2 - x1) * n / 50, y1 + (y2 - y1) * n / 50) for n in range(51)]
    return any(abs(px - x) <= nodes[name] / 2 + 4 and abs(py - y) <= height / 2 + 4 for px, py in steps)
