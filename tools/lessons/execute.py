"""Run a notebook from top to bottom in a fresh kernel of this very Python."""

import asyncio
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

from tools.lessons.notebook import ANSI, clean

SECONDS_MAX = 120  # of one cell
REPRODUCIBLE = {"SANDBOX_SEED": "0", "PYTHONHASHSEED": "0", "SANDBOX_BUS": "sim://"}


class CellFailed(Exception):
    """A cell has raised: lesson, number of the cell, its first line, the error."""


class _ThisPython(KernelSpecManager):
    """A fresh home knows no kernels; this Python is one."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, language="python", display_name=kernel_name)


def execute(
    notebook: NotebookNode, *, name: str, folder: Path, environment: Mapping[str, str] | None = None
) -> NotebookNode:
    """Run all cells of `notebook` inside `folder` and return it with its outputs.

    Without `environment`: on the simulated bus, with seed 0. Raises `CellFailed`.
    """
    with tempfile.TemporaryDirectory() as scratch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        kernel_environment = {**os.environ, **REPRODUCIBLE, **(environment or {}), "IPYTHONDIR": scratch}
        manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=_ThisPython())
        client = NotebookClient(
            notebook,
            km=manager,
            timeout=SECONDS_MAX,
            record_timing=False,
            store_widget_state=False,
            resources={"metadata": {"path": str(folder)}},
        )
        try:
            asyncio.run(_run(client, manager, kernel_environment))
        except CellExecutionError as error:
            raise CellFailed(
                f"{name}, {_where(notebook)}: {error.ename}: {ANSI.sub('', error.evalue)}"
            ) from None
    return clean(notebook)


async def _run(client: NotebookClient, manager: AsyncKernelManager, environment: dict[str, str]) -> None:
    try:
        # The kernel's own chatter goes to the log of nobody; what a cell prints comes by message.
        await client.async_execute(env=environment, stderr=subprocess.DEVNULL)
    finally:
        await manager.shutdown_kernel(now=True)


def _where(notebook: NotebookNode) -> str:
    for number, cell in enumerate(notebook.cells, start=1):
        if any(output.output_type == "error" for output in cell.get("outputs", [])):
            return f"cell {number} ({cell.source.splitlines()[0]})"
    return "a cell"
