"""The lab's run: beats, deeds, branches, and the data that its picture is drawn from."""

import json
from dataclasses import dataclass

import pytest

from sandbox import Event, connect
from sandbox.errors import UsageError
from sandbox.patterns import DeadLetters
from sandbox.shop import shop_beats
from sandbox.store import SqliteDatabase
from sandbox.trace import Trace
from sandbox.views import Lab
from sandbox.views.lab.picture import as_bytes
from sandbox.views.lab.script import Script
from sandbox.views.lab.travel import packed


@dataclass(frozen=True)
class Ordered(Event, type="lab.Ordered"):
    order_id: str


def cafe(bus):
    orders = bus.create_topic("orders", partitions=2)
    letters = DeadLetters(SqliteDatabase(name="bar"), "barista")
    open_from = {"tea": False}

    def make(record):
        if record.event.order_id == "A-2" and not open_from["tea"]:
            raise LookupError("no tea")

    bus.subscribe(orders, group="barista", handle=letters.guard(make))
    yield letters, letters.db
    for number in range(8):
        bus.publish(orders, Ordered(f"A-{number}"), key=f"A-{number}", source="till")
        open_from["tea"] = number > 5
        yield


def facts(lab):
    """Who did what where."""
    return [(raw.actor, raw.action, raw.topic, raw.partition, raw.offset) for raw in lab.trace.entries]


def lags(lab, group):
    """The group's lag after each step."""
    data = lab._data
    ends, done, found = {}, {}, []
    topics = dict(data["groups"])[group]
    for actor, action, topic, partition, offset in zip(
        *(data[n] for n in ("actor", "action", "topic", "partition", "offset")), strict=True
    ):
        if topic in topics and data["actions"][action] == "publish":
            ends[topic, partition] = offset + 1
        if data["actions"][action] == "commit" and data["actors"][actor][1] == group:
            done[topic, partition] = offset + 1
        found.append(sum(end - done.get(at, 0) for at, end in ends.items()))
    return found


def test_a_recipe_is_run_in_beats_until_nothing_is_left_to_do():
    lab = Lab(cafe)
    assert facts(lab).count(("till", "publish", "orders", 0, 0)) == 1
    assert lab.bus.lag("barista") == 0
    assert lab._data["beat"] == sorted(lab._data["beat"])
    assert max(lags(lab, "barista")) <= 2


def test_the_same_script_gives_the_same_run():
    assert as_bytes(Lab(cafe)._data) == as_bytes(Lab(cafe)._data)


def test_a_watched_run_is_as_one_that_nobody_watches():
    bus = connect("sim://", seed=0)
    for _ in cafe(bus):
        bus.beat(2, 6)
    bus.run()
    watched = [fact for fact in facts(Lab(cafe)) if fact[0] != "lab"]
    assert [(r.actor, r.action, r.topic, r.partition, r.offset) for r in bus.trace.entries] == watched


def test_a_crash_by_hand_leaves_the_past_alone_and_makes_the_lag_grow():
    lab = Lab(cafe)
    before = facts(lab)
    lab.strike("crash", "barista", "handle", "before", step=9)
    assert facts(lab)[:9] == before[:9]
    assert str(lab.plan).startswith("seed 0; crash barista handle ")
    assert max(lags(lab, "barista")) > 3
    assert lags(lab, "barista")[-1] == 0


@pytest.mark.parametrize(
    ("how", "words"), [("before", ["fault", "crash", "commit"]), ("after", ["commit", "fault", "crash"])]
)
def test_a_fault_is_drawn_where_it_strikes(how, words):
    lab = Lab(cafe).strike("crash", "barista", "commit", how, step=5)
    done = [raw.action for raw in lab.trace.entries if raw.actor == "barista" and raw.action != "handle"]
    struck = done.index("fault") - (how == "after")
    assert done[struck : struck + 3] == words


def test_what_travels_to_the_browser_is_what_changed_and_the_newest_letters():
    held = [[[1]], [[1], [2]], [[2]], [[2], [4], [3]], [[2], [1], [3]]]
    tables = [[step, "db", "t", ["n"], rows, len(rows)] for step, rows in enumerate(held)]
    letters = [[5, "billing", [[number] for number in range(50)]]]
    sent = packed({"tables": tables, "letters": letters})
    assert sent["tables"]["names"] == [["db", "t", ["n"]]]
    assert sent["tables"]["changes"] == [
        [0, 0, 0, 0, 0, [0], 1],
        [1, 0, 0, 1, 0, [1], 2],
        [2, 0, 1, 1, 0, [], 1],
        [3, 0, 0, 1, 0, [2, 3], 3],
        [4, 0, 0, 1, 1, [0], 3],
    ]
    assert sent["rows"][:4] == [[1], [2], [4], [3]]
    (change,) = sent["letters"]["changes"]
    assert len(change[5]) == 40 and change[6] == 50 and sent["rows"][change[5][-1]] == [49]


def test_the_plan_as_code_gives_the_same_run():
    lab = Lab(cafe).strike("crash", "barista", "commit", "before", step=5).do("join", "barista", step=11)
    names = {"Lab": Lab, "cafe": cafe}
    assert facts(eval(lab.code.splitlines()[-1], names)) == facts(lab)
    assert Script.parse(str(lab.plan)) == lab.plan


def test_the_faults_of_a_script_are_a_plan_for_any_bus():
    lab = Lab(cafe).strike("duplicate", "till", "publish", "at-once", step=4)
    bus = connect("sim://", seed=0)
    bus.faults.replay(str(lab.plan))
    for _ in cafe(bus):
        bus.beat(2, 6)
    bus.run()
    assert [str(fault) for fault in bus.faults.plan.faults] == [str(lab.plan.plan.faults[0])]


def test_a_letter_is_redriven_in_time_or_comes_back():
    early = Lab(cafe).do("redrive", "barista", step=12)
    late = Lab(cafe)
    late.do("redrive", "barista", step=len(late._data["actor"]))
    assert [len(aside[2]) for aside in early._data["letters"]][-1] == 1
    assert [len(aside[2]) for aside in late._data["letters"]][-1] == 0
    (letter,) = early._data["letters"][-1][2]
    assert letter[3].startswith("Ordered(") and letter[4] == "LookupError: no tea" and letter[5] == 2


def test_a_member_that_joins_rebalances_the_group():
    lab = Lab(cafe).do("join", "barista", step=6)
    generations = [deal[2] for deal in lab._data["deals"]]
    assert generations == sorted(generations)
    assert {len(places) for places in lab._data["deals"][-1][3].values()} == {1}


def test_a_paused_partition_waits_until_it_is_resumed_or_nothing_else_is_left():
    for lab in (
        Lab(cafe, "beat 3 pause orders[0]"),
        Lab(cafe, "beat 3 pause orders[0]; beat 6 resume orders[0]"),
    ):
        words = [raw.action for raw in lab.trace.entries]
        assert words.index("pause") < words.index("resume")
        assert lab.bus.lag("barista") == 0


def test_branches_are_kept_and_gone_back_to():
    lab = Lab(cafe)
    first = facts(lab)
    lab.strike("crash", "barista", "handle", step=9)
    assert lab._data["lab"]["runs"] == ["as it was", f"{lab.plan.plan.faults[0]}, from step 9 on"]
    lab._asked({"do": "run", "index": 0})
    assert facts(lab) == first


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"do": "fault", "word": "crash", "actor": "nobody", "step": 3}, "strikes nothing"),
        ({"do": "deed", "word": "redrive", "target": "nobody", "step": 3}, ""),
        ({"do": "deed", "word": "shout", "target": "loud", "step": 3}, "no deed is called"),
    ],
)
def test_what_cannot_be_done_is_said(message, said):
    lab = Lab(cafe)
    assert said in lab._asked(message)
    if not said:
        assert "there is no reader 'nobody' here; there are: barista" in lab._data["lab"]["ending"]


def test_a_handler_that_fails_ends_the_run_and_says_so():
    def bad(bus):
        bus.create_topic("orders")
        bus.subscribe("orders", group="g", handle=lambda record: 1 / 0)
        bus.publish("orders", Ordered("A-1"))

    assert "It ended so: ZeroDivisionError: division by zero" in repr(Lab(bad))


def test_a_bus_that_has_run_is_shown_and_its_past_stays():
    bus = connect("sim://")
    orders = bus.create_topic("orders")
    bus.subscribe(orders, group="billing", handle=lambda record: None)
    bus.publish(orders, Ordered("A-1"), source="till")
    lab = Lab(bus)
    assert "till               publish 1" in repr(lab)
    lab._asked({"do": "deliver"})
    assert "billing            handle 1, commit 1" in repr(lab)
    with pytest.raises(UsageError, match="Time travel needs a recipe"):
        lab.strike("crash", "billing", step=1)


def test_a_lost_record_takes_no_offset_and_a_repeated_one_has_its_content():
    lab = Lab(cafe).strike("drop", "till", "publish", step=2)
    assert len(lab._data["lost"]) == 1
    twice = Lab(cafe).strike("duplicate", "till", "publish", "at-once", step=2)
    ids = [record["id"] for record in twice._data["records"].values()]
    assert len(ids) == len(set(ids)) + 1


def test_the_shop_has_tables_letters_and_a_provider():
    lab = Lab(shop_beats)
    assert {content[1] for content in lab._data["tables"]} >= {"web", "inventory", "payments", "loyalty"}
    assert lab._data["lab"]["gateway"]
    assert lab._data["letters"][-1][1] == "loyalty"
    failed = Lab(shop_beats).do("gateway", "response", step=40)
    assert "gateway" in failed._data["actions"]


def test_the_saved_page_needs_nothing_else(tmp_path):
    text = Lab(cafe).save_html(tmp_path / "cafe.html").read_text(encoding="utf-8")
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "") and "https://" not in text
    assert 'src="data:image/svg+xml;base64,' in text


def test_outside_of_a_notebook_it_is_text_and_in_one_there_is_a_picture_besides():
    lab = Lab(cafe)
    bundle = lab._repr_mimebundle_()
    assert bundle["text/plain"] == repr(lab)
    assert "The lab: cafe. After " in bundle["text/html"]
    json.dumps(lab._data, default=str)
    assert repr(Lab(Trace())) == "The lab: The lab, 0 steps"
