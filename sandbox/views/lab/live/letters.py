"""The dead letters that a live lab shows: those in topics, and those in databases that it was shown.

Each box of letters is `{id, title, rows, note, can, each}`; a row is
`{at, place, key, content, reason, to, tries}`. `can`: all of them can be redriven,
`each`: one of them alone as well.
"""

from sandbox.adapters.kafka.letters import FROM, Done, Redrive, are_dead_letters, origin_of, reason_of
from sandbox.adapters.kafka.watch import Sight, Watch
from sandbox.errors import SandboxError, UsageError
from sandbox.patterns import DeadLetters
from sandbox.views.lab.live.decoded import decoded
from sandbox.views.lab.live.scope import Scope
from sandbox.views.lab.live.watcher import Job

Place = tuple[str, int]
MEMORY = ":memory:"
SEEN_AGAIN = "Every group of that topic reads it again; an inbox knows it by its id."


def in_topics(sight: Sight, done: dict[Place, Done], scope: Scope, named: set[str]) -> list[dict]:
    """The letters of each topic that is one of dead letters, by its name or because it was `named` so."""
    boxes = []
    for topic, partitions in sight.topics.items():
        shown = scope.shown(topic)
        if not are_dead_letters(topic) and shown not in named:
            continue
        rows, redriven, older = [], 0, 0
        for number in range(partitions):
            records, at = sight.records.get((topic, number), []), done.get((topic, number))
            first = records[0].offset if records else sight.ends[topic, number]
            begin = max(sight.starts[topic, number], at.before if at else 0)
            older += max(0, first - begin)
            for raw in records:
                if at and raw.offset in at:
                    redriven += 1
                    continue
                found, to = decoded(raw, shown), origin_of(raw, sight.all_topics, scope.run)
                rows.append(
                    {
                        "at": [number, raw.offset],
                        "place": f"{shown}[{number}]@{raw.offset}",
                        "key": found["key"] or "none",
                        "content": found["content"],
                        "reason": reason_of(raw),
                        "to": scope.shown(to) if to else "",
                    }
                )
        note = [
            f"{redriven} redriven already." if redriven else "",
            f"{older:,} older ones are neither shown nor redriven here." if older else "",
            SEEN_AGAIN if rows else "",
        ]
        boxes.append(
            {
                "id": f"topic {topic}",
                "title": f"Dead letters in the topic {shown}",
                "rows": rows,
                "note": " ".join(filter(None, note)),
                "can": any(row["to"] for row in rows),
                "each": True,
            }
        )
    return boxes


def in_database(letters: DeadLetters, number: int) -> dict:
    """The letters of a reader that keeps them in its own database; or why it can't be read now."""
    box = {"id": f"database {number}", "title": f"Dead letters of {letters.reader}", "each": False}
    try:
        found = letters.letters()
    except SandboxError as error:
        return box | {"rows": [], "note": str(error), "can": False}
    rows = [
        {
            "at": [letter.number],
            "place": letter.record.place,
            "key": str(letter.record.key or "none"),
            "content": _words(letter),
            "reason": letter.reason,
            "to": letter.record.topic,
            "tries": letter.tries,
        }
        for letter in found
    ]
    how = (
        "Its handler in this kernel handles them, each key in its order."
        if letters.guarded
        else f"They are published to their topic again, in their order. {SEEN_AGAIN}"
    )
    return box | {"rows": rows, "note": how if rows else "", "can": bool(rows)}


def redrive_topic(topic: str, wanted: list[list[int]] | None, scope: Scope) -> Job:
    """What the watching thread is to do: these letters of the topic, or all, the oldest first."""

    def job(redrive: Redrive, sight: Sight) -> str:
        done, count, homeless, names = redrive.done(), 0, 0, set()  # `done` saves questions: see `letter`
        for number in range(sight.topics.get(topic, 0)):
            for raw in sight.records.get((topic, number), []):
                at = done.get((topic, number))
                if (wanted is not None and [number, raw.offset] not in wanted) or (at and raw.offset in at):
                    continue
                to = origin_of(raw, sight.all_topics, scope.run)
                if to is None:
                    homeless += 1
                elif redrive.letter(raw, to, redrive.partitions(to)):
                    count += 1
                    names.add(scope.shown(to))
        said = f"Redriven {count} to {', '.join(sorted(names))}." if count else "Nothing was left to redrive."
        return f"{said} {homeless} name no topic to go back to." if homeless else said

    return job


def in_memory(letters: DeadLetters) -> bool:
    """May only the thread that has made the database read it?"""
    return getattr(letters.db, "path", MEMORY) == MEMORY


def redrive_database(letters: DeadLetters, address: str, scope: Scope, topics: list[str]) -> str:
    """Letters of a reader that runs elsewhere go back into their topics, in their order.

    All of them or none: one that stayed would have those of its key put aside again. Each is
    forgotten once it is published; a crash between the two has it published twice.
    """
    waiting = letters.letters()
    homes = {letter.record.topic: scope.physical(letter.record.topic, topics) for letter in waiting}
    if missing := [topic for topic, home in homes.items() if home is None]:
        raise UsageError(
            f"there is no topic {', '.join(missing)} here. If it belongs to a run, choose that under Show."
        )
    watch = Watch(address)
    redrive = Redrive(address, watch.admin)
    try:
        for letter in waiting:
            home, came_from = homes[letter.record.topic], {FROM: letter.record.place.encode()}
            redrive.stored(home, redrive.partitions(home), letter.record.stored, came_from)
            letters.discard(letter)
    finally:
        redrive.close()
        watch.close()
    return f"Redriven {len(waiting)} to {', '.join(homes)}." if waiting else "Nothing was left to redrive."


def _words(letter: object) -> str:
    """Its content; where this kernel doesn't know its class, its type and its bytes."""
    stored = letter.record.stored
    if stored.envelope is None or stored.value is None:
        return letter.record.content
    return f"{stored.envelope.type.rpartition('.')[2]} {stored.value.decode(errors='replace')[:120]}"
