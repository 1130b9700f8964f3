"""A topic of the simulated bus: its partitions, and what they forget."""

from datetime import datetime, timedelta

from sandbox.messages.event import Published
from sandbox.messages.keys import key_to_bytes, partition_for
from sandbox.ports import Topic, TopicOptions
from sandbox.sim.cleaner import Cleaner
from sandbox.sim.partition import Partition

ROUTES_MAX = 65_536
CLEAN_EVERY = timedelta(seconds=15)  # Kafka's log.cleaner.backoff.ms


class Log:
    """The partitions of one topic."""

    def __init__(self, topic: Topic, options: TopicOptions, published: Published) -> None:
        self.topic = topic
        self.options = options
        self.partitions: list[Partition] = []
        self._cleaners: list[Cleaner] = []
        self._cleaned_at: datetime | None = None
        self._published = published
        self._routes: dict[str | bytes, tuple[bytes, int]] = {}  # of each key, as far as it was asked for
        self.grow(topic)

    def grow(self, topic: Topic) -> None:
        """Have as many partitions as `topic` says."""
        self.topic = topic
        self._routes.clear()
        for number in range(len(self.partitions), topic.partitions):
            partition = Partition(topic.name, number, self._published)
            self.partitions.append(partition)
            if self.options.forgets:
                self._cleaners.append(Cleaner(partition, self.options))

    def route(self, key: str | bytes) -> tuple[bytes, int]:
        """The key as it travels, and its partition. Raises `InvalidKey`."""
        try:
            return self._routes[key]
        except (KeyError, TypeError):  # not known yet; or nothing that could be a key
            data = key_to_bytes(key)
        found = data, partition_for(data, self.topic.partitions)
        if len(self._routes) < ROUTES_MAX:
            self._routes[key] = found
        return found

    def clean(self, now: datetime) -> None:
        """Forget what may be forgotten, if the last time was a while ago."""
        if self._cleaned_at is None or now - self._cleaned_at >= CLEAN_EVERY:
            self._cleaned_at = now
            for cleaner in self._cleaners:
                cleaner.clean(now)
