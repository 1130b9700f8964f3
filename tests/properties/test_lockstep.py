"""Whatever Kafka does, the model allows: random programs on both (see lockstep.py).

A bounded run is part of every CI run. A long one: LOCKSTEP_PROGRAMS=2000 make test-live,
or `pytest tests/properties/test_lockstep.py` with that variable.
"""

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.properties.lockstep import KEYS, Lockstep, restore_assignors

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

PROGRAMS = int(os.environ.get("LOCKSTEP_PROGRAMS", "12"))
STEPS = int(os.environ.get("LOCKSTEP_STEPS", "14"))
MEMBERS_MAX = 3
ADDRESS = [""]
ran: Counter[str] = Counter()

pick = st.integers(0, 7)


class Programs(RuleBasedStateMachine):
    """Topics, groups, members, producers: what a program can do with them."""

    @initialize(sizes=st.lists(st.integers(1, 3), min_size=1, max_size=2))
    def start(self, sizes):
        self.pair = Lockstep(ADDRESS[0])
        self.topics = {f"t{i}": size for i, size in enumerate(sizes)}
        for name, size in self.topics.items():
            self.pair.create_topic(name, size)
        self.joined = 0
        ran["programs"] += 1

    def teardown(self):
        restore_assignors()
        if hasattr(self, "pair"):
            ran["steps"] += len(self.pair.log)
            self.pair.close()

    def one(self, several, number):
        return sorted(several)[number % len(several)]

    @rule(topic=pick, keys=st.lists(st.sampled_from(KEYS), min_size=1, max_size=4))
    def publish(self, topic, keys):
        for key in keys:
            self.pair.publish(self.one(self.topics, topic), key)

    @precondition(lambda self: len(self.pair.members) < MEMBERS_MAX)
    @rule(
        group=st.sampled_from(["a", "a", "b"]),
        topic=pick,
        both=st.booleans(),
        reset=st.sampled_from(["earliest", "earliest", "latest", "none"]),
        isolation=st.sampled_from(["read_uncommitted", "read_committed"]),
        assignor=st.sampled_from(["range", "range", "roundrobin", "sticky"]),
    )
    def join(self, group, topic, both, reset, isolation, assignor):
        self.joined += 1
        topics = sorted(self.topics) if both else [self.one(self.topics, topic)]
        options = {"auto_offset_reset": reset, "isolation_level": isolation, "assignor": assignor}
        self.pair.join(f"{group}{self.joined}", group, topics, options)

    @precondition(lambda self: self.pair.members)
    @rule(member=pick, most=st.sampled_from([None, None, 1, 2, 3]))
    def poll(self, member, most):
        self.pair.poll(self.one(self.pair.members, member), most)

    @precondition(lambda self: self.pair.members)
    @rule(member=pick, choice=st.one_of(st.none(), pick))
    def commit(self, member, choice):
        self.pair.commit(self.one(self.pair.members, member), choice)

    @precondition(lambda self: self.pair.members)
    @rule(member=pick, topic=pick, partition=st.integers(0, 3), offset=st.integers(-1, 6))
    def seek(self, member, topic, partition, offset):
        at = (self.one(self.topics, topic), partition)
        self.pair.on_member(self.one(self.pair.members, member), "seek", at, offset)

    @precondition(lambda self: self.pair.members)
    @rule(member=pick, call=st.sampled_from(["seek_to_beginning", "seek_to_end", "pause", "resume"]))
    def move(self, member, call):
        self.pair.on_member(self.one(self.pair.members, member), call)

    @precondition(lambda self: self.pair.members)
    @rule(member=pick, how=st.sampled_from(["close", "crash"]))
    def leave(self, member, how):
        self.pair.leave(self.one(self.pair.members, member), how)

    @rule(topic=pick, partition=st.integers(0, 2), before=st.integers(0, 5))
    def delete(self, topic, partition, before):
        self.pair.delete(self.one(self.topics, topic), partition, before)

    @rule(topic=pick)
    def grow(self, topic):
        name = self.one(self.topics, topic)
        if self.topics[name] < 4:
            self.topics[name] += 1
            self.pair.grow(name, self.topics[name])

    @rule(group=st.sampled_from(["a", "b"]))
    def lag(self, group):
        self.pair.lag(group)

    @rule(name=st.sampled_from(["x", "y"]))
    def producer(self, name):
        self.pair.open_producer(name)

    def producers(self, *, in_transaction):
        return [name for name, pair in self.pair.producers.items() if bool(pair.open) == in_transaction]

    @precondition(lambda self: self.producers(in_transaction=False))
    @rule(producer=pick)
    def begin(self, producer):
        self.pair.begin(self.one(self.producers(in_transaction=False), producer))

    @precondition(lambda self: self.producers(in_transaction=True))
    @rule(producer=pick, topic=pick, key=st.sampled_from(KEYS))
    def publish_in_transaction(self, producer, topic, key):
        self.pair.publish(
            self.one(self.topics, topic), key, self.one(self.producers(in_transaction=True), producer)
        )

    @precondition(lambda self: self.pair.members and self.producers(in_transaction=True))
    @rule(producer=pick, member=pick)
    def commit_in_transaction(self, producer, member):
        self.pair.commit_in_transaction(
            self.one(self.producers(in_transaction=True), producer), self.one(self.pair.members, member)
        )

    @precondition(lambda self: self.producers(in_transaction=True))
    @rule(producer=pick, how=st.sampled_from(["commit", "commit", "abort"]))
    def end(self, producer, how):
        self.pair.end(self.one(self.producers(in_transaction=True), producer), how)


def test_whatever_kafka_does_the_model_allows(kafka_address):
    ADDRESS[0] = kafka_address
    ran.clear()
    run_state_machine_as_test(
        Programs,
        settings=settings(
            max_examples=PROGRAMS,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize="LOCKSTEP_PROGRAMS" not in os.environ,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
    print(f"{ran['programs']} programs, {ran['steps']} steps on both buses, no difference")
    assert ran["programs"] >= min(PROGRAMS, 5)
