"""Run a notebook from top to bottom in a fresh kernel of this very Python."""

import asyncio
import os
import re
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from tools.lessons.notebook import ANSI, clean

ROOT = Path(__file__).resolve().parents[2]
SECONDS_MAX = 120  # of one cell
REPRODUCIBLE = {"SANDBOX_SEED": "0", "PYTHONHASHSEED": "0"}
IN_CELL = re.compile(r"Cell In\[\d+\], line (\d+)")


class CellFailed(Exception):
    """A cell has raised: lesson, number of the cell, its failing line, the error."""


class _ThisPython(KernelSpecManager):
    """A fresh home knows no kernels; this Python is one."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, language="python", display_name=kernel_name)


def execute(
    notebook: NotebookNode,
    env: Mapping[str, str] | None = None,
    *,
    name: str = "the notebook",
    folder: Path = ROOT,
) -> NotebookNode:
    """Run all cells inside `folder`; return a copy of `notebook` with its outputs.

    `env` is added to the kernel's environment. Without it: the simulated bus, seed 0.
    An error that no tag `raises-exception` announces raises `CellFailed`; `name` is how
    it calls the notebook.
    """
    notebook = deepcopy(notebook)
    started = []
    with tempfile.TemporaryDirectory() as scratch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=_ThisPython())
        client = NotebookClient(
            notebook,
            km=manager,
            timeout=SECONDS_MAX,
            record_timing=False,
            store_widget_state=False,
            shutdown_kernel="immediate",
            resources={"metadata": {"path": str(folder)}},
            on_cell_start=lambda cell, cell_index: started.append(cell_index),
        )
        try:
            # The kernel's own chatter goes nowhere; what a cell prints comes by message.
            quiet = {"env": _environment(env or {}, scratch), "stderr": subprocess.DEVNULL}
            asyncio.run(client.async_execute(cleanup_kc=True, **quiet))
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            last = started[-1]
            raise CellFailed(f"{name}, cell {last + 1}, {_what(notebook.cells[last], error)}") from None
    return clean(notebook)


def _environment(changes: Mapping[str, str], scratch: str) -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if key != "SANDBOX_BUS"}
    # The `sandbox` of this checkout, also where another one is installed.
    path = os.pathsep.join(filter(None, [str(ROOT), inherited.get("PYTHONPATH")]))
    nobody = str(Path(scratch) / "progress.json")  # a notebook's outputs know no learner
    own = {"PYTHONPATH": path, "IPYTHONDIR": scratch, "SANDBOX_PROGRESS": nobody}
    return {**inherited, **REPRODUCIBLE, **own, **changes}


def _what(cell: NotebookNode, error: Exception) -> str:
    """`line 3 (1 / 0): ZeroDivisionError: division by zero`."""
    lines = cell.source.splitlines()
    if isinstance(error, CellTimeoutError):
        return f"({lines[0]}): it ran for more than {SECONDS_MAX} seconds."
    if isinstance(error, DeadKernelError):
        return f"({lines[0]}): the kernel died."
    raised = [o for o in cell.outputs if o.output_type == "error"]
    frame = IN_CELL.search(ANSI.sub("", "\n".join(raised[-1].traceback))) if raised else None
    number = min(int(frame[1]), len(lines)) if frame else 1
    return f"line {number} ({lines[number - 1].strip()}): {error.ename}: {ANSI.sub('', error.evalue)}"
