"""Faults that strike a running bus."""

from sandbox.injection.faults import Effects, Faults

__all__ = ["Effects", "Faults"]
