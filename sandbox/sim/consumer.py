"""A member of a group on the simulated bus."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Self

from sandbox import refusals
from sandbox.clock import FAR_FUTURE
from sandbox.errors import BrokerUnreachable, Crashed
from sandbox.messages import Record
from sandbox.ports import Assignment, ConsumerOptions, TopicPartition
from sandbox.sim.group import Group
from sandbox.sim.positions import NOWHERE, Positions
from sandbox.trace import Raw

if TYPE_CHECKING:
    from sandbox.sim.bus import SimulatedBus

NO_LIMIT = 2**63


class SimulatedConsumer:
    """Reads its partitions from its positions to the end; see `sandbox.ports.Consumer`."""

    def __init__(
        self, bus: "SimulatedBus", group: Group, topics: tuple[str, ...], options: ConsumerOptions
    ) -> None:
        self.topics = topics
        self.name = options.name or group.free_name()
        self.assignor = options.assignor
        self.member_id = ""
        self.generation = 0
        self.silent_since: datetime | None = None  # frozen, crashed unnoticed, or cut off
        self.calm = False  # a member, awake, in a group that waits for nobody
        self.served = False  # by `run`, whose loop polls all the time,
        self._busy = False  # except while its handler is at work
        self._bus = bus
        self.group = group
        self._options = options
        self._last_poll = bus.clock.now()
        self._last_auto_commit = self._last_poll
        self._positions = Positions(bus, self.name, topics, options)
        self.ended = ""  # "closed" or "crashed"
        group.enter(self)
        bus.trace.add_actor(self.name)
        group.join(self)

    def __repr__(self) -> str:
        state = self.ended or f"reads {len(self._positions.now)} partitions of {', '.join(self.topics)}"
        return f"Consumer {self.name} {state}"

    @property
    def assignment(self) -> Assignment:
        self.group.expire()
        return self.holds

    @property
    def holds(self) -> Assignment:
        """What it was last given, whether or not its time is up."""
        return Assignment(self._positions.now)

    def poll(self, max_records: int | None = None) -> list[Record]:
        records = self.fetch(max_records)
        for record in records:
            self._bus.trace.step(Raw(self.name, "poll", record.topic, record.partition, record.offset))
        return records

    def fetch(self, max_records: int | None = None) -> list[Record]:
        """`poll` without a trace: `run` notes when a record is handled instead."""
        if not self._bus.faults.armed:
            return self._fetch(max_records)
        sent: list[Record] = []
        try:
            self._step("poll", lambda: sent.extend(self._fetch(max_records)))
        except BrokerUnreachable:
            for record in reversed(sent):  # they have not arrived: the next poll asks for them again
                self._positions.seek((record.topic, record.partition), record.offset)
            raise
        return sent

    def position(self) -> dict[TopicPartition, int]:
        self._answer()
        return self._positions.all()

    def seek(self, partition: int | TopicPartition, offset: int) -> None:
        self._answer()
        self._positions.seek(partition, offset)

    def seek_to_beginning(self) -> None:
        self._answer()
        self._positions.to_beginning()

    def seek_to_end(self) -> None:
        self._answer()
        self._positions.to_end()

    def pause(self, *partitions: int | TopicPartition) -> None:
        self._answer()
        self._positions.paused |= set(map(self._positions.mine, partitions or self._positions.now))

    def resume(self, *partitions: int | TopicPartition) -> None:
        self._answer()
        self._positions.paused -= set(map(self._positions.mine, partitions or self._positions.now))

    def commit(self, record: Record | None = None) -> None:
        bus = self._bus
        if bus.faults.armed:
            self._step("commit", partial(self._commit, record))  # a lambda would make each commit cost more
            return
        if record is not None and self.calm and bus.clock.now() < self.group.deadline:
            # The usual case, of which a run has one for each record.
            at, done = (record.topic, record.partition), record.offset
            log = self._positions.logs.get(at)
            if log is not None and done < log.end:
                self.group.committed[at] = done + 1
                bus.trace.step(Raw(self.name, "commit", at[0], at[1], done))
                return
        self._commit(record)

    def committed(self) -> dict[TopicPartition, int]:
        self._answer()
        return {at: self.group.committed.get(at, 0) for at in sorted(self._positions.now)}

    def close(self) -> None:
        if not self.ended:
            if self._options.auto_commit_interval_ms is not None and self.group.is_member(self):
                self._commit(None)
            if self.group.is_member(self):
                self.give_up()
            self.ended = "closed"
            self._depart()

    def crash(self, *, unnoticed: bool = False) -> None:
        self._must_be_open()
        self._bus.trace.record(self.name, "crash")
        self.ended = "crashed"
        if unnoticed:
            self.fall_silent()
        else:
            self._depart()

    def freeze(self) -> None:
        self._answer()
        self._bus.trace.record(self.name, "freeze")
        self.fall_silent()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def fall_silent(self) -> None:
        """Send no heartbeats from now on; the next call ends it."""
        self.calm = False
        if self.silent_since is None:
            self.silent_since = self._bus.clock.now()
            self.group.see_to_deadline()

    def deadline(self) -> datetime:
        """When the group will do without this member, as things are now."""
        deadlines = []
        if self.silent_since is not None:
            deadlines.append(self.silent_since + timedelta(milliseconds=self._options.session_timeout_ms))
        if (self._busy or not self.served) and self.ended != "crashed":
            deadlines.append(self._last_poll + timedelta(milliseconds=self._options.max_poll_interval_ms))
        return min(deadlines, default=FAR_FUTURE)

    def give_up(self) -> None:
        """Let the partitions go, before a rebalance: the callback may still commit."""
        if self._positions.now and self._options.on_revoked:
            self._options.on_revoked(self, Assignment(self._positions.now))
        self._positions.take([], {})
        self.calm = False

    def take(self, partitions: list[TopicPartition], generation: int) -> None:
        """Take these partitions over, each at its committed offset."""
        self._positions.take(partitions, self.group.committed)
        self.generation = generation
        self.calm = True
        if self._options.on_assigned:
            self._options.on_assigned(self, Assignment(partitions))

    def rewind(self) -> None:
        """Have the group, and this member, go back to where the member began."""
        for at, offset in self._positions.began.items():
            self.group.committed[at] = self._positions.now[at] = offset

    def check_commit(self, record: Record) -> TopicPartition:
        """The record's partition. Raises `CommitRejected` and `InvalidOffset`."""
        self._answer()
        self._check_membership(record.place)
        return self._committable(record)

    def _committable(self, record: Record) -> TopicPartition:
        at = (record.topic, record.partition)
        if at not in self._positions.now:
            raise refusals.not_mine_to_commit(self.name, record.place, at, self.group.name)
        if record.offset >= self._bus.end_of(at):
            raise refusals.beyond_the_end(self.name, at, record.offset + 1, self._bus.end_of(at))
        return at

    def _step(self, action: str, call: Callable[[], object]) -> object:
        try:
            return self._bus.faults.step(self.name, action, call)
        except Crashed:
            self.crash()
            raise

    def _fetch(self, max_records: int | None) -> list[Record]:
        self._answer()
        if not self.group.is_member(self):
            self._come_back()
        elif self.group.waiting:
            self.group.rebalance()
        self._last_poll = self._bus.clock.now()
        self._auto_commit()
        records = self._read(NO_LIMIT if max_records is None else max_records)
        if self.served and self._busy != bool(records):
            self._busy = bool(records)
            self.group.see_to_deadline()
        return records

    def _read(self, room: int) -> list[Record]:
        positions, records = self._positions, []
        assigned = [at for at in positions.now if at not in positions.paused]
        self._bus.random.shuffle(assigned)  # the order across partitions means nothing
        for at in assigned:
            found, positions.now[at] = self._bus.partition(at).read(
                positions.valid(at), room - len(records), committed=positions.read_committed
            )
            records += found
        return records

    def _commit(self, record: Record | None) -> None:
        if record is not None:
            self._commit_offset(self.check_commit(record), record.offset)
            return
        self._answer()
        self._check_membership("its positions")
        known = self.group.committed
        changed = {
            at: p for at, p in sorted(self._positions.now.items()) if p not in (NOWHERE, known.get(at))
        }
        for at, position in changed.items():
            if position > self._bus.end_of(at):
                raise refusals.beyond_the_end(self.name, at, position, self._bus.end_of(at))
        for at, position in changed.items():
            self._commit_offset(at, position - 1)

    def _commit_offset(self, at: TopicPartition, done: int) -> None:
        """Note that everything up to the offset `done` is done."""
        self.group.committed[at] = done + 1
        self._bus.trace.step(Raw(self.name, "commit", at[0], at[1], done))

    def _auto_commit(self) -> None:
        """Commit what earlier polls have given, once the interval has passed."""
        interval, now = self._options.auto_commit_interval_ms, self._bus.clock.now()
        if interval is not None and now - self._last_auto_commit >= timedelta(milliseconds=interval):
            self._last_auto_commit = now
            self._commit(None)

    def _check_membership(self, what: str) -> None:
        if not self.group.is_member(self) or self.group.waiting:
            raise refusals.gone_on_without(self.name, what, self.group.name)

    def _come_back(self) -> None:
        lost = Assignment(self._positions.now)
        self._positions.take([], {})
        told = self._options.on_lost or self._options.on_revoked  # as in Java's client
        if lost and told:
            told(self, lost)
        self._last_poll = self._bus.clock.now()
        self.group.join(self)

    def _answer(self) -> None:
        """See to everything that has happened since the last call."""
        self._must_be_open()
        self.group.expire()
        if self.silent_since is not None and not self._bus.faults.is_split(self.name):
            self.silent_since = None
            self.calm = self.group.is_member(self) and not self.group.waiting

    def _depart(self) -> None:
        self._positions.take([], {})
        self.calm = False
        self.group.leave(self)

    def _must_be_open(self) -> None:
        if self.ended:
            raise refusals.closed(self.name, self.ended, self.topics[0], self.group.name)
