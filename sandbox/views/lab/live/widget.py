"""The live lab in a notebook."""

from collections.abc import Callable

from sandbox.views.lab.page import live_widget
from sandbox.views.lab.widget import LabWidget


class LiveWidget(LabWidget):
    """The same, with the modules of a live lab; `on_close` hears that it was closed."""

    _esm = live_widget()

    def __init__(self, data: bytes, on_ask: Callable[[dict], str], on_close: Callable[[], None]) -> None:
        super().__init__(data, on_ask)
        self._on_close = on_close

    def __repr__(self) -> str:
        return "LiveWidget()"

    def close(self) -> None:
        """Let go of the page; nobody shows it any more."""
        self._on_close()
        super().close()
