"""The house has floors, and imports only ever point down (docs/design.md)."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINES_MAX = 300

# Ground floor first. Rooms on one line may not import each other.
FLOORS = [
    {"errors"},
    {"clock", "trace"},
    {"faults", "messages"},
    {"course", "hashing", "injection", "machine", "schema"},
    {"ports"},
    {"refusals"},
    {"delivery"},
    {"sim", "adapters", "store"},
    {"patterns"},
    {"shop"},
    {"connect", "explore", "confined"},
    {"views"},
    {"grading"},
    {"referee", "room"},
    {"workshop"},
    {"__init__"},
    {"__main__"},
]
FLOOR_OF = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
MODULES = sorted(ROOT.glob("sandbox/**/*.py"))


def room_of(module: str) -> str:
    """`sandbox.sim.log` is in the room `sim`; `sandbox` itself is `__init__`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def imports_of(source: str) -> set[str]:
    """Every `sandbox…` module that `source` imports."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            if node.module == "sandbox":
                names = {f"sandbox.{alias.name}" for alias in node.names}
                found |= {n if room_of(n) in FLOOR_OF else "sandbox" for n in names}
            elif node.module:
                found.add(node.module)
    return {name for name in found if name.split(".")[0] == "sandbox"}


def broken_floors(room: str, source: str) -> list[str]:
    """The imports of `source`, a module of `room`, that don't point down."""
    return [
        f"{room} (floor {FLOOR_OF[room]}) imports {target} (floor {FLOOR_OF[room_of(target)]})"
        for target in sorted(imports_of(source))
        if room_of(target) != room and FLOOR_OF[room_of(target)] >= FLOOR_OF[room]
    ]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_down(path):
    inside = path.relative_to(ROOT / "sandbox")
    room = inside.parts[0] if len(inside.parts) > 1 else inside.stem
    assert room in FLOOR_OF, f"{path.name} is on no floor: give it one, here and in docs/design.md"
    assert broken_floors(room, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("sim", "from sandbox.adapters.kafka import KafkaBus"),
        ("trace", "from sandbox.views import timeline"),
        ("messages", "from sandbox import connect"),
        ("ports", "import sandbox.sim.bus"),
    ],
)
def test_a_broken_floor_is_seen(room, source):
    assert broken_floors(room, source)


@pytest.mark.parametrize("path", sorted(ROOT.glob("sandbox/patterns/*.py")), ids=lambda p: p.name)
def test_a_pattern_sees_ports_only(path):
    seen = {room_of(name) for name in imports_of(path.read_text(encoding="utf-8"))}
    assert seen <= {"errors", "clock", "messages", "ports", "delivery", "patterns"}


@pytest.mark.parametrize(
    "path", sorted([*MODULES, *ROOT.glob("tools/**/*.py")]), ids=lambda p: str(p.relative_to(ROOT))
)
def test_a_module_has_one_idea(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LINES_MAX, f"{path.name} has {lines} lines: which second idea wants a room of its own?"
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), (
        f"{path.name} says nothing of itself"
    )
