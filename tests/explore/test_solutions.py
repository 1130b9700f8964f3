"""Right solutions pass, and plausible wrong ones fail by the invariant that their first line names."""

from pathlib import Path

import pytest

from sandbox.explore import explore
from tests.explore.outbox import OUTBOX

SCENARIOS = {"outbox": OUTBOX}
FILES = sorted(Path(__file__).parent.glob("solutions/*/*.py"))


def scenario_of(path):
    return SCENARIOS[path.parent.name]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_each_solution_gets_what_it_deserves(path):
    source = path.read_text(encoding="utf-8")
    shown = explore(scenario_of(path), source)
    if path.stem.startswith("right_"):
        assert shown.verdict == "PASS", shown
    else:
        named = source.splitlines()[0].removeprefix("# breaks: ")
        assert (shown.verdict, shown.invariant) == ("FAIL", named), shown
