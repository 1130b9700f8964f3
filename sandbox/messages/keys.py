"""Which partition a key belongs to: the same answer for every client and every bus.

Java's client and kafka-python hash the key with murmur2; librdkafka's default is CRC32
(https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md, `partitioner`).
We compute the partition here and hand it to every client, so that none can differ.
"""

from functools import lru_cache

from sandbox.errors import InvalidKey

Key = str | bytes | None


@lru_cache(maxsize=65_536)
def partition_for(key: bytes, partitions: int) -> int:
    """The partition of `key` among `partitions`, as Java's DefaultPartitioner finds it."""
    from kafka.partitioner.default import murmur2  # all of kafka-python comes with it, so not before

    return (murmur2(key) & 0x7FFFFFFF) % partitions


def key_to_bytes(key: Key) -> bytes | None:
    """The key as it travels; text becomes UTF-8. Raises `InvalidKey` for anything else."""
    if key is None or isinstance(key, bytes):
        return key
    if isinstance(key, str):
        return key.encode()
    raise InvalidKey(
        f"a key is text, bytes or None, but this one is {key!r} ({type(key).__name__}). "
        f"Write key=str({key!r}) if its text is meant."
    )


def key_from_bytes(data: bytes | None) -> Key:
    """The key as a reader sees it: text where the bytes are UTF-8, else the bytes."""
    if data is None:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data
