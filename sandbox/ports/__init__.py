"""What a program may touch, as protocols without logic."""

from sandbox.ports.bus import (
    Bus,
    Consumer,
    Handler,
    Reset,
    RunResult,
    Topic,
    TopicPartition,
    check_reset,
    check_topic,
)

__all__ = [
    "Bus",
    "Consumer",
    "Handler",
    "Reset",
    "RunResult",
    "Topic",
    "TopicPartition",
    "check_reset",
    "check_topic",
]
