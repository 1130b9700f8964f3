"""The board in a notebook: a widget that keeps itself up to date while its kernel runs."""

import threading
from pathlib import Path

import anywidget
import traitlets

from sandbox.room import page, words
from sandbox.room.board import Board, Rules
from sandbox.room.watching import Watch

SHOW = """
export default {
  render({ model, el }) {
    const root = el.appendChild(document.createElement("div"));
    const show = () => {
      const old = root.querySelector(".scroll"), left = old?.scrollLeft ?? 0;
      const focused = old && old === document.activeElement;
      root.innerHTML = model.get("html");
      const now = root.querySelector(".scroll");
      if (now) { now.scrollLeft = left; if (focused) now.focus(); }
    };
    model.on("change:html", show);
    show();
    return () => model.off("change:html", show);
  },
};
"""


class Room(anywidget.AnyWidget):
    """The room on the bus at `url`: `Room("kafka://localhost:9092")`, as the last line of a cell.

    `for_class` shows what may be projected: nobody's row, and no number behind which fewer
    than `k` people stand. What was taken in is kept in `folder`, as by `workshop watch`.
    `stop()` ends it. Raises `UsageError` for an address that is none.
    """

    _esm = SHOW
    _css = page.STYLE
    html = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        url: str,
        *,
        for_class: bool = False,
        folder: Path | str = "workshop",
        every: float = 2.0,
        **rules: int,
    ) -> None:
        self._for_class, self._every = for_class, every
        self._watch = Watch(url, Path(folder), Rules(**rules))
        self._over = threading.Event()
        self._board = self._watch.look()
        super().__init__(html=self._drawn())
        self._thread = threading.Thread(target=self._run, name="room", daemon=True)
        self._thread.start()

    def __repr__(self) -> str:
        return words.text(self._board, for_class=self._for_class, status=self._watch.status)

    @property
    def board(self) -> Board:
        """The board as it was last drawn."""
        return self._board

    def stop(self) -> None:
        """Look no longer; what is shown stays."""
        self._over.set()
        self._thread.join(10)

    def _run(self) -> None:
        while not self._over.wait(self._every):
            self._board = self._watch.look()
            self.html = self._drawn()
        self._watch.close()

    def _drawn(self) -> str:
        return page.fragment(self._board, for_class=self._for_class, status=self._watch.status)
