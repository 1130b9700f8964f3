"""Whatever the other end says, the referee hears an answer, an exception of the code, or that it is over."""

import pytest
from greenlet import GreenletExit
from hypothesis import given
from hypothesis import strategies as st

from sandbox.confined.shapes import Classes
from sandbox.confined.wire import PORT_CLASSES, Wire
from sandbox.errors import Crashed, UsageError
from sandbox.referee.far import FarEnd, FarFunction
from sandbox.referee.processes import ProcessEnded


class Script(Wire):
    """A process that answers what is written in its part, and then no more."""

    def __init__(self, *answers):
        super().__init__(Classes("submission", *PORT_CLASSES), first=1)
        self.answers = list(answers)
        self.heard = []
        self.ended = False

    def kind_of(self, thing):
        return "function" if callable(thing) else ""

    def stub(self, number, kind):
        return (number, kind)

    def exchange(self, message):
        self.heard.append(self.read(message))
        answer = self.answers.pop(0)
        return answer if isinstance(answer, bytes) else self.write(*answer)

    def end(self):
        self.ended = True


def far(*answers):
    script = Script(*answers)
    return FarEnd(Classes("submission", *PORT_CLASSES), script), script


def test_an_answer_is_an_answer():
    end, script = far(("return", 0, 5, ()))
    assert end.talk("get", "relay") == 5
    assert not script.ended


def test_what_the_code_raises_is_raised_and_it_lives_on():
    end, script = far(("raise", 0, ValueError("no"), ()), ("return", 1, 5, ()))
    with pytest.raises(ValueError, match="no"):
        end.talk("get", "relay")
    assert end.talk("get", "relay") == 5
    assert not script.ended


def test_a_function_of_ours_is_called_for_it():
    end, script = far(
        ("return", 0, lambda: None, ()),
        ("ask", 1, 0, "call", (2, 3), (("more", 4),)),
        ("return", 1, "done", ()),
    )
    add = end.talk("get", "relay")
    assert isinstance(add, FarFunction)
    assert add(lambda a, b, more: a + b + more) == "done"
    assert script.heard[-1][:3] == ["return", 1, 9]


def test_what_it_asks_in_vain_is_raised_over_there():
    def fail():
        raise LookupError("nothing")

    end, script = far(
        ("return", 0, lambda: None, ()), ("ask", 1, 0, "call", (), ()), ("return", 1, "caught", ())
    )
    assert end.talk("get", "relay")(fail) == "caught"
    kind, _, error = script.heard[-1]
    assert kind == "raise" and type(error) is LookupError


@pytest.mark.parametrize("ending", [Crashed("dead"), KeyboardInterrupt(), GreenletExit()])
def test_after_a_crash_nothing_is_said_any_more(ending):
    def fail():
        raise ending

    end, script = far(("return", 0, lambda: None, ()), ("ask", 1, 0, "call", (), ()))
    with pytest.raises(type(ending)):
        end.talk("get", "relay")(fail)
    assert script.ended
    with pytest.raises(ProcessEnded):
        end.talk("get", "relay")


BROKEN = [
    ("return", 7, None, ()),  # another call's
    ("return", 0, None),
    ("return", 0, None, []),
    ("raise", 0, "no exception", ()),
    ("ask", 0, 0, "call", (), ()),  # nothing was handed over
    ("ask", 0, -1, "write", (), ()),
    ("ask", 0, "db", "execute", (), ()),
    ("ask", 0, 0, "call", [], ()),
    ("ask", 0, 0, "call", (), ("x",)),
    ("ask", 0, 0, "call", (), ((1, 2),)),
    ("strays", (), ()),
    ("strays", ((5, "publish"),), b""),
    ("strays", 5, b""),
    ("load",),
    ("PASS",),
    (),
    b"",
    b"\xc1",
    b"PASS",
]


@pytest.mark.parametrize("answer", BROKEN, ids=repr)
def test_what_is_no_message_ends_the_process(answer):
    end, script = far(answer)
    with pytest.raises(ProcessEnded):
        end.talk("get", "relay")
    assert script.ended


words = st.sampled_from(
    ["return", "raise", "ask", "strays", "call", "get", "read", "begin", "end", "_process", "close"]
)
things = st.integers(-2, 3) | words | st.none() | st.binary(max_size=5) | st.builds(ValueError, words)
part = st.recursive(
    things, lambda inner: st.lists(inner, max_size=3).map(tuple) | st.lists(inner, max_size=3)
)
message = st.tuples(words, st.just(1), part, part, part, part) | st.lists(part, max_size=6).map(tuple)


@given(st.lists(message, min_size=1, max_size=6))
def test_no_message_does_anything_else(messages):
    called = []
    end, _ = far(("return", 0, lambda: None, ()), *messages)
    function = end.talk("get", "relay")
    try:
        function(called.append)
    except ValueError as error:
        assert any(error.args == value.args for value in flat(messages) if isinstance(value, ValueError))
    except (ProcessEnded, UsageError, IndexError):  # or its part is over
        pass


def flat(values):
    for value in values:
        if isinstance(value, list | tuple):
            yield from flat(value)
        else:
            yield value


def test_who_raises_what_ends_a_process_has_ended_his():
    end, script = far(("raise", 0, BaseException("all of you"), ()))
    with pytest.raises(ProcessEnded, match="BaseException has ended its process: all of you"):
        end.talk("get", "relay")
    assert script.ended


def test_what_is_no_data_is_not_handed_over():
    end, _ = far()
    with pytest.raises(UsageError, match="can't cross"):
        end.talk("call", object())
