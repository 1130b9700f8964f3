"""What a person does in JupyterLab, in a few verbs."""

import time
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Locator, Page

START_SECONDS = 60

# The notebook is there before its kernel is, and the one that was open last before this one.
READY = """async path => {
  const app = window.jupyterapp, panel = app && app.shell.currentWidget;
  const needed = ['notebook:run-all-cells', 'apputils:change-theme'];
  if (!app || !needed.every(name => app.commands.hasCommand(name))) return false;
  if (!panel || !panel.context || panel.context.path !== path || !panel.sessionContext) return false;
  await panel.context.ready; await panel.revealed; await panel.sessionContext.ready;
  const kernel = panel.sessionContext.session && panel.sessionContext.session.kernel;
  return !!kernel && kernel.status === 'idle';
}"""


class Notebook:
    """One open notebook."""

    def __init__(self, page: Page, lab: str, path: str) -> None:
        self.page = page
        page.goto(f"{lab}/{self.address(path)}")
        self.wait_until_ready(path)

    def address(self, path: str) -> str:
        """In a workspace of its own: JupyterLab would open the last test's tabs again."""
        return f"lab/workspaces/{uuid4().hex}/tree/{path}"

    def wait_until_ready(self, path: str, seconds: float = START_SECONDS) -> None:
        """Return when the notebook is there, and its kernel has nothing to do."""
        until = time.monotonic() + seconds
        while not self._is_ready(path):  # wait_for_function doesn't wait for a promise
            if time.monotonic() > until:
                raise TimeoutError(f"{path} is not ready in JupyterLab after {seconds} seconds")
            self.page.wait_for_timeout(100)

    def _is_ready(self, path: str) -> bool:
        return self.page.evaluate(READY, path)

    def command(self, name: str, **arguments: object) -> None:
        """Run one of JupyterLab's commands and wait until it is done."""
        self.page.evaluate(
            "([name, args]) => window.jupyterapp.commands.execute(name, args)", [name, arguments]
        )

    def run_all(self) -> None:
        """Run all cells from top to bottom."""
        self.command("notebook:run-all-cells")

    def cell(self, containing: str) -> Locator:
        """The code cell whose text contains these words, scrolled into view."""
        tab, index = self.page.evaluate(
            """words => {
                const tab = window.jupyterapp.shell.currentWidget, notebook = tab.content;
                const index = notebook.widgets.findIndex(
                    cell => cell.model.type === 'code' && cell.model.sharedModel.getSource().includes(words));
                notebook.activeCellIndex = index;
                return notebook.scrollToItem(index, 'start').then(() => [tab.id, index]);
            }""",
            containing,
        )
        cell = self.page.locator(f"[id='{tab}'] .jp-Cell[data-windowed-list-index='{index}']")
        cell.wait_for()
        return cell

    def append(self, source: str) -> Locator:
        """Write a new cell at the end, run it, and return it."""
        self._write(source)
        self.command("notebook:run-cell")
        return self.cell(source)

    def start(self, source: str) -> None:
        """Write a new cell at the end and run it, without waiting for its end."""
        self._write(source)
        self.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-cell'); }")

    def _write(self, source: str) -> None:
        self.page.evaluate(
            """source => {
                const content = window.jupyterapp.shell.currentWidget.content;
                const cells = content.model.sharedModel;
                cells.insertCell(cells.cells.length, {cell_type: 'code', source});
                content.activeCellIndex = cells.cells.length - 1;
            }""",
            source,
        )

    def errors(self) -> list[str]:
        """The errors among all outputs, whether they are in view or not."""
        return self.page.evaluate(
            """() => window.jupyterapp.shell.currentWidget.content.widgets
                .filter(cell => cell.model.type === 'code')
                .flatMap(cell => cell.model.outputs.toJSON())
                .filter(output => output.output_type === 'error')
                .map(output => `${output.ename}: ${output.evalue}`)"""
        )

    def screenshot(self, name: str) -> None:
        """A picture for people to judge, in build/screenshots."""
        self.page.screenshot(path=picture(name))


class Notebook7(Notebook):
    """The same in Notebook 7, which is made of JupyterLab's parts."""

    COMPLAINTS = (  # of its own start, with any notebook at all
        "Cannot read properties of undefined (reading 'schema')",
        "Command 'filebrowser:open-path' not registered.",
    )

    def address(self, path: str) -> str:
        return f"notebooks/{path}"


def picture(name: str) -> Path:
    """Where a picture for people to judge is kept."""
    folder = Path(__file__).resolve().parents[2] / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.png"
