"""Whether anybody looks: pages that show the lab say so every few seconds.

JupyterLab doesn't tell a kernel that a notebook was closed; then the pages fall silent. But a
kernel that runs a cell hears nobody either, just while its user is looking. So silence counts
only if the kernel has been free to listen all the time.
"""

import asyncio
from collections.abc import Callable
from time import monotonic

UNSEEN_SECONDS = 100.0  # a page in the background speaks once a minute
BUSY_SECONDS = 3.0  # that a free kernel takes at most to answer its own question


class Audience:
    """The pages that show a lab. Messages come in the kernel's thread, questions in the watching one."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock  # in seconds
        self._heard: dict[str, float] = {}  # each page, and when it spoke last
        self._loop: asyncio.AbstractEventLoop | None = None  # the kernel's
        self._asked: float | None = None  # when the kernel was asked whether it is free
        self._free_since: float | None = None

    def heard(self, page: str) -> None:
        """A page says that it is there."""
        self._heard[page] = self._clock()
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None

    def left(self, page: str) -> bool:
        """A page says that it goes. Is nobody left?"""
        self._heard.pop(page, None)
        return not self._heard

    def is_gone(self) -> bool:
        """Did somebody look once, and nobody does any more? Ask every few seconds."""
        if not self._heard or self._loop is None:
            return False
        now = self._clock()
        if self._asked is None:
            self._asked = now
            self._loop.call_soon_threadsafe(self._is_free)
        elif now - self._asked > BUSY_SECONDS:
            self._free_since = None
        silent_since = max(self._heard.values())
        return self._free_since is not None and now - max(self._free_since, silent_since) > UNSEEN_SECONDS

    def _is_free(self) -> None:
        self._asked = None
        if self._free_since is None:
            self._free_since = self._clock()
