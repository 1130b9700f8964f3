"""Watch the room: verdicts as events, from each learner's outbox to the teacher's dashboard.

    learner:  verdict, outbox (SQLite), relay in the background ──► bus: Kafka, or a folder
    teacher:  bus ──► intake (inbox, event store), projection, board: terminal, page, widget

Nobody takes part who has not asked to, and no code and no name leaves a learner's machine.
The teacher's side is imported when it is asked for: a learner's kernel starts without it.
"""

from sandbox.room.member import join_workshop, leave_workshop

__all__ = ["Room", "join_workshop", "leave_workshop"]


def __getattr__(name: str) -> object:
    if name == "Room":
        from sandbox.room.widget import Room

        return Room
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
