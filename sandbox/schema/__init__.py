"""How messages change over the years, and old ones are still read."""

from sandbox.schema.upcasters import Upcasters

__all__ = ["Upcasters"]
