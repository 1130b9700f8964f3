"""A plan of faults is text, and the text is the plan."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.errors import UsageError
from sandbox.faults import HOW, Fault, Plan

words = st.sampled_from(sorted(HOW))
names = st.text(
    st.characters(exclude_categories=["C", "Z"], exclude_characters=";", include_characters=" "), min_size=1
)


@st.composite
def faults(draw):
    word = draw(words)
    ways = HOW[word]
    how = f"{draw(st.integers(-(10**9), 10**9))}ms" if ways == "ms" else draw(st.sampled_from(ways or ("",)))
    return Fault(word, draw(names), draw(names), draw(st.integers(1, 10**6)), how)


@given(st.builds(Plan, st.integers(), st.lists(faults(), max_size=4).map(tuple)))
def test_what_a_plan_prints_reads_back_as_the_same_plan(plan):
    assert Plan.parse(str(plan)) == plan


def test_the_first_way_is_meant_where_none_is_said():
    assert str(Fault.parse("crash billing commit 2")) == "crash billing commit 2 before"


def test_a_plan_may_stand_on_lines():
    assert Plan.parse("seed 3\ndrop till publish 1\n") == Plan(3, (Fault("drop", "till", "publish", 1),))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("burn till publish 1", "no fault is called 'burn'"),
        ("crash till publish 0", "counted from 1"),
        ("crash till publish one", "is no fault"),
        ("crash till publish 1 sideways", "before, after"),
        ("delay till publish 1", "milliseconds"),
        ("delay till publish 1 long", "milliseconds"),
        ("drop till publish 1 hard", "has no ways"),
        ("seed x; drop till publish 1", "whole number"),
    ],
)
def test_what_is_no_plan_says_why(text, says):
    with pytest.raises(UsageError, match=says):
        Plan.parse(text)
