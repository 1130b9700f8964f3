"""`%%exercise 01.2`: run the cell, then attack it, and show the verdict beneath it."""

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

from sandbox.errors import UsageError
from sandbox.grading.grade import grade


def exercise(line: str, cell: str) -> None:
    """The cell magic. What the cell defines stays in the notebook, to play with."""
    from IPython import get_ipython

    # A cell that fails here has shown its traceback; the verdict says the rest.
    get_ipython().run_cell(cell)
    try:
        display(grade(line.strip(), cell))
    except UsageError as error:
        print(f"{error}\nThe first line of the cell is: %%exercise NUMBER")


def install(shell: InteractiveShell) -> None:
    """Make `%%exercise` known to this notebook."""
    shell.register_magic_function(exercise, magic_kind="cell", magic_name="exercise")
