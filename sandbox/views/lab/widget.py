"""The lab in a notebook: the page's module as an anywidget, and messages from its buttons."""

from collections.abc import Callable

import anywidget
import traitlets

from sandbox.views.lab.page import style, widget


class LabWidget(anywidget.AnyWidget):
    """`data` goes to the browser, `step` comes back, and what was clicked goes to `on_ask`."""

    _esm = widget()
    _css = style()
    data = traitlets.Bytes().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)

    def __init__(self, data: bytes, on_ask: Callable[[dict], str]) -> None:
        super().__init__(data=data)
        self._on_ask = on_ask
        self.on_msg(self._heard)

    def __repr__(self) -> str:
        return "LabWidget()"

    def _heard(self, _: object, message: dict, buffers: object) -> None:
        if said := self._on_ask(message):
            self.send({"said": said})
