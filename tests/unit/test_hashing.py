"""`hash` is another function in each process, as in life."""

import pytest

from sandbox.explore.program import Program
from sandbox.grading.submission import load
from sandbox.hashing import asks_for_hashes, hash_of_process, may_ask_for_hashes

SOURCE = "FIRST = hash('A-1')\n\n\ndef key(value):\n    return hash(value)\n"


def test_a_text_has_another_hash_in_each_process_and_one_in_each():
    program = Program(SOURCE)
    first, second = program.load().module, program.load().module
    assert first.key("A-1") != second.key("A-1")
    assert (first.key("A-1"), second.key("A-1")) == (first.FIRST, second.FIRST)


def test_the_same_schedule_told_again_has_the_same_hashes():
    program = Program(SOURCE)
    hashes = []
    for _ in range(2):
        hashes.append([program.load().module.FIRST for _ in range(3)])
        program.unload()
    assert hashes[0] == hashes[1] and len(set(hashes[0])) == 3


def test_a_process_whose_module_may_be_put_back_gets_a_hash_of_its_own_all_the_same():
    program = Program(SOURCE)
    old = program.load()
    before = old.module.FIRST
    program.give_back(old)
    after = program.load().module.FIRST
    assert after != before


def test_a_cell_that_is_started_again_has_other_hashes():
    with load(SOURCE, "02.1") as submission:
        before = submission.key("A-1")
        submission.restart()
        assert submission.key("A-1") != before


@pytest.mark.parametrize("value", [7, -1.5, True, (1, (2, 3)), frozenset({1})])
def test_numbers_have_one_hash_everywhere(value):
    assert hash_of_process(1)(value) == hash_of_process(2)(value) == hash(value)


@pytest.mark.parametrize("value", ["A-1", b"A-1", ("A-1", 1), frozenset({"A-1"})])
def test_texts_have_not(value):
    assert hash_of_process(1)(value) != hash_of_process(2)(value)


def test_what_has_no_hash_says_so():
    with pytest.raises(TypeError, match="unhashable"):
        hash_of_process(1)([])


@pytest.mark.parametrize(
    ("source", "asks"),
    [
        (SOURCE, True),
        ("class A:\n    def f(self):\n        return [hash(x) for x in '']\n", True),
        ("import hashlib", False),
    ],
)
def test_whether_code_asks_for_hashes(source, asks):
    assert asks_for_hashes(compile(source, "cell", "exec")) is asks
    assert may_ask_for_hashes(source) is asks
