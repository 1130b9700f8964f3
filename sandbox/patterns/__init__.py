"""The patterns that the lessons build in view, with their error checks.

They see ports only: any bus, any database, any event store will do.
"""

from sandbox.patterns.inbox import Inbox

__all__ = ["Inbox"]
