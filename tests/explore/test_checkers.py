"""Each invariant, with the smallest world that breaks it, and one that keeps it."""

from types import SimpleNamespace

import pytest

from sandbox.explore.checkers import (
    bounded_retry,
    conservation,
    consistent_output,
    no_duplicate_effect,
    no_ghost_message,
    no_lost_message,
    no_lost_write,
    no_plaintext,
    order_per_key,
    rebuild_equals_incremental,
)


def of(name):
    """What the checker looks at, by its name in the world."""
    return lambda world: getattr(world, name)


CASES = {
    "no lost message": (
        no_lost_message(of("stored"), of("said"), "{} is paid, and nobody makes it."),
        {"stored": ["A-1", "A-2"], "said": ["A-1", "A-1"]},
        "A-2 is paid, and nobody makes it.",
        {"stored": ["A-1"], "said": ["A-1", "A-9"]},
    ),
    "no ghost message": (
        no_ghost_message(of("stored"), of("said")),
        {"stored": [], "said": ["A-1"]},
        "A-1 was announced, and it never happened.",
        {"stored": ["A-1"], "said": []},
    ),
    "consistent output": (
        consistent_output(of("said")),
        {"said": [("evt-1", "420 cents"), ("evt-1", "390 cents")]},
        "evt-1 was said twice, and not the same: 420 cents and 390 cents.",
        {"said": [("evt-1", "420 cents"), ("evt-1", "420 cents")]},
    ),
    "order per key": (
        order_per_key(of("seen")),
        {"seen": [("A-1", 2), ("A-2", 1), ("A-1", 1)]},
        "Of A-1, number 1 was seen after number 2: it ends with what is out of date.",
        {"seen": [("A-1", 1), ("A-1", 2), ("A-1", 1)]},
    ),
    "no lost write": (
        no_lost_write(of("told"), of("kept")),
        {"told": ["A-1"], "kept": []},
        "A-1 was confirmed, and it is not there.",
        {"told": ["A-1"], "kept": ["A-1", "A-2"]},
    ),
    "no duplicate effect": (
        no_duplicate_effect(of("charges"), "{} was charged {}."),
        {"charges": ["A-1", "A-2", "A-1"]},
        "A-1 was charged twice.",
        {"charges": ["A-1", "A-2"]},
    ),
    "bounded retry": (
        bounded_retry(of("attempts"), 3),
        {"attempts": ["A-1"] * 5},
        "A-1 was tried 5 times; agreed are 3 at most.",
        {"attempts": ["A-1"] * 3 + ["A-2"]},
    ),
    "conservation": (
        conservation("Cups", of("before"), of("after")),
        {"before": 10, "after": 8},
        "Cups: there were 10, and now there are 8, 2 too few.",
        {"before": 10, "after": 10},
    ),
    "rebuild equals incremental": (
        rebuild_equals_incremental(of("grown"), of("rebuilt")),
        {"grown": {"A-1": 3}, "rebuilt": {"A-1": 2}},
        "A-1 reads 3, and rebuilt from the log it reads 2.",
        {"grown": {"A-1": 3}, "rebuilt": {"A-1": 3}},
    ),
    "no plaintext": (
        no_plaintext(of("secrets"), of("places")),
        {
            "secrets": ["ada@example.org"],
            "places": {"the log": b"x", "a snapshot": b'{"to":"ada@example.org"}'},
        },
        "'ada@example.org' can still be read in a snapshot.",
        {"secrets": ["ada@example.org"], "places": {"the log": b"8f3a"}},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_smallest_anomaly_is_found_and_told(name):
    check, broken, story, _ = CASES[name]
    assert check.invariant == name
    assert check(SimpleNamespace(**broken)) == story


@pytest.mark.parametrize("name", CASES)
def test_what_keeps_it_is_left_alone(name):
    check, _, _, kept = CASES[name]
    assert check(SimpleNamespace(**kept)) is None


def test_something_missing_on_either_side_of_a_rebuild_is_found():
    check = CASES["rebuild equals incremental"][0]
    assert check(SimpleNamespace(grown={}, rebuilt={"A-1": 2})) == (
        "A-1 reads nothing, and rebuilt from the log it reads 2."
    )
    assert "A-1 reads 2" in check(SimpleNamespace(grown={"A-1": 2}, rebuilt={}))
