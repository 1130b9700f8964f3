"""What upcasters promise: old events in today's shape, nothing rewritten, nothing dropped."""

import msgspec
import pytest

from sandbox.errors import UnreadableRecord, UsageError
from sandbox.schema import Upcasters


@pytest.fixture
def upcasters():
    made = Upcasters()

    @made.add("OrderPlaced", "OrderPlaced.v2")
    def with_currency(fields):
        return fields | {"currency": "EUR"}

    @made.add("OrderPlaced.v2", "OrderPlaced.v3")
    def cents(fields):
        fields["cents"] = fields.pop("euros") * 100
        return fields

    return made


def upcast(upcasters, type_name, **fields):
    name, data = upcasters.upcast(type_name, msgspec.json.encode(fields))
    return name, msgspec.json.decode(data)


def test_the_oldest_goes_through_all_steps(upcasters):
    assert upcast(upcasters, "OrderPlaced", euros=4) == ("OrderPlaced.v3", {"currency": "EUR", "cents": 400})


def test_each_begins_where_it_was_written(upcasters):
    assert upcast(upcasters, "OrderPlaced.v2", euros=4, currency="SEK") == (
        "OrderPlaced.v3",
        {"currency": "SEK", "cents": 400},
    )


def test_the_newest_and_the_unknown_are_left_byte_by_byte(upcasters):
    for name in ("OrderPlaced.v3", "OrderPaid"):
        assert upcasters.upcast(name, b'{ "cents":4}') == (name, b'{ "cents":4}')


def test_fields_that_nobody_knows_are_kept(upcasters):
    assert upcast(upcasters, "OrderPlaced", euros=4, table=7)[1]["table"] == 7


def test_a_step_can_not_change_what_another_reader_gets(upcasters):
    data = msgspec.json.encode({"euros": 4})
    assert upcasters.upcast("OrderPlaced", data) == upcasters.upcast("OrderPlaced", data)


def test_a_step_that_fails_says_which_and_for_what(upcasters):
    with pytest.raises(UnreadableRecord, match=r"OrderPlaced.v2 → OrderPlaced.v3, by cents, .*KeyError"):
        upcast(upcasters, "OrderPlaced", dollars=4)


def test_a_step_that_gives_no_fields_says_so():
    upcasters = Upcasters()
    upcasters.add("A", "B")(lambda fields: None)
    with pytest.raises(UnreadableRecord, match="no dict of fields"):
        upcast(upcasters, "A", x=1)


@pytest.mark.parametrize("data", [b"[1]", b"\xff", b""])
def test_what_is_no_object_is_unreadable(upcasters, data):
    with pytest.raises(UnreadableRecord, match="no JSON object"):
        upcasters.upcast("OrderPlaced", data)


def test_forks_and_circles_are_refused(upcasters):
    with pytest.raises(UsageError, match=r"led to OrderPlaced.v2 already"):
        upcasters.add("OrderPlaced", "OrderPlaced.v4")
    with pytest.raises(UsageError, match="circle"):
        upcasters.add("OrderPlaced.v3", "OrderPlaced")
    assert (
        repr(upcasters) == "OrderPlaced → OrderPlaced.v2, by with_currency\n"
        "OrderPlaced.v2 → OrderPlaced.v3, by cents"
    )
