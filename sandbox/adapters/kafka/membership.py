"""Membership in a real consumer group: joining, rebalances, and where to begin after one.

Between two polls all partitions are paused: the client keeps its membership alive and
takes part in rebalances without fetching anything that nobody asked for.
"""

from kafka import ConsumerRebalanceListener, KafkaConsumer, TopicPartition

from sandbox.ports import Reset

DAY_MS = 24 * 60 * 60 * 1000  # a learner may think between two cells


class Membership(ConsumerRebalanceListener):
    """One client in one group, reading one topic (both by the broker's names)."""

    def __init__(self, address: str, group: str, topic: str, reset: Reset) -> None:
        self.times_assigned = 0  # how often a rebalance has given it partitions, or none
        self.paused: set[TopicPartition] = set()  # by the learner
        self.lost: set[TopicPartition] = set()  # nothing says where to begin
        self._reset = reset
        self._rebalanced = False  # since `start_over`
        self.client = KafkaConsumer(
            bootstrap_servers=address,
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="latest" if reset == "latest" else "earliest",  # `none` is `lost`
            session_timeout_ms=6000,
            heartbeat_interval_ms=200,
            max_poll_interval_ms=DAY_MS,
            max_poll_records=10_000,
            fetch_max_wait_ms=20,
            metadata_max_age_ms=10_000,
        )
        self.client.subscribe([topic], listener=self)

    @property
    def partitions(self) -> set[TopicPartition]:
        """What this member reads now."""
        return self.client.assignment()

    def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Nothing to give back: the group's committed offsets say it all."""

    def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """A rebalance has ended: all members start again at the committed offsets."""
        self.times_assigned += 1
        self._rebalanced = True
        self.paused.clear()
        self.client.pause(*assigned)

    def answer_group(self, ms: int) -> None:
        """Let the client answer its group for `ms` milliseconds, above all in a rebalance."""
        self._pick_up_rejoin()
        self.client.poll(timeout_ms=ms)

    def start_over(self) -> None:
        """Go to the committed offsets, where a rebalance has ended since the last time.

        Java's client does so by itself in the eager protocol; kafka-python keeps its
        position in a partition that it keeps.
        """
        if not self._rebalanced:
            return
        self._rebalanced = False
        committed = {at: self.client.committed(at) for at in self.partitions}
        for at, offset in committed.items():
            if offset is not None:
                self.client.seek(at, offset)
        self.reset({at for at, offset in committed.items() if offset is None})

    def reset(self, partitions: set[TopicPartition]) -> None:
        """Go where `auto_offset_reset` says; `none` leaves the partitions lost."""
        if self._reset == "none":
            self.lost |= partitions
        elif partitions:
            earliest = self._reset == "earliest"
            self.seek(self.client.beginning_offsets if earliest else self.client.end_offsets, partitions)

    def seek(self, offsets: object, partitions: set[TopicPartition]) -> None:
        """Go to what `offsets`, one of the client's own questions, answers for `partitions`."""
        for at, offset in offsets(partitions).items():
            self.client.seek(at, offset)
            self.lost.discard(at)

    def disconnect(self) -> None:
        """Close the client; the broker hears that the member is gone."""
        self.client.close(autocommit=False, timeout_ms=2000)

    def _pick_up_rejoin(self) -> None:
        """Don't let the client forget a rejoin that is under way.

        kafka-python 3.0.12 rejoins by itself when a topic's metadata has changed. If a poll
        ends before that rejoin does, no later poll looks for its result, and the member is
        without partitions for ever. Asking for a rejoin makes the next poll take it up.
        """
        coordinator = self.client._coordinator
        if coordinator.rejoining and not coordinator.need_rejoin():
            coordinator.request_rejoin()
