"""Texts that are alike but for their names and comments: for a human to look at, never a verdict."""

import ast
import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.workshop.office import Office

if TYPE_CHECKING:
    from sandbox.workshop.gradebook import Mark

NODES_MIN = 60  # of a text's tree: shorter ones are alike by themselves


@dataclass(frozen=True)
class Likeness:
    """Learners whose texts are the same, or the same but for names."""

    exercise: str
    learners: tuple[str, ...]
    same: bool  # to the letter


def alike(office: Office, marks: Mapping[str, Mapping[str, "Mark"]]) -> list[Likeness]:
    """All groups of two or more learners; what was never written (UNKNOWN) is left out."""
    groups: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    shapes: dict[str, str] = {}
    for learner, row in marks.items():
        for exercise, mark in row.items():
            if mark.result in ("PASS", "FAIL"):
                shape = shapes.setdefault(mark.cell, shape_of(office.source(mark.cell)))
                if shape:
                    groups[exercise, shape][learner] = mark.cell
    return [
        Likeness(exercise, tuple(sorted(cells)), same=len(set(cells.values())) == 1)
        for (exercise, _), cells in sorted(groups.items())
        if len(cells) > 1
    ]


def shape_of(source: str) -> str:
    """What is left of a text without its names, texts and comments; empty for a short one."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    names: dict[str, str] = {}
    nodes = list(ast.walk(tree))
    if len(nodes) < NODES_MIN:
        return ""
    for node in nodes:
        for field in ("id", "arg", "name"):
            if isinstance(value := getattr(node, field, None), str):
                setattr(node, field, names.setdefault(value, f"n{len(names)}"))
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()
