"""`python -m benchmarks.door`: the first five minutes, in seconds; of a warm package cache (run it twice).

`make lab` is taken apart on a clone with nothing in it and an empty home: its environment, what
`tools.lab` prepares, and JupyterLab until it answers. Then what each notebook waits for.
"""

import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jupyter_client.manager import KernelManager

from benchmarks.report import RESULTS
from tools.lessons.build import ROOT

ROUNDS = 7
BARS = {
    "make lab, until JupyterLab answers": 60.0,
    "import sandbox, with the start of Python": 0.150,
    "kernel to first picture": 2.0,
}
PICTURE = """
from dataclasses import dataclass
from sandbox import Event, connect
from sandbox.views import predict, topology

@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str

bus = connect()
orders = bus.create_topic("orders", partitions=2)
bus.publish(orders, OrderPlaced("A-1"), key="A-1", source="till")
bus.trace
"""


@dataclass(frozen=True)
class Took:
    """Seconds by the clock, and those in which a processor worked for it (0 on Windows)."""

    clock: float
    work: float


def main() -> None:
    """Measure, print the table, and keep it."""
    with tempfile.TemporaryDirectory(prefix="door-") as folder:
        steps = newcomer(Path(folder))
    whole = Took(sum(step.clock for step in steps.values()), sum(step.work for step in steps.values()))
    took = {**steps, "make lab, until JupyterLab answers": whole}
    took |= {
        "import sandbox, with the start of Python": median(importing),
        "kernel to first picture": median(picture),
    }
    about = f"Python {platform.python_version()}, {os.cpu_count()} cores; the last two: medians of {ROUNDS}."
    if hasattr(os, "getloadavg"):
        about += f" Load at the end: {os.getloadavg()[0]:.1f} (above the cores, only the work counts)."
    rows = [
        f"| {name} | {one.clock:.2f} s | {one.work:.2f} s | {bar(name, one)} |" for name, one in took.items()
    ]
    text = "\n".join([about, "", "| | took | of it, work | asked |", "|---|--:|--:|:--|", *rows])
    print(text)
    (RESULTS / "door.md").write_text(text + "\n", encoding="utf-8")


def bar(name: str, took: Took) -> str:
    """What was asked, and whether it is so."""
    asked = BARS.get(name)
    return "" if asked is None else f"{asked:g} s {'met' if took.clock <= asked else 'NOT MET'}"


def newcomer(folder: Path) -> dict[str, Took]:
    """A clone, and the parts of its `make lab`, in an empty home whose package caches are this user's."""
    clone, home = folder / "clone", folder / "home"
    home.mkdir()
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    caches = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": caches}
    environment.pop("PYTHONPATH", None)
    base = Path(sys.base_prefix) / ("python.exe" if os.name == "nt" else "bin/python3")
    python = clone / (".venv/Scripts/python.exe" if os.name == "nt" else ".venv/bin/python")

    def run(*command: object) -> Took:
        return timed(
            lambda: subprocess.run(
                [str(word) for word in command],
                cwd=clone,
                env=environment,
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )

    return {
        "the environment, from requirements.txt": run(base, "tools/course.py", "setup"),
        "trust and settings": run(python, "-m", "tools.lab", "--prepare"),
        "JupyterLab, until it answers": timed(lambda: answer(python, clone, environment)),
    }


def answer(python: Path, clone: Path, environment: dict[str, str]) -> None:
    """Start JupyterLab, and end it as soon as it has answered."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--allow-root", "--no-browser", f"--ServerApp.port={port}", "--IdentityProvider.token="]
    started = time.perf_counter()
    server = subprocess.Popen(
        [str(python), "-m", "jupyter", "lab", *options],
        cwd=clone,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while server.poll() is None and time.perf_counter() - started < 120:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/lab", timeout=5).read()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"JupyterLab has not answered at port {port} (exit status {server.poll()}).")
    finally:
        server.terminate()
        server.wait(20)


def importing() -> None:
    """`import sandbox`, in a new Python."""
    subprocess.run([sys.executable, "-c", "import sandbox"], cwd=ROOT, check=True)


def picture() -> None:
    """From the start of a kernel to the first timeline in a notebook."""
    kernel = KernelManager(kernel_name="python3")
    kernel.start_kernel(cwd=str(ROOT), stderr=subprocess.DEVNULL)
    client = kernel.client()
    shown = []
    try:
        client.start_channels()
        client.wait_for_ready(timeout=60)
        client.execute_interactive(PICTURE, timeout=60, output_hook=shown.append)
    finally:
        client.stop_channels()
        kernel.shutdown_kernel(now=True)
    if not any("text/html" in message["content"].get("data", {}) for message in shown):
        raise RuntimeError(f"The kernel has shown no picture, but {shown}.")


def median(work: Callable[[], object]) -> Took:
    """The middle one of a few rounds."""
    return sorted((timed(work) for _ in range(ROUNDS)), key=lambda took: took.clock)[ROUNDS // 2]


def timed(work: Callable[[], object]) -> Took:
    """What it takes, in processes that have ended when it returns."""
    before, started = os.times(), time.perf_counter()
    work()
    after = os.times()
    worked = after.children_user + after.children_system - before.children_user - before.children_system
    return Took(time.perf_counter() - started, worked)


if __name__ == "__main__":
    main()
