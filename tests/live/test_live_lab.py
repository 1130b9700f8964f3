"""The lab of a real broker: what it sees, whoever did it, and what can be done there by hand."""

import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from uuid import uuid4

import pytest
from kafka import KafkaAdminClient, KafkaProducer

from sandbox import Event, connect
from sandbox.adapters.kafka.letters import FROM, REDRIVEN, Redrive
from sandbox.adapters.kafka.watch import Watch
from sandbox.errors import UsageError
from sandbox.messages import partition_for
from sandbox.patterns import DeadLetters
from sandbox.store import SqliteDatabase
from sandbox.views import Lab
from tools.broker import Problem, available
from tools.broker.java_broker import JavaBroker, free_port
from tools.broker.private import default_libs

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
SECONDS_MAX = 20

ELSEWHERE = """
from dataclasses import dataclass
from sandbox import Event, connect

@dataclass(frozen=True)
class RoastOrdered(Event):
    order_id: str

bus = connect("kafka://{address}", run="{run}")
bus.create_topic("roasts", partitions=2)
for number in range(6):
    bus.publish("roasts", RoastOrdered(f"A-{{number}}"), key=f"A-{{number}}", source="roastery")
reader = bus.consumer("roasts", "packing")
for record in reader.poll(2):
    reader.commit(record)
print("ready", flush=True)
input()
"""


@dataclass(frozen=True)
class LiveOrderPlaced(Event):
    order_id: str


def eventually(condition, what=""):
    """The first true answer of `condition`; fails where none comes."""
    until = time.monotonic() + SECONDS_MAX
    while not (found := condition()):
        assert time.monotonic() < until, f"it never came: {what or condition}"
        time.sleep(0.05)
    return found


@pytest.fixture
def run():
    """A name for a run that nobody has had before."""
    return uuid4().hex[:6]


@pytest.fixture
def bus(kafka_address, run):
    bus = connect(f"kafka://{kafka_address}", run=run)
    yield bus
    bus.close()


@pytest.fixture
def labs():
    """Makes labs that look often, and stops them."""
    made = []

    def make(what, **options):
        made.append(Lab(what, every=0.1, **options).start())
        return made[-1]

    yield make
    for lab in made:
        lab.stop()


@pytest.fixture
def raw(kafka_address):
    """A producer that knows nothing of us."""
    producer = KafkaProducer(bootstrap_servers=kafka_address)
    yield lambda *args, **options: producer.send(*args, **options).get(timeout=10)
    producer.close()


def lag_of(lab, group):
    """The last lag of a group that was seen; nothing where none was."""
    return (lab._data["live"]["samples"]["lags"].get(group) or [None])[-1]


def contents(lab):
    return [record["content"] for record in lab._data["records"].values()]


def boxes(lab):
    return {box["title"]: box for box in lab._data["live"]["letters"]}


def open_in(lab, title):
    """Where the letters stand that are shown as open."""
    return [row["at"] for row in boxes(lab)[title]["rows"]]


def test_it_sees_what_another_process_does(kafka_address, run, labs):
    lab = labs(connect(f"kafka://{kafka_address}", run=run))
    program = ELSEWHERE.format(address=kafka_address, run=run)
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "ready\n"
        eventually(lambda: lag_of(lab, "packing") == 4)
        data = lab._data
        assert data["topics"] == [["roasts", 2]]
        assert ["packing", "packing"] in data["actors"]
        assert ["roastery", ""] in data["actors"]
        assert sorted(data["deals"][0][3]["packing"]) == [[0, 0], [0, 1]]
        assert sum(data["live"]["ends"]) == 6
        assert "RoastOrdered(order_id='A-3')" in contents(lab)
        other.communicate("\n")
    eventually(lambda: "packing" not in lab._data["deals"][0][3])  # it has left; its lag stays
    assert lag_of(lab, "packing") == 4
    assert "group packing      lag 4, 0 members, Empty" in repr(lab)
    lab.bus.close()


def test_a_lag_appears_and_drains(bus, labs):
    lab = labs(bus)
    bus.create_topic("orders", partitions=2)
    with bus.consumer("orders", group="billing") as billing:
        for number in range(8):
            bus.publish("orders", LiveOrderPlaced(f"A-{number}"), key=f"A-{number}")
        eventually(lambda: lag_of(lab, "billing") == 8)
        for record in billing.poll():
            billing.commit(record)
        eventually(lambda: lag_of(lab, "billing") == 0)
    assert max(lab._data["live"]["samples"]["lags"]["billing"], key=lambda lag: lag or 0) == 8


def test_who_watches_joins_no_group_and_commits_nothing(bus, kafka_address, labs):
    labs(bus)
    bus.create_topic("orders")
    bus.publish("orders", LiveOrderPlaced("A-1"))
    with Watch(kafka_address) as watch:
        watch.look()
        sight = watch.look()
    assert {group.name for group in sight.groups if bus.run_name in group.name} == set()


def test_the_newest_records_are_kept_and_what_is_left_out_is_said(bus, labs):
    lab = labs(bus, keep=10)
    bus.create_topic("orders")
    for number in range(35):
        bus.publish("orders", LiveOrderPlaced(f"A-{number}"))
    eventually(lambda: lab._data["live"]["ends"] == [35] and lab._data["offset"] == list(range(25, 35)))
    assert lab._data["live"]["left_out"] == {"records": 25, "topics": 0, "groups": 0}
    assert "Left out: 25 older offsets (the newest 10 of each partition are kept)." in repr(lab)
    bus.delete_records("orders", 0, before=30)
    eventually(lambda: lab._data["offset"] == list(range(30, 35)))
    assert lab._data["live"]["left_out"]["records"] == 0


def test_where_there_is_no_room_for_all_topics_the_newest_are_shown(bus, kafka_address):
    names = ["orders", "payments", "stock"]
    for name in names:
        bus.create_topic(name, partitions=2)
    for name in ("payments", "orders"):
        bus.publish(name, LiveOrderPlaced("A-1"))
    with Watch(kafka_address, partitions_max=4) as watch:
        sight = watch.look(lambda topic: topic.endswith(bus.run_name))
    assert {bus.logical(name) for name in sight.topics} == {"orders", "payments"}
    assert sight.topics_left_out == 1


def test_markers_of_a_transaction_take_offsets_and_hold_nothing_up(bus, labs):
    lab = labs(bus)
    bus.create_topic("orders")
    with bus.producer(transactional_id="till") as till:
        with till.transaction():
            till.publish("orders", LiveOrderPlaced("A-1"))
        with till.transaction():
            till.publish("orders", LiveOrderPlaced("A-2"))
    eventually(lambda: lab._data["offset"] == [0, 2] and lab._data["live"]["ends"] == [4])


def test_a_record_without_an_envelope_is_shown_as_the_bytes_it_is(bus, labs, raw):
    lab = labs(bus)
    bus.create_topic("sensors")
    topic = bus.physical("sensors")
    raw(topic, b"\x00\xff\x10", key=b"\xfe", headers=[("trace", b"\x01"), ("unit", b"C"), ("unit", b"F")])
    raw(topic, b'{"celsius": 93}', key=b"boiler")
    raw(topic, None, key=b"boiler")
    eventually(lambda: len(lab._data["records"]) == 3)
    binary, json, tombstone = lab._data["records"].values()
    assert binary["foreign"]
    assert binary["value"] == "3 bytes that are no text: 00 ff 10"
    assert binary["key"] == "1 bytes that are no text: fe"
    assert binary["headers"] == [["trace", "1 bytes that are no text: 01"], ["unit", "C"], ["unit", "F"]]
    assert json["content"] == '{"celsius": 93}' and json["key"] == "boiler"
    assert tombstone["value"] is None and tombstone["content"] == "a tombstone"
    assert ["somebody", ""] in lab._data["actors"]


def test_a_dead_letter_goes_back_once_and_no_lab_shows_it_as_open_again(bus, labs, raw):
    bus.create_topic("orders", partitions=3)
    bus.create_topic("orders-dlq")
    dead = bus.physical("orders-dlq")
    why = [
        ("kafka_dlt-original-topic", b"orders"),
        ("kafka_dlt-exception-message", b"no tea"),
        ("who", b"me"),
    ]
    for number in range(3):
        raw(dead, f"order {number}".encode(), key=b"A-1", headers=why)
    raw(dead, b"lost", headers=[("original-topic", b"nowhere")])
    lab, other = labs(bus), labs(bus)
    title = "Dead letters in the topic orders-dlq"
    eventually(lambda: len(boxes(lab).get(title, {"rows": ()})["rows"]) == 4)
    assert [(row["reason"], row["to"]) for row in boxes(lab)[title]["rows"]] == [("no tea", "orders")] * 3 + [
        ("no header says why", "")
    ]
    assert lab._asked({"do": "redrive", "id": f"topic {dead}", "at": [[0, 1]]}) == ""
    for each in (lab, other):
        eventually(lambda each=each: open_in(each, title) == [[0, 0], [0, 2], [0, 3]])
    other._asked({"do": "redrive", "id": f"topic {dead}", "at": None})
    eventually(lambda: open_in(lab, title) == [[0, 3]])
    lab._asked({"do": "redrive", "id": f"topic {dead}", "at": [[0, 1]]})  # somebody had an old page open
    eventually(lambda: lab._watcher._jobs.empty())
    back = [record for record in bus.consumer("orders", "billing").poll()]
    assert [record.value for record in back] == [b"order 1", b"order 0", b"order 2"]
    assert back[0].headers == {"who": b"me", FROM: f"{dead}[0]@1".encode()}
    assert {record.partition for record in back} == {partition_for(b"A-1", 3)}
    fresh = labs(bus)
    eventually(lambda: boxes(fresh))
    assert open_in(fresh, title) == [[0, 3]]
    assert boxes(fresh)[title]["note"].startswith("3 redriven already.")
    assert REDRIVEN not in repr(fresh)
    with Watch(bus.address) as watch:  # two labs at the same moment: the second one finds the note
        letter = watch.look(lambda topic: topic == dead).records[dead, 0][1]
        assert Redrive(bus.address, watch.admin).letter(letter, bus.physical("orders"), 3) is False


def test_letters_of_another_program_go_back_to_their_topic_and_are_forgotten(bus, labs, tmp_path):
    orders = bus.create_topic("orders")
    letters = DeadLetters(SqliteDatabase(tmp_path / "billing.sqlite"), "billing")
    for number in range(2):
        record = bus.publish(orders, LiveOrderPlaced(f"A-{number}"), key=f"A-{number}")
        letters.park(record, LookupError("no tea"))
    lab = labs(bus).show(letters)
    eventually(lambda: lab._data["live"]["status"] == "")
    said = lab._asked({"do": "redrive", "id": "database 0", "at": None})
    assert said == "Redriven 2 to orders."
    assert len(letters) == 0 and boxes(lab)["Dead letters of billing"]["rows"] == []
    again = bus.consumer(orders, "billing").poll()
    assert [record.event.order_id for record in again] == ["A-0", "A-1", "A-0", "A-1"]
    assert again[0].envelope.id == again[2].envelope.id


def test_letters_of_this_kernel_are_handled_by_their_own_handler(bus, labs):
    orders = bus.create_topic("orders")
    letters, there_is_tea = DeadLetters(SqliteDatabase(name="bar"), "barista"), []

    def make(record):
        if not there_is_tea:
            raise LookupError("no tea")

    guarded = letters.guard(make)
    guarded(bus.publish(orders, LiveOrderPlaced("A-1"), key="A-1"))
    lab = labs(bus).show(letters)
    (row,) = boxes(lab)["Dead letters of barista"]["rows"]
    assert row["reason"] == "LookupError: no tea"
    there_is_tea.append(True)
    assert lab._asked({"do": "redrive", "id": "database 0"}) == "barista: Redriven 1, still there 0."
    assert boxes(lab)["Dead letters of barista"]["rows"] == []


def test_a_consumer_of_this_kernel_is_paused_resumed_and_crashed(bus, labs):
    lab = labs(bus)
    bus.create_topic("orders")
    billing = bus.consumer("orders", "billing")
    bus.publish("orders", LiveOrderPlaced("A-1"))
    assert lab._asked({"do": "member", "word": "pause", "name": "billing"}).startswith("billing is paused")
    assert billing.poll() == []
    lab._asked({"do": "member", "word": "resume", "name": "billing"})
    assert len(billing.poll()) == 1
    lab._asked({"do": "member", "word": "crash", "name": "billing"})
    assert billing.ended == "crashed"
    assert "there are: none" in lab._asked({"do": "member", "word": "crash", "name": "billing"})
    eventually(lambda: lag_of(lab, "billing") is not None or not lab._data["groups"])


def test_time_travel_says_why_not(bus, labs):
    lab = labs(bus)
    with pytest.raises(UsageError, match="A real broker has only its present"):
        lab.strike("crash", "billing", step=1)
    with pytest.raises(UsageError, match="A real broker has only its present"):
        lab.do("join", "billing", step=1)


def test_it_stops_with_the_last_page_that_shows_it_and_begins_again_with_a_new_one(bus, labs):
    lab = labs(bus)
    lab._asked({"do": "looking", "view": "one"})
    lab._asked({"do": "looking", "view": "two"})
    lab._asked({"do": "closed", "view": "one"})
    assert lab.going
    lab._asked({"do": "closed", "view": "two"})
    assert not lab.going
    lab._asked({"do": "looking", "view": "three"})
    assert lab.going
    lab.stop()
    eventually(lambda: not any(thread.name == f"lab {lab.address}" for thread in threading.enumerate()))
    lab._asked({"do": "looking", "view": "three"})  # a page that shows it doesn't start it against one's will
    assert not lab.going


def test_a_broker_that_is_not_there_is_found_once_it_is_and_missed_when_it_goes(tmp_path, labs):
    """One start of a broker for both: starting it twice would take as long as all other tests here."""
    try:
        available()
    except Problem as problem:
        pytest.skip(f"real Kafka: {problem}")
    broker, port = JavaBroker(tmp_path / "kafka", default_libs()), free_port()
    missed = f"The broker at localhost:{port} does not answer since "
    lab = labs(f"localhost:{port}")
    eventually(lambda: lab._data["live"]["status"].startswith(missed))
    broker.start(port)
    try:
        eventually(lambda: lab._data["live"]["status"] == "")
        admin = KafkaAdminClient(bootstrap_servers=f"localhost:{port}")
        admin.create_topics({"orders": {"num_partitions": 1, "replication_factor": 1}})
        admin.close()
        eventually(lambda: lab._data["topics"] == [["orders", 1]])
    finally:
        broker.stop()
    eventually(lambda: lab._data["live"]["status"].startswith(missed))
    assert lab._data["topics"] == [["orders", 1]]  # what was there stays in sight
    assert lab.going and "does not answer since" in repr(lab)
    assert lab._asked({"do": "redrive", "id": "topic orders-dlq"}).startswith("Nothing was redriven")
