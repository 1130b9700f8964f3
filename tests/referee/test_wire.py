"""What crosses the pipe arrives as what it was, or as an error where it is malformed."""

import dataclasses
from collections import OrderedDict, namedtuple
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.msgpack import Ext, encode

from sandbox import Command, Event
from sandbox.confined import telling
from sandbox.confined.meaning import MEANING, Stranger
from sandbox.confined.ports import METHODS, port
from sandbox.confined.shapes import Classes
from sandbox.confined.wire import BYTES_MAX, PORT_CLASSES, Wire
from sandbox.errors import BrokerUnreachable, ConcurrencyConflict, UsageError
from sandbox.messages import Envelope, Record, Stored
from sandbox.messages.event import Published
from sandbox.ports import Assignment, Charge, StoredEvent, Topic


class End(Wire):
    """An end for which functions are things, as for both real ones."""

    def __init__(self, first):
        super().__init__(Classes("submission", *PORT_CLASSES), first)

    def kind_of(self, thing):
        return "function" if callable(thing) else ""

    def stub(self, number, kind):
        if kind not in METHODS:
            raise KeyError(kind)
        return port(self, number, kind)


def crossed(value, keeps=False):
    """The value, as the other end gets it."""
    return End(1).read(End(0).write(value, keeps=keeps))[0]


def there_and_back(value):
    here, there = End(0), End(1)
    return here.read(there.write(*there.read(here.write(value))))[0]


@dataclass(frozen=True)
class Line:
    sku: str
    count: int


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    lines: tuple[Line, ...]
    at: datetime | None = None


@dataclass(frozen=True)
class PlaceOrder(Command, type="shop.PlaceOrder"):
    order_id: str


class Size(StrEnum):
    SMALL = "small"


keys = st.text(max_size=5) | st.integers() | st.booleans() | st.none() | st.tuples(st.integers(), st.text())
atoms = (
    st.none()
    | st.just(...)
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.dates()
    | st.datetimes(timezones=st.none() | st.just(UTC)).map(lambda moment: moment.replace(fold=0))
    | st.times().map(lambda moment: moment.replace(fold=0))
    | st.timedeltas()
    | st.decimals(allow_nan=False)
    | st.uuids()
)
values = st.recursive(
    atoms,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(keys, inner, max_size=4)
        | st.sets(keys, max_size=4)
        | st.frozensets(keys, max_size=4)
    ),
    max_leaves=15,
)


@pytest.mark.parametrize("view", [dict.keys, dict.values, dict.items])
def test_a_view_of_a_dict_arrives_as_what_is_in_it(view):
    shown = view({"mocha": 2, "chai": 1})
    assert crossed(shown) == tuple(shown)


@given(values, st.booleans())
def test_data_arrives_as_it_was(value, keeps):
    arrived = crossed(value, keeps)
    assert arrived == value
    assert in_detail(arrived) == in_detail(value)


def in_detail(value):
    """True is no 1, a tuple is no list, and -0.0 is not 0.0."""
    match value:
        case list() | tuple():
            return [type(value), *map(in_detail, value)]
        case dict():
            return [dict, *((in_detail(key), in_detail(each)) for key, each in value.items())]
        case set() | frozenset():
            return [type(value), *sorted(map(repr, value))]
    return repr(value)


@pytest.mark.parametrize(
    ("value", "arrives_as"),
    [
        (Size.SMALL, "small"),
        (namedtuple("Pair", "a b")(1, 2), (1, 2)),
        (OrderedDict(a=1), {"a": 1}),
        (2**200, 2**200),
        (-(2**63) - 1, -(2**63) - 1),
        ({"a": 1}.keys() | {"b"}, {"a", "b"}),
    ],
)
def test_of_a_subclass_the_data_arrives(value, arrives_as):
    assert crossed(value) == arrives_as
    assert type(crossed(value)) is type(arrives_as)


def test_an_iterator_arrives_as_one():
    assert list(crossed(number * 2 for number in range(3))) == [0, 2, 4]


ENVELOPE = Envelope("1", "shop", "OrderPlaced", datetime(2026, 1, 1, 9, tzinfo=UTC), subject="A-1")
STORED = Stored(b"A-1", b"{}", ENVELOPE, datetime(2026, 1, 1, 9, tzinfo=UTC), {"by": b"x"})


@pytest.mark.parametrize("value", [ENVELOPE, STORED, Charge("c-1", "A", 5, "k"), Topic("orders", 3)])
def test_what_ports_speak_of_arrives_as_what_it_was(value):
    assert crossed(value) == value
    assert type(crossed(value)) is type(value)


def test_a_record_arrives_with_its_bytes():
    record = crossed(Record("orders", 1, 5, STORED, Published()))
    assert (record.place, record.key, record.stored) == ("orders[1]@5", "A-1", STORED)


def test_an_event_arrives_as_one_of_a_class_like_its_own():
    event = OrderPlaced("A-1", (Line("mug", 2),), datetime(2026, 1, 1, tzinfo=UTC))
    arrived = crossed(event)
    assert repr(arrived) == repr(event)
    assert isinstance(arrived, Event) and arrived.type_name == "OrderPlaced"
    assert arrived.to_json() == event.to_json()
    assert type(arrived).from_json(event.to_json()) == arrived
    assert dataclasses.replace(arrived, order_id="A-2").order_id == "A-2"


def test_a_stored_event_arrives_as_it_was():
    arrived = crossed(StoredEvent("order-1", 3, 7, OrderPlaced("A-1", (Line("mug", 2),)), ENVELOPE))
    assert type(arrived) is StoredEvent
    assert (arrived.stream, arrived.version, arrived.position, arrived.envelope) == (
        "order-1",
        3,
        7,
        ENVELOPE,
    )
    assert arrived.event.lines[0].sku == "mug"


def test_an_assignment_is_walked_through_in_order_over_there_too():
    many = Assignment((name, number) for name in ("orders", "bills") for number in range(5))
    arrived = crossed(many)
    assert type(arrived) is Assignment
    assert list(arrived) == list(many) == sorted(many)
    assert repr(arrived) == "{('bills', 0), " + repr(many)[len("{('bills', 0), ") :]


def test_a_command_keeps_the_name_of_its_type():
    arrived = crossed(PlaceOrder("A-1"))
    assert isinstance(arrived, Command) and arrived.type_name == "shop.PlaceOrder"


def test_what_comes_home_is_what_has_left():
    def handle(record):
        """A function."""

    error = ValueError("x")
    assert there_and_back(handle) is handle
    assert there_and_back(error) is error
    assert type(there_and_back(OrderPlaced("A-1", ()))) is OrderPlaced


@pytest.mark.parametrize(
    ("error", "caught_as"),
    [
        (TimeoutError("no answer"), TimeoutError),
        (KeyError("A-1"), KeyError),
        (KeyError(2**80), KeyError),
        (FileNotFoundError(2, "No such file"), FileNotFoundError),
        (BrokerUnreachable("no answer"), BrokerUnreachable),
        (type("OutOfStock", (ValueError,), {})("no mugs"), ValueError),
        (UnicodeDecodeError("utf-8", b"x", 0, 1, "why"), UnicodeDecodeError),
        (ExceptionGroup("two", [ValueError("a"), TypeError("b")]), Exception),
        (ConcurrencyConflict("late", stream="A-1", expected=1, actual=2), ConcurrencyConflict),
    ],
)
def test_an_error_is_caught_as_what_it_was(error, caught_as):
    arrived = crossed(error)
    assert isinstance(arrived, caught_as)
    assert type(arrived).__name__ == type(error).__name__
    assert str(arrived) == str(error)


def test_an_error_keeps_its_facts():
    arrived = crossed(ConcurrencyConflict("late", stream="A-1", expected=1, actual=2))
    assert (arrived.stream, arrived.expected, arrived.actual, arrived.definite) == ("A-1", 1, 2, True)


class Liar:
    def __eq__(self, other):
        return True

    __hash__ = None

    def __repr__(self):
        raise SystemError("no")


def test_an_object_that_equals_everything_equals_nothing_over_there():
    stranger = crossed(Liar())
    assert isinstance(stranger, Stranger)
    assert type(stranger).__name__ == "Liar"
    assert stranger not in (5, "x", Liar)


class Card(NamedTuple):
    cents: int
    name: str = "Ada"


def test_what_can_not_cross_comes_back_as_what_it_was():
    """As an aggregate's state does: the grader hands on what the code has given it."""
    theirs, ours = End(1), End(0)
    theirs.marks = True
    card, liar = Card(420), Liar()
    (here,) = ours.read(theirs.write([card, (liar,)]))
    (back,) = theirs.read(ours.write(here))
    assert back[0] is card and back[1][0] is liar


def test_a_named_tuple_is_like_any_other_one_over_there():
    theirs, ours = End(1), End(0)
    theirs.marks = True
    (here,) = ours.read(theirs.write(Card(420)))
    assert here == (420, "Ada") and isinstance(here, tuple) and not hasattr(here, "cents")
    assert End(1).read(End(0).write(here)) == [(420, "Ada")], "to another process it is plain"
    assert type(crossed(Card(420))) is tuple, "what the grader hands over is plain"


def test_a_list_that_is_handed_over_stays_the_same_one():
    here, there = End(0), End(1)
    order = {"drinks": ["flat white"], "extras": []}
    theirs = there.read(here.write(order, keeps=True))[0]
    theirs["drinks"].append("oat milk")
    theirs["more"] = theirs["drinks"]
    back = here.read(there.write(theirs, keeps=True))[0]
    assert back is order
    assert order["drinks"] == ["flat white", "oat milk"]
    assert order["more"] is order["drinks"]


def test_a_list_that_holds_itself_crosses_where_lists_are_kept():
    loop = []
    loop.append(loop)
    arrived = crossed(loop, keeps=True)
    assert arrived[0] is arrived
    with pytest.raises(UsageError, match="nested so deeply"):
        crossed(loop)


@pytest.mark.parametrize(
    "value", ["x" * (BYTES_MAX + 1), 2**100_000, "\ud800"], ids=["text", "number", "half"]
)
def test_what_is_too_large_or_no_text_can_not_be_sent(value):
    with pytest.raises(UsageError):
        End(0).write(value)


# Whatever bytes arrive


def heard(data):
    """What a reader makes of the bytes: a list, or the one error that is allowed."""
    try:
        return End(0).read(data)
    except UsageError as error:
        return error


extensions = st.builds(Ext, st.integers(0, 25), st.binary(max_size=60))
inside = st.lists(st.integers(-5, 5) | st.text(max_size=3) | st.binary(max_size=3) | extensions, max_size=5)
almost = st.builds(
    lambda code, inner: encode([Ext(code, encode(inner))]), st.sampled_from(list(MEANING)), inside
)


@given(st.binary(max_size=200) | almost | st.lists(extensions, max_size=4).map(encode))
@example(encode([{"a": 1}]))
@example(encode([[1]]))
@example(encode([Ext(telling.KEPT, encode((1, 99, b"")))]))
@example(encode([Ext(telling.THING_BACK, encode(10**9))]))
@example(encode([Ext(telling.ERROR, encode((0, (["No"], "x", [], {}, None))))]))
@example(encode([Ext(telling.ERROR, encode((0, ([], "x", [], {}, None))))]))
@example(encode([Ext(telling.PART, encode((b"\xc1", b"\x90")))]))
@example(encode([Ext(telling.CLASS, encode([1, 2, 3]))]))
@example(encode([Ext(telling.WORD, encode(("Decimal", "x")))]))
@example(encode([Ext(telling.DICT, encode([1]))]))
@example(encode([Ext(telling.SET, encode([Ext(telling.LIST, encode([]))]))]))
def test_any_bytes_are_a_message_or_a_usage_error(data):
    assert isinstance(heard(data), list | UsageError)


def test_deep_nesting_is_refused():
    data = encode([])
    for _ in range(5_000):
        data = encode([Ext(telling.LIST, data)])
    assert isinstance(heard(data), UsageError)


def test_keys_that_collide_are_refused_before_they_are_compared():
    flat = [part for number in range(1, 30_000) for part in (number * (2**61 - 1) % 2**63, None)]
    assert isinstance(heard(encode([Ext(telling.DICT, encode(flat))])), UsageError)


@pytest.mark.parametrize(
    "shape",
    [
        ("A: pass", "Event", "A", True, ()),
        ("A", "Event", "A", True, (("x: int = print(1) #", ("str",)),)),
        ("A", "Event", "A", True, (("to_json", ("str",)),)),
        ("A", "Event", "A", True, (("__init__", ("str",)),)),
        ("A", "object", "A", True, ()),
        ("A", "Event", "A", True, (("x", ("sandbox.errors",)),)),
        ("A", "Event", "A", True, tuple((f"x{number}", ("str",)) for number in range(200))),
        ("A",),
        (),
        "A",
        5,
    ],
)
def test_a_shape_that_is_none_makes_no_class(shape):
    with pytest.raises(UsageError):
        Classes("submission").find(encode(shape))


@pytest.mark.parametrize("value", [Decimal("1.50"), UUID(int=5), date(2026, 1, 1), time(9), timedelta(1)])
def test_words(value):
    assert crossed(value) == value
