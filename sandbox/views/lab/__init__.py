"""The lab: the bus, alive."""

from sandbox.views.lab.lab import Lab

__all__ = ["Lab"]
