"""Answers that were given before are played back; whatever rolls dice lives, and nothing is made up."""

import pytest

from sandbox.explore.program import StartAgain
from sandbox.referee import recording as recording_module
from sandbox.referee.processes import ProcessEnded
from sandbox.referee.recording import Recorded, Recording


class Process:
    """Answers with what it was told, and how it feels about it; counts how often it was started."""

    started = 0

    def __init__(self, mood=b""):
        self.mood = mood
        self.heard = []

    def exchange(self, message):
        if not self.heard:
            Process.started += 1
        self.heard.append(message)
        return b" ".join([*self.heard, self.mood])

    def end(self):
        self.heard.append("the end")


@pytest.fixture(autouse=True)
def none_started():
    Process.started = 0


def tell(recording, *messages, process=None):
    """One instance is told all messages; its last answer."""
    recorded = Recorded(recording, process or Process())
    return [recorded.exchange(message) for message in messages][-1]


def test_what_was_said_before_starts_no_process():
    recording = Recording()
    first = tell(recording, b"load", b"relay")
    recording.next_run()
    assert tell(recording, b"load", b"relay") == first
    assert Process.started == 1


def test_something_new_starts_one_that_hears_all_that_came_before():
    recording = Recording()
    tell(recording, b"load", b"relay")
    recording.next_run()
    process = Process()
    tell(recording, b"load", b"crash", process=process)
    assert process.heard == [b"load", b"crash"]


def test_an_answer_that_only_one_process_has_given_is_used_once_in_a_run():
    """Else two instances that draw an id of their own would draw the same one."""
    recording = Recording()
    tell(recording, b"load", b"relay", process=Process(b"id 1"))
    recording.next_run()
    tell(recording, b"load", b"relay")
    with pytest.raises(StartAgain):
        tell(recording, b"load", b"relay", process=Process(b"id 2"))
    assert recording.broken


def test_one_that_two_processes_have_given_is_used_as_often_as_one_likes():
    recording = Recording()
    tell(recording, b"load", b"relay")
    tell(recording, b"load", b"relay")
    recording.next_run()
    tell(recording, b"load", b"relay")
    tell(recording, b"load", b"relay")
    assert Process.started == 2


def test_code_that_answers_otherwise_when_it_hears_the_same_is_explored_anew():
    recording = Recording()
    tell(recording, b"load", b"relay", process=Process(b"heads"))
    recording.next_run()
    with pytest.raises(StartAgain):
        tell(recording, b"load", b"relay", b"crash", process=Process(b"tails"))


def test_what_is_said_beyond_the_limit_is_not_kept(monkeypatch):
    """A submission that talks a lot must not fill the referee's memory; it lives, that is all."""
    monkeypatch.setattr(recording_module, "BYTES_MAX", 2_000)
    recording = Recording()
    tell(recording, b"load", b"x" * 1_000, b"more")
    recording.next_run()
    tell(recording, b"load")
    assert Process.started == 1
    recording.next_run()
    tell(recording, b"load", b"x" * 1_000)
    assert Process.started == 2


def test_a_process_that_ends_where_another_one_went_on_is_no_repetition():
    class Mortal(Process):
        def exchange(self, message):
            raise ProcessEnded("gone")

    recording = Recording()
    tell(recording, b"load", b"relay")
    recording.next_run()
    with pytest.raises(StartAgain):
        tell(recording, b"load", b"crash", process=Mortal())
