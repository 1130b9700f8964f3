"""`python -m benchmarks.door`: the first five minutes, in seconds; of a warm package cache (run it twice).

`make lab` is taken apart on a clone with nothing in it and an empty home: its environment, what
`tools.lab` prepares, and JupyterLab until it answers. Then what each notebook waits for.
"""

import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from benchmarks.report import RESULTS
from tools.lessons.build import ROOT

ROUNDS = 7
BARS = {"make lab, until JupyterLab answers": 60.0, "import sandbox": 0.150, "kernel to first picture": 2.0}
IMPORT = "import time; t = time.perf_counter(); import sandbox; print(time.perf_counter() - t)"
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


def main() -> None:
    """Measure, print the table, and keep it."""
    with tempfile.TemporaryDirectory(prefix="door-") as folder:
        steps = newcomer(Path(folder))
    seconds = {**steps, "make lab, until JupyterLab answers": sum(steps.values())}
    seconds |= {"import sandbox": importing(), "kernel to first picture": picture()}
    rows = [f"| {name} | {took:.2f} s | {bar(name, took)} |" for name, took in seconds.items()]
    text = (
        f"Python {platform.python_version()}, {os.cpu_count()} cores; the last two: medians of {ROUNDS}.\n\n"
    )
    text += "\n".join(["| | took | asked |", "|---|--:|:--|", *rows])
    print(text)
    (RESULTS / "door.md").write_text(text + "\n", encoding="utf-8")


def bar(name: str, took: float) -> str:
    """What was asked, and whether it is so."""
    asked = BARS.get(name)
    return "" if asked is None else f"{asked:g} s {'met' if took <= asked else 'NOT MET'}"


def newcomer(folder: Path) -> dict[str, float]:
    """A clone, and the parts of its `make lab`, in an empty home whose package caches are this user's."""
    clone, home = folder / "clone", folder / "home"
    home.mkdir()
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    caches = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": caches}
    environment.pop("PYTHONPATH", None)
    base = Path(sys.base_prefix) / ("python.exe" if os.name == "nt" else "bin/python3")
    python = clone / (".venv/Scripts/python.exe" if os.name == "nt" else ".venv/bin/python")

    def run(*command: object) -> float:
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
        "JupyterLab, until it answers": answering(python, clone, environment),
    }


def answering(python: Path, clone: Path, environment: dict[str, str]) -> float:
    """How long JupyterLab takes to answer, without what `--prepare` does once more."""
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
                return time.perf_counter() - started
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"JupyterLab has not answered at port {port} (exit status {server.poll()}).")
    finally:
        server.terminate()
        server.wait(20)


def importing() -> float:
    """`import sandbox` in a new Python; the median."""
    answers = [
        subprocess.run([sys.executable, "-c", IMPORT], cwd=ROOT, capture_output=True, text=True, check=True)
        for _ in range(ROUNDS)
    ]
    return statistics.median(float(answer.stdout) for answer in answers)


def picture() -> float:
    """From the start of a kernel to the first timeline in a notebook; the median."""
    from jupyter_client.manager import KernelManager

    def once() -> None:
        kernel = KernelManager(kernel_name="python3")
        kernel.start_kernel(cwd=str(ROOT))
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

    return statistics.median(timed(once) for _ in range(ROUNDS))


def timed(work: Callable[[], object]) -> float:
    """How many seconds it takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
