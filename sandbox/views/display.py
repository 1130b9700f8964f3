"""In a notebook, a trace shows itself as its timeline.

The trace is on the ground floor and knows nothing of pictures; the notebook is told here
how to draw one.
"""

from IPython.core.interactiveshell import InteractiveShell

from sandbox.trace import Trace
from sandbox.views.timeline import timeline


def install(shell: InteractiveShell) -> None:
    """Teach this notebook to draw traces."""
    shell.display_formatter.mimebundle_formatter.for_type(Trace, _bundle)


def _bundle(trace: Trace, include: object = None, exclude: object = None) -> dict[str, str]:
    return timeline(trace)._repr_mimebundle_()
