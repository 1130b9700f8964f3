"""`check_setup` looks around and says when a lack matters."""

import socket

import pytest

from sandbox import check_setup, machine


@pytest.fixture(autouse=True)
def nothing_here(monkeypatch):
    """A machine with Python alone."""
    monkeypatch.delenv("SANDBOX_BUS", raising=False)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(machine.shutil, "which", lambda name, path=None: None)
    monkeypatch.setattr(machine.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(machine, "DEFAULT", "localhost:1")


def test_a_machine_with_python_alone_can_begin():
    setup = check_setup()
    assert [line.sign for line in setup.lines] == ["✓", "✓", "–", "–", "–", "✓"]
    assert setup.ready
    assert repr(setup).splitlines()[-1] == "You can begin."
    assert len(repr(setup).splitlines()) == 7


def test_a_bus_that_was_asked_for_and_is_not_there_is_in_the_way(monkeypatch):
    monkeypatch.setenv("SANDBOX_BUS", "kafka://localhost:1")
    setup = check_setup()
    assert not setup.ready
    assert "✕ bus            SANDBOX_BUS is kafka://localhost:1, and nothing answers there" in repr(setup)


def test_a_bus_that_answers_is_found(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        monkeypatch.setenv("SANDBOX_BUS", f"kafka://{address}")
        monkeypatch.setattr(machine, "DEFAULT", address)
        setup = check_setup()
    assert [line.sign for line in setup.lines[:3]] == ["✓", "✓", "✓"]


@pytest.mark.parametrize("tool", ["docker", "java"])
def test_docker_or_java_is_found(monkeypatch, tool):
    monkeypatch.setattr(machine.shutil, "which", lambda name, path=None: name if name == tool else None)
    assert tool in check_setup().lines[3].words.lower()
    assert check_setup().lines[3].sign == "✓"


def test_graphviz_from_a_wheel_does_as_well(monkeypatch):
    monkeypatch.setattr(machine.importlib.util, "find_spec", lambda name: name == "pygraphviz")
    assert check_setup().lines[4].sign == "✓"
