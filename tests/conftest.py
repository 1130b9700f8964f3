"""The buses that the tests run on, and the last lines of a run: what ran where, what didn't and why."""

import os
from collections import Counter
from collections.abc import Iterator

import pytest

from sandbox import connect
from sandbox.ports import Bus
from tools.broker import Problem, available, running_broker

_why_no_kafka = ""
_way_to_kafka = ""
_ran_on: Counter[str] = Counter()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Here, since pytest asks for options before it looks into folders."""
    parser.addoption(
        "--write-guarantees", action="store_true", help="write docs/guarantees.md from the contract suite"
    )


@pytest.fixture(autouse=True, scope="session")
def _nobody_makes_progress(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What tests solve is no learner's work, in this process and in every kernel that it starts."""
    os.environ["SANDBOX_PROGRESS"] = str(tmp_path_factory.mktemp("progress") / "progress.json")


@pytest.fixture(scope="session")
def kafka_address() -> Iterator[str]:
    """The address of a real Kafka: that of SANDBOX_BUS, else one started for this run."""
    global _why_no_kafka, _way_to_kafka
    try:
        _way_to_kafka = available()
    except Problem as problem:
        if os.environ.get("SANDBOX_REQUIRE_KAFKA"):
            pytest.fail(f"real Kafka is required here, but {problem}")
        _why_no_kafka = f"real Kafka: {problem}"
        pytest.skip(_why_no_kafka)
    with running_broker() as address:
        yield address


@pytest.fixture(params=["simulator", pytest.param("kafka", marks=pytest.mark.kafka)])
def bus_url(request: pytest.FixtureRequest) -> str:
    """The address of each bus in turn."""
    url = "sim://" if request.param == "simulator" else f"kafka://{request.getfixturevalue('kafka_address')}"
    _ran_on[request.param] += 1
    return url


@pytest.fixture
def bus(bus_url: str) -> Iterator[Bus]:
    """A new bus of each kind in turn."""
    bus = connect(bus_url)
    yield bus
    bus.close()


@pytest.fixture
def sim() -> Bus:
    """A simulated bus."""
    return connect("sim://")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say aloud where the tests ran and what was skipped."""
    line = terminalreporter.write_line
    reports = terminalreporter.stats
    total = sum(len(reports.get(outcome, [])) for outcome in ("passed", "failed", "error", "xfailed"))
    on_kafka = sum(
        "kafka" in report.keywords and report.when == "call"
        for outcome in ("passed", "failed")
        for report in reports.get(outcome, [])
    )
    terminalreporter.section("what ran")
    line(f"{total} tests ran.")
    line(
        f"Buses: the simulator; real Kafka through {_way_to_kafka}: {on_kafka} tests."
        if on_kafka
        else "Buses: the simulator only."
    )
    skipped = Counter(
        str(report.longrepr[2]).removeprefix("Skipped: ") for report in reports.get("skipped", [])
    )
    for reason, count in skipped.items():
        line(f"Skipped, {count}: {reason}")
    if not skipped:
        line("Skipped: nothing.")
