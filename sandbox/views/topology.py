"""The topology: who publishes to which topic, and who reads it.

Graphviz finds the places (where there is none, `layers` does), we draw: boxes are measured by
us and edges are ours, so the picture has the course's look and is the same for every version
of Graphviz and any fonts.
"""

import os
import sys
from collections.abc import Iterable, Mapping

from sandbox.views import ink
from sandbox.views.figure import Figure
from sandbox.views.layers import layers

HEIGHT = 36
INCH = 72
MARGIN = 20


def topology(
    *,
    publishes: Mapping[str, Iterable[str]],
    reads: Mapping[str, Iterable[str]],
    title: str = "Topology",
    description: str = "",
) -> Figure:
    """A map of services and topics.

    `publishes` names the topics that each service writes to, `reads` those that each one
    reads: `topology(publishes={"till": ["orders"]}, reads={"billing": ["orders"]})`.
    """
    writes = [(service, topic) for service, topics in publishes.items() for topic in topics]
    listens = [(topic, service) for service, topics in reads.items() for topic in topics]
    topics = list(dict.fromkeys([t for _, t in writes] + [t for t, _ in listens]))
    services = list(dict.fromkeys([s for s, _ in writes] + [s for _, s in listens]))
    lines = [f"{service} publishes to {topic}" for service, topic in writes]
    lines += [f"{service} reads {topic}" for topic, service in listens]
    said = description or "; ".join(lines) + "."
    nodes = {f"t:{t}": _width(t) + 14 for t in topics} | {f"s:{s}": _width(s) for s in services}
    edges = [(f"s:{s}", f"t:{t}") for s, t in writes] + [(f"t:{t}", f"s:{s}") for t, s in listens]
    places = _layout(nodes, edges)
    if places is None:
        missing = "(No picture: without Graphviz, lines would cross boxes here.)"
        return Figure(title, said, "", "\n".join([*lines, missing]))
    return Figure(title, said, _draw(title, said, nodes, edges, places), "\n".join(lines))


def _width(name: str) -> int:
    return int(len(name) * ink.CHAR) + 32


def _dot(nodes: dict[str, int], edges: list[tuple[str, str]]) -> str:
    """The graph in Graphviz's language. Nodes go by number, since names may hold anything."""
    number = {name: i for i, name in enumerate(nodes)}
    sizes = [f"n{number[n]} [width={w / INCH:.4f},height={HEIGHT / INCH}]" for n, w in nodes.items()]
    arcs = [f"n{number[a]}->n{number[b]}" for a, b in edges]
    head = 'rankdir=LR;ranksep=0.9;nodesep=0.35;node [shape=box,fixedsize=true,label=""]'
    return f"digraph {{{head};{';'.join(sizes + arcs)}}}"


def _layout(nodes: dict[str, int], edges: list[tuple[str, str]]) -> dict[str, tuple[int, int]] | None:
    """The middle of each node in pixels from the top left; `None` where Graphviz would be needed."""
    plain = _plain(_dot(nodes, edges)) if sys.platform != "emscripten" else None
    if plain is None:
        return layers(nodes, edges, HEIGHT, MARGIN)
    names = list(nodes)
    height, places = 0.0, {}
    for line in plain.splitlines():
        words = line.split()
        if words[0] == "graph":
            height = float(words[3])
        elif words[0] == "node":
            x, y = float(words[2]) * INCH, (height - float(words[3])) * INCH
            places[names[int(words[1][1:])]] = (MARGIN + round(x), MARGIN + round(y))
    return places


def _plain(dot: str) -> str | None:
    """Graphviz's answer: from `dot` on the PATH, else from the wheel that brings its own; or `None`."""
    import graphviz

    try:
        return graphviz.Source(dot).pipe(format="plain", encoding="utf-8")
    except graphviz.ExecutableNotFound:
        pass
    try:
        import pygraphviz
    except ImportError:
        return None
    os.environ.setdefault("FONTCONFIG_FILE", os.devnull)  # it has no text to measure
    graph = pygraphviz.AGraph(dot)
    return graph.draw(format="plain", prog="dot").decode()


def _draw(
    title: str,
    said: str,
    nodes: dict[str, int],
    edges: list[tuple[str, str]],
    places: dict[str, tuple[int, int]],
) -> str:
    width = max(x + nodes[name] // 2 for name, (x, _) in places.items()) + MARGIN
    height = max(y for _, y in places.values()) + HEIGHT // 2 + MARGIN
    parts = []
    for a, b in edges:
        (x1, y1), (x2, y2) = places[a], places[b]
        towards = 1 if x2 >= x1 else -1  # an edge may lead back
        parts.append(ink.arrow((x1 + towards * nodes[a] // 2, y1), (x2 - towards * (nodes[b] // 2 + 2), y2)))
    for name, (x, y) in places.items():
        kind, _, label = name.partition(":")
        if kind == "t":
            parts.append(_log(x, y, nodes[name], label))
        else:
            parts.append(ink.box(x, y, nodes[name], HEIGHT, "service", label))
    return ink.drawing(width, height, title, said, parts)


def _log(x: int, y: int, width: int, label: str) -> str:
    """A topic: a log, lying on its side, with its newest end to the right."""
    left, right, top, bottom = x - width // 2, x + width // 2, y - HEIGHT // 2, y + HEIGHT // 2
    tube = (
        f'<path class="published" d="M{left + 8} {top}H{right - 8}A8 18 0 0 1 {right - 8} {bottom}'
        f'H{left + 8}A8 18 0 0 1 {left + 8} {top}"/>'
    )
    end = f'<path class="arrow" d="M{right - 8} {top}A8 18 0 0 0 {right - 8} {bottom}"/>'
    return tube + end + ink.text(x - 4, y + 4, label)
