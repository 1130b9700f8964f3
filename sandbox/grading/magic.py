"""`%%exercise 01.2`: run the cell, then attack it, and show the verdict beneath it."""

import os

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import DisplayHandle, display

from sandbox.errors import UsageError
from sandbox.grading.grade import grade
from sandbox.grading.progress import note
from sandbox.grading.replay import WIDGET, remember
from sandbox.grading.required import keep


def exercise(line: str, cell: str) -> None:
    """The cell magic. What the cell defines stays in the notebook, to play with."""
    from IPython import get_ipython

    # A cell that fails here has shown its traceback; the verdict says the rest.
    get_ipython().run_cell(cell)
    waiting = _Waiting()
    try:
        verdict = grade(line.strip(), cell, say=waiting.say)
    except UsageError as error:
        print(f"{error}\nThe first line of the cell is: %%exercise NUMBER")
        return
    keep(verdict.grader.exercise, cell)
    note(verdict)
    remember(cell, verdict)
    waiting.end(verdict)
    if verdict.counterexample:
        offer()


def offer() -> None:
    """Beneath a failing verdict: a button that opens the story in the lab."""
    from sandbox.grading.opened import button

    form = button()._repr_mimebundle_()
    display({WIDGET: form[WIDGET], "text/plain": "In the lab: sandbox.lab()"}, raw=True)


class _Waiting:
    """What stands beneath the cell until there is a verdict: nothing, if that comes at once."""

    def __init__(self) -> None:
        self._handle: DisplayHandle | None = None

    def say(self, words: str) -> None:
        """Show how it goes on, in place of what was said before.

        Not where `SANDBOX_SILENT` is set: nbval takes what is shown first for the output.
        """
        if os.environ.get("SANDBOX_SILENT"):
            return
        shown = {"text/plain": f"{words}. Interrupt the kernel to stop."}
        if self._handle is None:
            self._handle = display(shown, raw=True, display_id=True)
        else:
            self._handle.update(shown, raw=True)

    def end(self, verdict: object) -> None:
        """Show the verdict, in place of all that."""
        if self._handle is None:
            display(verdict)
        else:
            self._handle.update(verdict)


def install(shell: InteractiveShell) -> None:
    """Make `%%exercise` known to this notebook."""
    shell.register_magic_function(exercise, magic_kind="cell", magic_name="exercise")
