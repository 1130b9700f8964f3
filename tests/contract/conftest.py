"""Writes docs/guarantees.md from what passed: each contract test is a row, its name the promise.

The file is compared at the end of every run of the whole suite on both buses; a run with
`--write-guarantees` writes it anew.
"""

import ast
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FILE = HERE.parents[1] / "docs" / "guarantees.md"
BUSES = ("simulator", "kafka")
HEAD = """# What is guaranteed, and where

Written by the contract suite (`tests/contract/`) from what passed on each bus, never by
hand: `make test-live` compares it, `pytest tests/contract --write-guarantees` writes it.
*Kafka* is Apache Kafka itself, through kafka-python. A dash is something that the broker
can't be told to do; the reason is what the sandbox says there.
"""


class Guarantees:
    """Collects outcomes while the tests run."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.rows: dict[tuple[str, str], dict[str, str]] = {}  # (file, test): outcome on each bus
        self.failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how a contract test ended on its bus."""
        path, _, test = report.nodeid.partition("::")
        bus = next((bus for bus in BUSES if f"[{bus}" in test or f"-{bus}" in test), None)
        if not path.startswith("tests/contract/") or bus is None:
            return
        if report.when != "call" and not report.failed and not report.skipped:
            return
        outcomes = self.rows.setdefault((Path(path).name, test.partition("[")[0]), {})
        refused = dict(report.user_properties).get("refused", "")
        new = "-" + refused if refused else report.outcome
        if outcomes.get(bus, "passed") == "passed":
            outcomes[bus] = new

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the file, or see whether it still says what passed."""
        everything = {(path.name, test) for path in HERE.glob("test_*.py") for test in _bus_tests(path)}
        whole = all(set(outcomes) == set(BUSES) for outcomes in self.rows.values())
        passed = not any(o in ("failed", "skipped") for row in self.rows.values() for o in row.values())
        if not whole or not passed or set(self.rows) != everything:
            return  # a part of the suite, or one bus: nothing to say about the whole
        text = self.text()
        if self.config.getoption("--write-guarantees"):
            FILE.write_text(text, encoding="utf-8")
        elif not FILE.exists() or FILE.read_text(encoding="utf-8") != text:
            self.failed = True
            session.exitstatus = 1

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say aloud that the file is out of date."""
        if self.failed:
            terminalreporter.write_line(
                "docs/guarantees.md does not say what passed: pytest tests/contract --write-guarantees",
                red=True,
            )

    def text(self) -> str:
        """The whole page."""
        parts = [HEAD]
        for name in sorted({name for name, _ in self.rows}):
            promise = ast.get_docstring(ast.parse((HERE / name).read_text(encoding="utf-8")))
            parts.append(f"## {promise.splitlines()[0].rstrip('.')}\n")
            parts.append("| | Simulator | Kafka |\n|---|:-:|:-:|")
            reasons = []
            for test in _bus_tests(HERE / name):
                cells = []
                for bus in BUSES:
                    outcome = self.rows[name, test][bus]
                    if outcome.startswith("-"):
                        reasons.append(f"- {_sentence(test)}: {outcome[1:]}")
                    cells.append("–" if outcome.startswith("-") else "yes")
                parts.append(f"| {_sentence(test)} | {' | '.join(cells)} |")
            parts.append("")
            if reasons:
                parts.append("Why not there:\n\n" + "\n".join(reasons) + "\n")
        return "\n".join(parts)


def _sentence(test: str) -> str:
    words = test.removeprefix("test_").replace("_", " ")
    return words[0].upper() + words[1:]


def _bus_tests(path: Path) -> list[str]:
    """The tests of a file that take a bus, in their order; those without one promise nothing of it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    takes = {f.name: {a.arg for a in f.args.args} for f in functions}
    if "bus" in takes:  # of its own, of one kind: no promise of every bus
        return []

    def needs_bus(name: str) -> bool:
        return any(a in ("bus", "bus_url") or (a in takes and needs_bus(a)) for a in takes[name])

    return [f.name for f in functions if f.name.startswith("test_") and needs_bus(f.name)]


def pytest_configure(config: pytest.Config) -> None:
    """Listen to the run."""
    config.pluginmanager.register(Guarantees(config), "guarantees")
