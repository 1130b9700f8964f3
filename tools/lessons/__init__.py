"""Lessons: one text source, three notebooks (docs/adr/0002-one-source-three-notebooks.md).

`make lessons` builds them; the tests build them again and compare.
"""

from tools.lessons.compare import outputs_differ
from tools.lessons.execute import CellFailed, execute

__all__ = ["CellFailed", "execute", "outputs_differ"]
