"""A cache, as a protocol: the calls of the redis client that this course makes.

They are Redis's commands, with redis-py's names: https://redis.io/docs/latest/commands/
"""

from collections.abc import Mapping
from typing import Protocol


class Cache(Protocol):
    """Texts, numbers and sorted sets by key. What is in it can be lost, and be built again.

    Every call raises `CacheUnreachable` where no answer comes.
    """

    def get(self, name: str) -> str | None:
        """The text kept under `name`."""
        ...

    def set(self, name: str, value: str | int) -> bool | None:
        """Keep `value` under `name`."""
        ...

    def incrby(self, name: str, amount: int = 1) -> int:
        """Add to a number; the new one. Done twice it counts twice."""
        ...

    def delete(self, *names: str) -> int:
        """Forget these; how many of them there were."""
        ...

    def zadd(self, name: str, mapping: Mapping[str, float]) -> int:
        """Give members of a sorted set their scores. Done twice it is as done once."""
        ...

    def zincrby(self, name: str, amount: float, value: str) -> float:
        """Add to a member's score; the new one. Done twice it counts twice."""
        ...

    def zrange(
        self, name: str, start: int, end: int, *, desc: bool = False, withscores: bool = False
    ) -> list:
        """Members by rank, from `start` to `end`, both included; -1 is the last."""
        ...
