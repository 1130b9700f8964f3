"""A cache: Redis inside this process, by fakeredis, or a real one by its address.

Both are the redis client itself, so all of Redis's commands are there; those that the
course uses are in `sandbox.ports.Cache`.
"""

import os
import sys

import fakeredis
import redis

from sandbox.errors import CacheUnreachable, NotSupportedHere, UsageError

ANSWER_WITHIN_S = 3


class _InOurWords:
    """A client whose calls raise `CacheUnreachable` where nobody answers."""

    where = "in this process"

    def execute_command(self, *command: object, **options: object) -> object:
        try:
            return super().execute_command(*command, **options)
        except (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError) as error:
            raise CacheUnreachable(
                f"no answer from the Redis {self.where} to {command[0]}: {error}. "
                "It may have been done or not. Is it running? connect_cache('fake://') needs none."
            ) from error

    def __repr__(self) -> str:
        return f"Redis {self.where}"


class InProcessCache(_InOurWords, fakeredis.FakeRedis):
    """Redis's model, without a server."""


class RedisCache(_InOurWords, redis.Redis):
    """A real Redis."""


def connect_cache(url: str | None = None) -> InProcessCache | RedisCache:
    """A cache with texts, not bytes, in its answers.

    `url` is `fake://`, a new and empty one inside this process, or `redis://host:port`
    (`rediss://` with TLS); without it the environment variable `SANDBOX_REDIS`; without
    that, `fake://`. Raises `UsageError` for another address and, within three seconds,
    `CacheUnreachable`.
    """
    url = url or os.environ.get("SANDBOX_REDIS") or "fake://"
    if url == "fake://":
        return InProcessCache(server=fakeredis.FakeServer(), decode_responses=True)
    if not url.startswith(("redis://", "rediss://")):
        raise UsageError(f"{url!r} names no Redis. Use 'fake://', or 'redis://localhost:6379'.")
    if sys.platform == "emscripten":
        raise NotSupportedHere(f"Python in a browser can open no connection to {url}. Use 'fake://'.")
    cache = RedisCache.from_url(
        url,
        decode_responses=True,
        socket_timeout=ANSWER_WITHIN_S,
        socket_connect_timeout=ANSWER_WITHIN_S,
        retry=None,
    )
    cache.where = f"at {url.rpartition('@')[2].removeprefix('redis://').removeprefix('rediss://')}"
    cache.ping()
    return cache
