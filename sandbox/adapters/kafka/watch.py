"""A look at a broker from outside: its topics, the newest records, its groups, how far each has come.

It joins no group and commits nothing, so nobody who works there notices it; and it sees
what every process does, not only this one. All names are the broker's own.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.admin import OffsetSpec
from kafka.consumer.fetcher import ConsumerRecord

from sandbox.adapters.kafka.errors import CONNECT_SECONDS, check_port, in_our_words
from sandbox.adapters.kafka.letters import REDRIVEN, are_dead_letters

PATIENCE_MS = 5_000  # for an answer: a broker that takes longer counts as gone
READ_SECONDS = 1.0  # that one look may spend on reading records
POLL_MS = 100
LETTERS_KEPT = 500  # of a partition of dead letters, where that is more
FALLEN_BEHIND = 5  # times what is kept of a partition: then the records between are passed by
INTERNAL = "__"  # what the broker's own topics begin with

Place = tuple[str, int]


@dataclass(frozen=True)
class Group:
    """A consumer group as the broker describes it."""

    name: str
    state: str  # `Stable`, `Empty`, `PreparingRebalance`, …
    members: dict[str, list[Place]]  # and what each of them reads
    topics: frozenset[str]  # that it reads, or has read
    committed: dict[Place, int]


@dataclass
class Sight:
    """What one look has seen. Partitions of topics that are not wanted are counted, not looked into."""

    topics: dict[str, int] = field(default_factory=dict)  # and how many partitions
    starts: dict[Place, int] = field(default_factory=dict)
    ends: dict[Place, int] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    records: dict[Place, list[ConsumerRecord]] = field(default_factory=dict)  # the newest of each partition
    all_topics: list[str] = field(default_factory=list)
    topics_left_out: int = 0
    groups_left_out: int = 0


class Watch:
    """Connections to one broker, and the newest `keep` records of each partition that was looked at."""

    def __init__(self, address: str, keep: int = 40, partitions_max: int = 60, groups_max: int = 30) -> None:
        """Raises `BrokerUnreachable` within five seconds where no broker answers."""
        self.address = address
        self._keep, self._partitions_max, self._groups_max = keep, partitions_max, groups_max
        self._windows: dict[TopicPartition, deque[ConsumerRecord]] = {}
        check_port(address)
        patience = {"bootstrap_timeout_ms": int(CONNECT_SECONDS * 1000), "request_timeout_ms": PATIENCE_MS}
        with in_our_words(address):
            self.admin = KafkaAdminClient(bootstrap_servers=address, **patience)
            self._reader = KafkaConsumer(
                bootstrap_servers=address,
                group_id=None,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                metadata_max_age_ms=10_000,
                fetch_max_wait_ms=20,
                **patience,
            )

    def look(self, wanted: Callable[[str], bool] = lambda topic: True) -> Sight:
        """See the topics for which `wanted` is true. Raises `BrokerUnreachable` where nothing answers."""
        with in_our_words(self.address):
            names = sorted(name for name in self.admin.list_topics() if not name.startswith(INTERNAL))
            sight = Sight(all_topics=names)
            self._see_topics(sight, [name for name in names if wanted(name)])
            self._see_groups(sight)
            self._read(sight)
        return sight

    def __enter__(self) -> "Watch":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the broker, at once."""
        self._reader.close(autocommit=False, timeout_ms=500)
        self.admin.close()

    def _see_topics(self, sight: Sight, names: list[str]) -> None:
        described = self.admin.describe_topics(names) if names else []
        sizes = {topic["name"]: len(topic["partitions"]) for topic in described if not topic["error_code"]}
        if sum(sizes.values()) > self._partitions_max:
            sizes = self._newest(sizes)
        sight.topics_left_out = len(described) - len(sizes)
        sight.topics = sizes
        places = [TopicPartition(name, number) for name, size in sizes.items() for number in range(size)]
        for found, spec in ((sight.starts, OffsetSpec.EARLIEST), (sight.ends, OffsetSpec.LATEST)):
            found |= {tuple(at): offset for at, (offset, _) in self._offsets(places, spec).items()}

    def _newest(self, sizes: dict[str, int]) -> dict[str, int]:
        """As many topics as there is room for, those with the newest records first."""
        places = [TopicPartition(name, number) for name, size in sizes.items() for number in range(size)]
        newest: dict[str, int] = dict.fromkeys(sizes, -1)
        for at, (_, timestamp) in self._offsets(places, OffsetSpec.MAX_TIMESTAMP).items():
            newest[at.topic] = max(newest[at.topic], timestamp)
        chosen, room = {}, self._partitions_max
        for name in sorted(sizes, key=lambda name: -newest[name]):
            if sizes[name] <= room or not chosen:
                chosen[name], room = sizes[name], room - sizes[name]
        return chosen

    def _offsets(self, places: list[TopicPartition], spec: OffsetSpec) -> dict:
        if not places:
            return {}
        answers = self.admin.list_partition_offsets(dict.fromkeys(places, spec))
        return {at: (answer.offset, answer.timestamp) for at, answer in answers.items()}

    def _see_groups(self, sight: Sight) -> None:
        listed = self.admin.list_groups()
        names = [group["group_id"] for group in listed if group["protocol_type"] in ("consumer", "")]
        names = [name for name in names if name != REDRIVEN]
        if not names:
            return
        described, committed = (
            self.admin.describe_groups(names),
            self.admin.list_group_offsets(dict.fromkeys(names)),
        )
        found = [_group(name, described[name], committed.get(name) or {}) for name in sorted(names)]
        found = [group for group in found if any(topic in sight.topics for topic in group.topics)]
        found.sort(key=lambda group: not group.members)  # who is there comes first, where there's no room
        sight.groups = sorted(found[: self._groups_max], key=lambda group: group.name)
        sight.groups_left_out = len(found) - len(sight.groups)

    def _read(self, sight: Sight) -> None:
        places = {TopicPartition(*at) for at in sight.ends}
        if self._reader.assignment() != places:
            self._reader.assign(sorted(places))
            for at in set(self._windows) - places:
                del self._windows[at]
        for at in places:
            self._catch_up(at, sight.starts[tuple(at)], sight.ends[tuple(at)])
        until = monotonic() + READ_SECONDS
        while monotonic() < until and any(self._position(at) < sight.ends[tuple(at)] for at in places):
            for at, records in self._reader.poll(timeout_ms=POLL_MS).items():
                self._windows[at].extend(records)
        for at in places:
            window, start = self._windows[at], sight.starts[tuple(at)]
            while window and window[0].offset < start:  # deleted over there
                window.popleft()
            sight.records[tuple(at)] = list(window)

    def _catch_up(self, at: TopicPartition, start: int, end: int) -> None:
        """Begin with the newest records, and again with these where reading has fallen far behind."""
        keep = max(LETTERS_KEPT, self._keep) if are_dead_letters(at.topic) else self._keep
        if at in self._windows:
            position = self._position(at)
            if start <= position <= end <= position + FALLEN_BEHIND * keep:
                return
        self._windows[at] = deque(maxlen=keep)
        self._reader.seek(at, max(start, end - keep))

    def _position(self, at: TopicPartition) -> int:
        return self._reader.position(at, timeout_ms=PATIENCE_MS)


def _group(name: str, described: dict, committed: dict) -> Group:
    by_client: dict[str, int] = {}
    for member in described["members"]:
        by_client[member["client_id"]] = by_client.get(member["client_id"], 0) + 1
    members, topics = {}, {at.topic for at in committed}
    for member in sorted(described["members"], key=lambda member: member["member_id"]):
        client, id = member["client_id"], member["member_id"]
        shown = client if by_client[client] == 1 else f"{client} …{id[-4:]}"
        read = _read_by(member["member_assignment"])
        members[shown] = read
        topics |= {topic for topic, _ in read}
        if isinstance(member["member_metadata"], dict):
            topics |= set(member["member_metadata"].get("topics") or ())
    offsets = {tuple(at): position.offset for at, position in committed.items() if position.offset >= 0}
    return Group(name, described["group_state"], members, frozenset(topics), offsets)


def _read_by(assignment: object) -> list[Place]:
    """What an assignment deals; nothing where it is in a protocol that isn't the consumers'."""
    if not isinstance(assignment, dict):
        return []
    return sorted(
        (dealt["topic"], number)
        for dealt in assignment.get("assigned_partitions") or ()
        for number in dealt["partitions"]
    )
