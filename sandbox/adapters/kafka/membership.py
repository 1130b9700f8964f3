"""Membership in a real consumer group: joining, rebalances, and where to begin after one.

Between two polls all partitions are paused: the client keeps its membership alive and
takes part in rebalances without fetching anything that nobody asked for.

kafka-python calls its rebalance listener on the thread that speaks to the broker, where a
commit would wait for itself. So the learner's callbacks are called from the learner's own
thread: before a rebalance that this process causes (a commit is then still possible), and
after one that another process has caused.
"""

from collections.abc import Callable

from kafka import ConsumerRebalanceListener, KafkaConsumer, TopicPartition

from sandbox.adapters.kafka.assignors import ASSIGNORS
from sandbox.adapters.kafka.errors import ANSWER_MS, CONNECT_SECONDS
from sandbox.ports import Assignment, ConsumerOptions
from sandbox.ports import TopicPartition as Place
from sandbox.ports.options import Told

DAY_MS = 24 * 60 * 60 * 1000  # a learner may think between two cells
SESSION_MS = 6_000  # the least that brokers allow: a kernel that was killed is soon forgotten


class Membership(ConsumerRebalanceListener):
    """One client in one group, reading topics (all by the broker's names)."""

    def __init__(
        self,
        address: str,
        name: str,
        group: str,
        topics: list[str],
        options: ConsumerOptions,
        place: Callable[[TopicPartition], Place],
        tell: Callable[[Told, set[Place]], object],
    ) -> None:
        self.times_assigned = 0  # how often a rebalance has given it partitions, or none
        self.paused: set[TopicPartition] = set()  # by the learner
        self.lost: set[TopicPartition] = set()  # nothing says where to begin
        self.began: dict[TopicPartition, int] = {}  # the positions at the last assignment
        self._options = options
        self._place = place  # what the learner calls a partition
        self._tell = tell  # the learner, by one of the callbacks
        self._rebalanced = False  # since `start_over`
        self._evicted = False  # since `start_over`
        self._told: set[TopicPartition] = set()  # what the learner's callbacks know of
        self.client = KafkaConsumer(
            bootstrap_servers=address,
            bootstrap_timeout_ms=int(CONNECT_SECONDS * 1000),
            client_id=name,  # so that whoever looks at the broker knows who it is
            group_id=group,
            enable_auto_commit=False,  # the member commits by itself, in its polls
            auto_offset_reset="latest" if options.auto_offset_reset == "latest" else "earliest",
            isolation_level=options.isolation_level,
            partition_assignment_strategy=[ASSIGNORS[options.assignor]],
            session_timeout_ms=options.session_timeout_ms or SESSION_MS,
            heartbeat_interval_ms=100,
            max_poll_interval_ms=options.max_poll_interval_ms or DAY_MS,
            max_poll_records=10_000,
            fetch_max_wait_ms=20,
            metadata_max_age_ms=10_000,
            request_timeout_ms=ANSWER_MS,
        )
        self.client.subscribe(topics, listener=self)
        # A leader that has not heard of its topics shares out nothing, and then has to begin again.
        self.client._net.run(self.client._cluster.refresh_metadata)

    @property
    def partitions(self) -> set[TopicPartition]:
        """What this member reads now."""
        return self.client.assignment()

    @property
    def is_out(self) -> bool:
        """Has the group gone on without this member?"""
        return self._evicted

    @property
    def has_rebalanced(self) -> bool:
        """Has a rebalance ended since `start_over`? Then all is paused, and positions mean nothing."""
        return self._rebalanced

    @property
    def generation(self) -> int:
        """Of its group, as far as this member knows."""
        return self.client.group_metadata().generation_id

    @property
    def member_id(self) -> str:
        """What the broker calls this member."""
        return self.client.group_metadata().member_id

    def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Nothing to give back: the group's committed offsets say it all."""

    def on_partitions_lost(self, lost: set[TopicPartition]) -> None:
        """The group has gone on without this member."""
        self._evicted = True

    def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """A rebalance has ended: all members start again at the committed offsets."""
        self.times_assigned += 1
        self._rebalanced = True
        self.paused.clear()
        self.client.pause(*assigned)

    def answer_group(self, ms: int, rejoin_ms: int = 0) -> None:
        """Let the client answer its group for `ms` milliseconds; in a rebalance, for `rejoin_ms` more."""
        self._pick_up_rejoin()
        self.client.poll(timeout_ms=ms)
        if rejoin_ms and (self.client._coordinator.rejoining or self.client._coordinator.need_rejoin()):
            self.answer_group(rejoin_ms)

    def give_up(self) -> None:
        """Tell the learner that the partitions go, while a commit is still possible."""
        told, self._told = self._told, set()
        callback = self._options.on_revoked
        if self._evicted:
            callback = self._options.on_lost or callback  # as in Java's client
        if told and callback:
            self._tell(callback, Assignment(self._place(at) for at in told))

    def forget(self) -> None:
        """Tell the learner nothing more: whoever crashes isn't told."""
        self._told = set()

    def start_over(self) -> None:
        """Go to the committed offsets, where a rebalance has ended since the last time.

        Java's client does so by itself in the eager protocol; kafka-python keeps its
        position in a partition that it keeps.
        """
        if not self._rebalanced:
            return
        self.give_up()
        self._rebalanced = self._evicted = False
        committed = {at: self.client.committed(at, timeout_ms=ANSWER_MS) for at in self.partitions}
        for at, offset in committed.items():
            if offset is not None:
                self.client.seek(at, offset)
        self.lost.clear()
        self.reset({at for at, offset in committed.items() if offset is None})
        self.began = {
            at: self.client.position(at, timeout_ms=ANSWER_MS) for at in self.partitions - self.lost
        }
        self._told = set(self.partitions)
        if self._options.on_assigned:
            self._tell(self._options.on_assigned, Assignment(self._place(at) for at in self._told))

    def reset(self, partitions: set[TopicPartition]) -> None:
        """Go where `auto_offset_reset` says; `none` leaves the partitions lost."""
        if self._options.auto_offset_reset == "none":
            self.lost |= partitions
        elif partitions:
            earliest = self._options.auto_offset_reset == "earliest"
            self.seek(self.client.beginning_offsets if earliest else self.client.end_offsets, partitions)

    def seek(self, offsets: object, partitions: set[TopicPartition]) -> None:
        """Go to what `offsets`, one of the client's own questions, answers for `partitions`."""
        for at, offset in offsets(partitions).items():
            self.client.seek(at, offset)
            self.lost.discard(at)

    def disconnect(self) -> None:
        """Close the client; the broker hears that the member is gone."""
        self.client.close(autocommit=False, timeout_ms=2000)

    def look_again(self) -> None:
        """Ask for the topics' partitions now, not when the old answer has become stale."""
        self.client._cluster.request_update()

    def read(self, max_records: int | None, ms: int) -> list:
        """The raw records that arrive within `ms` milliseconds, from the partitions that aren't paused.

        kafka-python 3.0.12 puts aside what it has fetched of a paused partition, and takes it
        up again only where no other partition's records are in its hands. Used up, they still
        count as in its hands, so what is put aside would stay there for ever.
        """
        self._pick_up_rejoin()
        fetcher = self.client._fetcher
        if not fetcher._next_partition_records:
            fetcher._next_partition_records = None
        polled = self.client.poll(timeout_ms=ms, max_records=max_records)
        return [record for records in polled.values() for record in records]

    def _pick_up_rejoin(self) -> None:
        """Don't let the client forget a rejoin that is under way.

        kafka-python 3.0.12 rejoins by itself when a topic's metadata has changed. If a poll
        ends before that rejoin does, no later poll looks for its result, and the member is
        without partitions for ever. Asking for a rejoin makes the next poll take it up.
        """
        coordinator = self.client._coordinator
        if coordinator.rejoining and not coordinator.need_rejoin():
            coordinator.request_rejoin()
