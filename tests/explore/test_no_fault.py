"""Where nothing goes wrong, a request that is refused is a mistake of the code that made it."""

from textwrap import dedent

import pytest

from sandbox.errors import ConcurrencyConflict, GatewayTimeout
from sandbox.explore import NO_FAULT, MemoryDatabase, Scenario, World, explore
from sandbox.explore.checkers import no_lost_write

TABLE = "CREATE TABLE cards (guest TEXT PRIMARY KEY, cents INTEGER);"
INSERT = """
    def save(cents, db, terminal):
        terminal(cents)
        with db.transaction():
            db.execute("INSERT INTO cards VALUES ('Ada', ?)", [cents])
"""
REPLACE = INSERT.replace("INSERT INTO", "INSERT OR REPLACE INTO")


def terminal(cents):
    """It gives no answer from 100 cents on, and refuses from 200 on."""
    if cents >= 200:
        raise ConcurrencyConflict("one after the other", stream="terminal", expected=0, actual=1)
    if cents >= 100:
        raise GatewayTimeout("no answer")


def saves(world, events):
    for cents in events:
        world.request(
            "office", lambda office, cents=cents: office.code.save(cents, office.db, terminal), cents
        )


def newest_kept(world):
    return [row["cents"] for row in world.db.execute("SELECT cents FROM cards")]


def explored(code, cents, faults=frozenset()):
    scenario = Scenario(
        world=lambda seed: World(db=MemoryDatabase(TABLE)),
        story=saves,
        events=cents,
        faults=faults,
        checks=[no_lost_write(lambda world: world.told()[-1:], newest_kept)],
    )
    return explore(scenario, dedent(code))


@pytest.mark.parametrize(
    ("code", "cents", "story"),
    [
        (INSERT, (1, 2), "office raised ConstraintViolated: UNIQUE constraint failed: cards.guest"),
        (REPLACE, (1, 200), "office raised ConcurrencyConflict: one after the other"),
    ],
)
def test_a_refusal_that_is_let_out_is_an_error(code, cents, story):
    found = explored(code, cents)
    assert (found.verdict, found.invariant) == ("FAIL", NO_FAULT), found
    assert found.story.startswith(story)


@pytest.mark.parametrize(
    ("cents", "faults"),
    [
        pytest.param((1, 2), set(), id="it is done"),
        pytest.param((1, 100), set(), id="the story gives no answer"),
        pytest.param((1, 2), {"fail begin"}, id="a fault has struck"),
    ],
)
def test_no_error_is_found_where(cents, faults):
    assert explored(REPLACE, cents, faults).verdict == "PASS"


def test_an_invariant_that_is_broken_says_more():
    """The guest's view of it comes first."""
    swallowed = INSERT.replace("INSERT INTO cards", "DELETE FROM cards WHERE cents = ? -- ")
    found = explored(swallowed, (1, 200))
    assert (found.verdict, found.invariant) == ("FAIL", "no lost write"), found
