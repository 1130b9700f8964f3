"""Random programs, on the simulator and on real Kafka at the same time.

Each step is done on Kafka first. Where Kafka had a choice that the model leaves open (who
gets which partition, from which partition a bounded poll takes its records), the
simulator is made to choose the same, after a check that the model allows it. Everything
else has to be equal: records, offsets, positions, committed offsets, lag, and the class
of every error.
"""

import contextlib
from dataclasses import dataclass, field
from itertools import permutations

from sandbox import Event, connect
from sandbox.errors import SandboxError
from sandbox.sim.assignors import ASSIGNORS, sticky_assignor

KEYS = ["latte", "mocha", "tea", "cocoa", "water"]


@dataclass(frozen=True)
class Sold(Event):
    number: int


@dataclass
class Pair:
    """The same thing on both buses."""

    kafka: object
    sim: object
    polled: list = field(default_factory=list)  # the records that Kafka gave last
    open: list = field(default_factory=list)  # of producers: the transaction on either side


class Different(AssertionError):
    """Kafka did something that the model does not allow."""


class Lockstep:
    """Two buses that have to agree."""

    def __init__(self, address: str) -> None:
        self.kafka, self.sim = connect(f"kafka://{address}"), connect("sim://")
        self.members: dict[str, Pair] = {}
        self.producers: dict[str, Pair] = {}
        self.numbers = 0
        self.log: list[str] = []

    def close(self) -> None:
        """Let go of both."""
        for pair in self.producers.values():
            for side, context in zip((pair.kafka, pair.sim), pair.open, strict=False):
                with contextlib.suppress(SandboxError, _Abort):
                    context.__exit__(_Abort, _Abort(), None)
                side.close()
        self.kafka.close()

    def both(self, words: str, on_kafka, on_sim, same=None):
        """Do one step on both; `same` says what of the results has to be equal."""
        self.log.append(words)
        theirs, ours = _outcome(on_kafka), None
        self._deal_as_kafka_did()
        ours = _outcome(on_sim)
        same = same or (lambda result: None)
        shown = [same(result) if not isinstance(result, _Refused) else result for result in (theirs, ours)]
        if shown[0] != shown[1]:
            self._differ(f"Kafka: {shown[0]}\nmodel: {shown[1]}")
        return theirs, ours

    def create_topic(self, name: str, partitions: int) -> None:
        self.both(
            f"create {name} {partitions}",
            lambda: self.kafka.create_topic(name, partitions),
            lambda: self.sim.create_topic(name, partitions),
            repr,
        )

    def publish(self, topic: str, key: str, producer: str | None = None) -> None:
        self.numbers += 1
        event = Sold(self.numbers)
        kafka, sim = self._publishers(producer)
        self.both(
            f"publish {topic} {key} {producer or ''}",
            lambda: kafka.publish(topic, event, key=key),
            lambda: sim.publish(topic, event, key=key),
            _place,
        )

    def delete(self, topic: str, partition: int, before: int) -> None:
        self.both(
            f"delete {topic}[{partition}] before {before}",
            lambda: self.kafka.delete_records(topic, partition, before),
            lambda: self.sim.delete_records(topic, partition, before),
        )

    def join(self, name: str, group: str, topics: list[str], options: dict) -> None:
        options = {**options, "name": name}
        opened = Pair(None, None)

        def on_kafka():
            opened.kafka = self.kafka.consumer(topics, group, **options)

        def on_sim():
            opened.sim = self.sim.consumer(topics, group, **options)

        # The newcomer must be known before the model deals as Kafka did.
        self.log.append(f"join {name} {group} {topics} {options}")
        theirs = _outcome(on_kafka)
        if not isinstance(theirs, _Refused):
            self.members[name] = opened
        self._deal_as_kafka_did()
        ours = _outcome(on_sim)
        if isinstance(theirs, _Refused) or isinstance(ours, _Refused):
            if theirs != ours:
                self._differ(f"Kafka: {theirs}\nmodel: {ours}")
            return
        self.check(name)

    def leave(self, name: str, how: str) -> None:
        pair = self.members.pop(name)
        self.both(f"{how} {name}", getattr(pair.kafka, how), getattr(pair.sim, how))
        for other in self.members:
            self.check(other)

    def poll(self, name: str, most: int | None) -> None:
        pair = self.members[name]
        self.log.append(f"poll {name} {most}")
        theirs = _outcome(lambda: pair.kafka.poll(most))
        self._deal_as_kafka_did()
        if isinstance(theirs, _Refused) or most is None:
            ours = _outcome(lambda: pair.sim.poll(most))
        else:
            ours = self._poll_the_same(pair, theirs, most)
        if isinstance(theirs, _Refused) or isinstance(ours, _Refused):
            if theirs != ours:
                self._differ(f"Kafka: {theirs}\nmodel: {ours}")
            return
        if _by_partition(theirs) != _by_partition(ours):
            self._differ(f"Kafka: {_by_partition(theirs)}\nmodel: {_by_partition(ours)}")
        pair.polled = theirs
        self.check(name)

    def commit(self, name: str, choice: int | None) -> None:
        pair = self.members[name]
        record = None if choice is None or not pair.polled else pair.polled[choice % len(pair.polled)]
        self.both(
            f"commit {name} {record and record.place}",
            lambda: pair.kafka.commit(record),
            lambda: pair.sim.commit(record),
        )
        self.check(name)

    def on_member(self, name: str, call: str, *arguments) -> None:
        pair = self.members[name]
        self.both(
            f"{call} {name} {arguments}",
            lambda: getattr(pair.kafka, call)(*arguments),
            lambda: getattr(pair.sim, call)(*arguments),
        )
        self.check(name)

    def grow(self, topic: str, partitions: int) -> None:
        self.both(
            f"grow {topic} {partitions}",
            lambda: self.kafka.add_partitions(topic, partitions),
            lambda: self.sim.add_partitions(topic, partitions),
            repr,
        )
        for name in self.members:
            self.check(name)

    def open_producer(self, name: str) -> None:
        """A transactional producer; an older one of that id is a zombie from now on."""
        zombie = self.producers.pop(name, None)
        pair = Pair(self.kafka.producer(transactional_id=name), self.sim.producer(transactional_id=name))
        self.producers[name] = pair
        self.log.append(f"producer {name}")
        if zombie:
            self.producers[f"zombie-{len(self.log)}"] = zombie

    def begin(self, name: str) -> None:
        pair = self.producers[name]
        pair.open = [side.transaction() for side in (pair.kafka, pair.sim)]
        self.both(f"begin {name}", pair.open[0].__enter__, pair.open[1].__enter__)

    def end(self, name: str, how: str) -> None:
        pair = self.producers[name]
        error = (None, None, None) if how == "commit" else (_Abort, _Abort(), None)
        contexts, pair.open = pair.open, []
        self.both(
            f"{how} {name}",
            lambda: _ended(contexts[0], error),
            lambda: _ended(contexts[1], error),
        )

    def commit_in_transaction(self, producer: str, name: str) -> None:
        pair, member = self.producers[producer], self.members[name]
        if not member.polled:
            return
        record = member.polled[-1]
        self.both(
            f"commit {name} {record.place} in {producer}",
            lambda: pair.kafka.commit(member.kafka, record),
            lambda: pair.sim.commit(member.sim, record),
        )

    def lag(self, group: str) -> None:
        self.both(f"lag {group}", lambda: self.kafka.lag(group), lambda: self.sim.lag(group), lambda lag: lag)

    def check(self, name: str) -> None:
        """What a member can see of itself is the same on both."""
        pair = self.members[name]
        for what in ("committed", "position"):
            theirs, ours = _outcome(getattr(pair.kafka, what)), _outcome(getattr(pair.sim, what))
            if theirs != ours:
                self._differ(f"{name}.{what}()\nKafka: {theirs}\nmodel: {ours}")
        if pair.kafka.assignment != pair.sim.assignment:
            self._differ(f"{name}\nKafka: {pair.kafka.assignment}\nmodel: {pair.sim.assignment}")

    def _publishers(self, producer: str | None):
        pair = self.producers[producer] if producer else Pair(self.kafka, self.sim)
        return pair.kafka, pair.sim

    def _deal_as_kafka_did(self) -> None:
        """Have the model's assignors deal as Kafka has dealt, if the model allows that."""
        dealt = {name: sorted(pair.kafka.assignment) for name, pair in self.members.items()}

        def as_kafka(allowed):
            def deal(readers, sizes, before):
                by_name = {id.rpartition("-")[0]: id for id in readers}
                wanted = {id: dealt.get(name, []) for name, id in by_name.items()}
                if not _is_allowed(wanted, readers, sizes, before, allowed):
                    self._differ(f"Kafka dealt {wanted} among {readers}")
                return wanted

            return deal

        for name, allowed in _REAL.items():
            ASSIGNORS[name] = as_kafka(allowed)

    def _poll_the_same(self, pair: Pair, theirs: list, most: int) -> list | object:
        """Have the model take as much from each partition as Kafka did."""
        available = _outcome(lambda: _peek(pair.sim))
        if isinstance(available, _Refused):
            return available
        taken = _by_partition(theirs)
        if len(theirs) != min(most, len(available)):
            self._differ(f"Kafka gave {len(theirs)} of {most}; the model has {len(available)}")
        ours = []
        theirs_positions = pair.kafka.position()
        for at, records in _group(available).items():
            ours += records[: len(taken.get(at, []))]
        for at, position in theirs_positions.items():
            pair.sim._positions.now[at] = position
        return ours

    def _differ(self, what: str) -> None:
        raise Different("\n".join([*self.log, what]))


class _Abort(Exception):
    """Ends a transaction."""


@dataclass(frozen=True)
class _Refused:
    error: str
    words: str = field(default="", compare=False)


def _outcome(call):
    try:
        return call()
    except SandboxError as error:
        return _Refused(type(error).__name__, str(error))


def _ended(context, error) -> None:
    with contextlib.suppress(_Abort):
        context.__exit__(*error)


def _place(record) -> tuple:
    return record.topic, record.partition, record.offset


def _by_partition(records) -> dict:
    return {at: [(r.offset, r.key, r.event) for r in several] for at, several in _group(records).items()}


def _group(records) -> dict:
    found: dict = {}
    for record in records:
        found.setdefault((record.topic, record.partition), []).append(record)
    return found


def _peek(consumer) -> list:
    """What the model's member would be given now, without taking it."""
    before = dict(consumer._positions.now)
    records = consumer.poll()
    consumer._positions.now.update(before)
    return records


def _is_allowed(wanted, readers, sizes, before, assignor) -> bool:
    """Is there an order of member ids in which the assignor deals like that?

    Of the sticky one it is enough that it is fair: Kafka's keeps what it can, but not
    always as much as ours, where the members read different topics.
    """
    if assignor is sticky_assignor:
        return _is_fair(wanted, readers, sizes)
    ids = list(readers)
    names = [f"m{i}" for i in range(len(ids))]
    for order in permutations(names):
        rename = dict(zip(ids, order, strict=True))
        dealt = assignor(
            {rename[id]: topics for id, topics in readers.items()},
            sizes,
            {rename[id]: before.get(id, []) for id in ids},
        )
        if all(sorted(dealt[rename[id]]) == sorted(wanted[id]) for id in ids):
            return True
    return False


def _is_fair(wanted, readers, sizes) -> bool:
    dealt = sorted(at for partitions in wanted.values() for at in partitions)
    whole = dealt == [(topic, number) for topic in sorted(sizes) for number in range(sizes[topic])]
    readable = all(at[0] in readers[id] for id, partitions in wanted.items() for at in partitions)
    even = not any(
        len(wanted[rich]) > len(wanted[poor]) + 1 and at[0] in readers[poor]
        for rich in wanted
        for at in wanted[rich]
        for poor in wanted
    )
    return whole and readable and even


_REAL = dict(ASSIGNORS)


def restore_assignors() -> None:
    """Give the model its own assignors back."""
    ASSIGNORS.update(_REAL)
