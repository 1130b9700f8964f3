"""The live lab without a broker: what looks become, and what it may remember."""

import asyncio
from types import SimpleNamespace

import pytest

from sandbox.adapters.kafka.letters import Done, are_dead_letters, origin_of, reason_of
from sandbox.adapters.kafka.watch import Group, Sight
from sandbox.adapters.kafka.wire import to_wire
from sandbox.clock import OPENING
from sandbox.errors import SandboxError, UsageError
from sandbox.messages import Envelope
from sandbox.patterns import DeadLetters
from sandbox.store import SqliteDatabase
from sandbox.views import Lab
from sandbox.views.lab.live.audience import Audience
from sandbox.views.lab.live.board import Board
from sandbox.views.lab.live.decoded import TEXT_MAX, decoded, in_words
from sandbox.views.lab.live.history import SAMPLES_MAX, History
from sandbox.views.lab.live.letters import in_database
from sandbox.views.lab.live.scope import Scope, address_in, runs_in
from sandbox.views.lab.live.words import facts, lags

MINUTE_MS = 60_000


def record(topic="orders", partition=0, offset=0, value=b"{}", key=b"A-1", headers=(), timestamp=1000):
    """What kafka-python gives for a record."""
    return SimpleNamespace(
        topic=topic, partition=partition, offset=offset, value=value, key=key, headers=list(headers),
        timestamp=timestamp + offset,
    )  # fmt: skip


def ours(offset, source, **options):
    """One in our envelope."""
    envelope = Envelope(id=f"{source}-{offset}", source=source, type="lab.OrderPlaced", time=OPENING)
    value, headers = to_wire(envelope, b'{"order_id":"A-1","total":10}')
    return record(offset=offset, value=value, headers=headers, **options)


def sight(records=(), groups=(), topics=None, starts=None, ends=None):
    """A look that has seen these."""
    topics = topics or {"orders": 1}
    places = [(topic, number) for topic, count in topics.items() for number in range(count)]
    kept = {at: [raw for raw in records if (raw.topic, raw.partition) == at] for at in places}
    newest = {at: kept[at][-1].offset + 1 if kept[at] else 0 for at in places}
    return Sight(
        topics=topics,
        starts=dict.fromkeys(places, 0) | (starts or {}),
        ends=newest | (ends or {}),
        groups=list(groups),
        records=kept,
        all_topics=sorted(topics),
    )


def group(name="billing", members=None, committed=None, topics=("orders",)):
    return Group(name, "Stable", members or {}, frozenset(topics), committed or {})


def framed(data, **live):
    about = {"status": "", "run": "", "letters": [], "keep": 40}
    return data | {"lab": {"title": "here"}, "live": data["live"] | about | live}


def test_lag_is_what_is_there_and_not_committed_and_deleted_records_are_nobodys_debt():
    board = Board(Scope())
    at = ("orders", 0)
    seen = sight(
        [ours(number, "till") for number in range(5, 9)],
        [group("billing", committed={at: 7}), group("email"), group("old", committed={at: 2})],
        starts={at: 5},
    )
    data = board.picture(seen, 0)
    assert lags(data) == [2, 4, 4]
    assert data["live"]["done"] == [7, 5, 5]


def test_a_partition_that_a_group_has_never_committed_counts_whole():
    seen = sight(
        groups=[group(committed={("orders", 0): 4})], topics={"orders": 2, "other": 1},
        ends={("orders", 0): 4, ("orders", 1): 3, ("other", 0): 9},
    )  # fmt: skip
    assert lags(Board(Scope()).picture(seen, 0)) == [3]


def test_who_publishes_and_reads_is_one_actor_and_who_has_no_envelope_is_somebody():
    seen = sight(
        [ours(0, "till"), ours(1, "billing"), record(offset=2)], [group(members={"billing": [("orders", 0)]})]
    )
    data = Board(Scope()).picture(seen, 0)
    assert data["actors"] == [["billing", "billing"], ["somebody", ""], ["till", ""]]
    assert [data["actors"][actor][0] for actor in data["actor"]] == ["till", "billing", "somebody"]


def test_two_groups_may_have_members_of_one_name():
    both = [group(name, {"java-1": [("orders", 0)]}) for name in ("billing", "email")]
    data = Board(Scope()).picture(sight(groups=both), 0)
    assert data["actors"] == [["java-1", "billing"], ["java-1", "email"]]


def test_a_member_that_has_gone_keeps_its_row_for_half_a_minute():
    board = Board(Scope())
    board.picture(sight(groups=[group(members={"billing": [("orders", 0)]})]), 0)
    data = board.picture(sight(groups=[group()]), 29_000)
    assert data["actors"] == [["billing", "billing"]] and data["deals"][0][3] == {}
    assert board.picture(sight(groups=[group()]), 31_000)["actors"] == []


def test_members_that_come_and_go_do_not_pile_up():
    board = Board(Scope())
    for number in range(50):
        data = board.picture(sight(groups=[group(members={f"billing-{number}": []})]), number)
    assert len(data["actors"]) == 7


def test_topics_stay_where_they_are_when_their_first_records_are_gone():
    board, topics = Board(Scope()), {"orders": 1, "payments": 1, "empty": 1}
    early, late = record("payments", timestamp=1_000), record("orders", timestamp=9_000)
    names = [["payments", 1], ["orders", 1], ["empty", 1]]
    assert board.picture(sight([early, late], topics=topics), 0)["topics"] == names
    later = record("payments", offset=5, timestamp=90_000)
    assert board.picture(sight([late, later], topics=topics), 1)["topics"] == names


def test_memory_is_bounded_by_what_a_look_keeps():
    board = Board(Scope())
    for number in range(100):
        board.picture(sight([record(offset=number)]), number)
    assert len(board._known) == 1


def test_a_run_is_shown_by_the_names_of_its_program():
    scope = Scope("3fa2b1")
    assert scope.holds("orders.3fa2b1") and not scope.holds("orders.000000")
    assert scope.shown("orders.3fa2b1") == "orders" and Scope().shown("orders.3fa2b1") == "orders.3fa2b1"
    assert scope.physical("orders", ["orders", "orders.3fa2b1"]) == "orders.3fa2b1"
    assert Scope().physical("orders", ["orders.3fa2b1"]) is None
    assert runs_in(["a.3fa2b1", "b.3fa2b1", "plain", "v1.two"]) == {"3fa2b1": 2}


def test_throughput_is_a_mean_since_the_sample_before_and_a_gap_breaks_the_line():
    history, at = History(), ("orders", 0)
    history.add(0, {at: 10}, {}, {"billing": 10})
    history.add(2_000, {at: 30}, {("billing", *at): 10}, {"billing": 20})
    history.gap(3_000)
    history.add(5_000, {at: 90}, {("billing", *at): 90}, {})
    columns = history.columns()
    assert columns["published"] == [None, 10.0, None, None]
    assert columns["lags"] == {"billing": [10, 20, None, None]}
    for number in range(2 * SAMPLES_MAX):
        history.add(number, {at: number}, {}, {})
    assert len(history.columns()["ms"]) == SAMPLES_MAX


def test_text_shows_what_the_picture_shows():
    data = Board(Scope()).picture(sight([ours(0, "till")], [group(members={"billing": []})]), 0)
    letters = [{"title": "Dead letters in the topic orders-dlq", "rows": [{}]}]
    assert facts(framed(data, letters=letters)).splitlines() == [
        "The lab: here, as of 00:00:00 UTC",
        "  orders             1 partition, 1 offset",
        "  group billing      lag 1, 1 member, Stable",
        "  Dead letters in the topic orders-dlq: 1 open",
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, None),
        (b"", ""),
        ("Käse\n".encode(), "Käse\n"),
        (b"\x00A", "2 bytes that are no text: 00 41"),
        (b"\xff" * 100, f"100 bytes that are no text: {'ff ' * 48}… the first 48"),
    ],
)
def test_bytes_are_text_only_where_they_are(data, words):
    assert in_words(data) == words


def test_a_long_value_is_cut_and_says_so():
    found = decoded(record(value=b"x" * 5_000), "orders")
    assert found["size"] == 5_000
    assert found["value"].endswith(f"… (5,000 letters; {TEXT_MAX:,} are shown)")


def test_an_event_of_an_unknown_class_is_read_all_the_same():
    found = decoded(ours(0, "till"), "orders")
    assert found["content"] == "OrderPlaced(order_id='A-1', total=10)"
    assert found["id"] == "till-0" and found["time"] == "2026-01-01T09:00:00.000Z"
    assert ["ce_type", "lab.OrderPlaced"] in found["headers"] and not found["foreign"]


@pytest.mark.parametrize(
    ("topic", "is_one"),
    [
        ("orders-dlq", True),
        ("orders.DLT", True),
        ("dead-letters", True),
        ("orders-dlq.3fa2b1", True),
        ("billing_dead_letter", True),
        ("orders", False),
        ("handled", False),
        ("dlqueue", False),
    ],
)
def test_topics_of_dead_letters_are_known_by_their_names(topic, is_one):
    assert are_dead_letters(topic) == is_one


@pytest.mark.parametrize(
    ("topic", "headers", "run", "origin"),
    [
        ("orders-dlq", [], None, "orders"),
        ("orders-dlq.3fa2b1", [], None, "orders.3fa2b1"),
        ("dead-letters", [], None, None),
        ("dead-letters", [("kafka_dlt-original-topic", b"orders")], None, "orders"),
        ("dead-letters.3fa2b1", [("original-topic", b"orders")], "3fa2b1", "orders"),
        ("orders-dlq", [("original-topic", b"gone")], None, None),
        ("orders-dlq", [("original-topic", b"orders-dlq")], None, None),
    ],
)
def test_a_letter_goes_back_where_its_headers_or_its_topic_say(topic, headers, run, origin):
    there = ["orders", "orders.3fa2b1", "orders-dlq", "dead-letters", topic]
    assert origin_of(record(topic, headers=headers), there, run) == origin


def test_the_reason_of_a_letter_is_in_a_header_or_unknown():
    assert reason_of(record(headers=[("__connect.errors.exception.message", b"no tea")])) == "no tea"
    assert reason_of(record(headers=[("error", None)])) == "no header says why"


def test_a_database_that_cannot_be_read_is_no_broker_that_is_gone(tmp_path):
    with SqliteDatabase(tmp_path / "billing.sqlite") as db:
        letters = DeadLetters(db, "billing")
        db.execute("DROP TABLE dead_letters")
        box = in_database(letters, 0)
    assert (box["rows"], box["can"]) == ([], False)
    assert "no such table: dead_letters" in box["note"]


def test_what_was_redriven_prints_as_ranges_and_reads_back():
    done = Done(3)
    for offset in (9, 7, 11, 10):
        done = done.with_offset(offset)
    assert (done.before, str(done)) == (3, "7, 9-11")
    again = Done.parse(3, str(done))
    assert [offset for offset in range(13) if offset in again] == [0, 1, 2, 7, 9, 10, 11]
    for offset in (3, 4, 5, 6):
        again = again.with_offset(offset)
    assert (again.before, str(again)) == (8, "9-11")
    assert str(Done.parse(5, "somebody else's words")) == ""


@pytest.mark.parametrize("text", ["localhost:9092", "kafka://localhost:9092"])
def test_a_broker_is_named_by_its_address(text):
    assert address_in(text) == "localhost:9092"


@pytest.mark.parametrize("text", ["localhost", "sim://", "http://localhost:9092", "localhost:many", ""])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(UsageError, match="names no broker"):
        Lab(text)


@pytest.mark.parametrize(
    ("options", "said"),
    [({"keep": 0}, "keep from 1"), ({"every": 0}, "look every"), ({"script": "seed 0"}, "only its present")],
)
def test_options_that_make_no_sense_are_refused(options, said):
    with pytest.raises(SandboxError, match=said):
        Lab("localhost:1", **options)


def test_silence_counts_only_while_the_kernel_is_free_to_listen():
    now, gone = [0.0], []
    audience = Audience(clock=lambda: now[0])

    async def story():
        audience.heard("page")
        for second in range(0, 700, 2):
            now[0] = float(second)
            if not 200 <= second < 400:  # in between, a cell runs
                await asyncio.sleep(0)
            if second < 150:
                audience.heard("page")
            if audience.is_gone():
                gone.append(second)

    asyncio.run(story())
    assert gone[0] == 502  # free again at 400, and silent since


def test_a_lab_that_no_page_has_shown_is_not_missed():
    audience = Audience(clock=lambda: 1e9)
    assert not audience.is_gone()
    audience.heard("page")
    assert audience.left("page")


def test_without_a_broker_it_says_so_and_goes_on_looking():
    lab = Lab("localhost:1")
    assert "The broker at localhost:1 does not answer since" in repr(lab)
    assert lab.going
    assert not lab.stop().going
