"""The lab on a real broker: what happens there, while it happens."""

from sandbox.views.lab.live.lab import LiveLab

__all__ = ["LiveLab"]
