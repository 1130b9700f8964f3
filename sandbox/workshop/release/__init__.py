"""The package that is handed out: a path of lessons, ready to unpack, without the solutions."""

from sandbox.workshop.release.package import Order, make

__all__ = ["Order", "make"]
