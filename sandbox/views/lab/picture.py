"""From a run to a picture: the data that `lab.js` draws, and all that it draws.

Steps are columns, so that a hundred thousand of them stay small:

    actor, action, topic, partition, offset   of each step; topic -1: it has no place
    beat, ms                                  of each step, where the run had beats
    labels   {step: words}, where a step has some
    records  {step: what was published}
    lost     steps whose record was acknowledged, and lost
    deals    [[step, group, generation, {member: [[topic, partition], …]}], …]
    tables   [[step, database, table, columns, rows, total], …]
    letters  [[step, reader, [[number, place, key, content, reason, tries], …]], …]

A step is a number from 0; something that happened "at" step 7 is seen once steps 0 to 6
are done. Names are numbers into `actors`, `actions`, `topics` and `groups`.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sandbox.messages import Record, Stored
from sandbox.trace import FOLLOW, Raw
from sandbox.views.lab.recorder import Aside, Content, Deal
from sandbox.views.lab.travel import packed

VERSION = 2
PLACE = re.compile(r"(.+)\[(\d+)\]@(\d+)$")


@dataclass
class Run:
    """What is known of a run, apart from its steps. All of it may be missing."""

    beats: list[int] = field(default_factory=list)
    ms: list[int] = field(default_factory=list)
    topics: dict[str, int] = field(default_factory=dict)  # and how many partitions
    groups: dict[str, list[str]] = field(default_factory=dict)  # and the topics that they read
    group_of: dict[str, str] = field(default_factory=dict)
    messages: Mapping[int, Stored] = field(default_factory=dict)
    deals: list[Deal] = field(default_factory=list)
    contents: list[Content] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)


class Names:
    """Names as numbers, in the order of their appearance."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.number = {name: i for i, name in enumerate(names)}

    def __getitem__(self, name: str) -> int:
        return self.number.setdefault(name, len(self.number))

    def __iter__(self) -> Iterable[str]:
        return iter(self.number)


def picture(entries: Iterable[Raw], run: Run) -> dict:
    """The data of a picture; what says who did it and why is the lab's to add."""
    steps = [raw for raw in entries if raw.action != FOLLOW and raw.actor]
    actors, actions, topics = Names(), Names(), Names(run.topics)
    partitions = dict(run.topics)
    columns: dict[str, list[int]] = {name: [] for name in ("actor", "action", "topic", "partition", "offset")}
    labels, records, reads = {}, {}, {group: list(topics) for group, topics in run.groups.items()}
    for number, raw in enumerate(steps):
        topic, partition, offset, words = _where(raw)
        for name, value in zip(
            columns,
            (actors[raw.actor], actions[raw.action], topics[topic] if topic else -1, partition, offset),
            strict=True,
        ):
            columns[name].append(value)
        if topic:
            partitions[topic] = max(partitions.get(topic, 0), partition + 1)
        if isinstance(raw.label, Record):
            records[number] = _record(raw.label.stored, raw.label.content)
        elif words:
            labels[number] = words
        if number in run.messages:
            records[number] = _record(run.messages[number], words)
        if raw.action in ("handle", "poll", "commit") and topic:
            group = run.group_of.setdefault(raw.actor, _group(raw.actor))
            if topic not in reads.setdefault(group, []):
                reads[group].append(topic)
    groups = Names(reads)
    return {
        "version": VERSION,
        **columns,
        "beat": run.beats,
        "ms": run.ms,
        "actors": [[name, run.group_of.get(name, "")] for name in actors],
        "actions": list(actions),
        "topics": [[name, partitions[name]] for name in topics],
        "groups": [[name, [topics[topic] for topic in read]] for name, read in reads.items()],
        "labels": labels,
        "records": records,
        "lost": _lost(steps),
        "deals": [
            [deal.step, groups[deal.group], deal.generation, _dealt(deal, topics)] for deal in run.deals
        ],
        "tables": [list(content) for content in run.contents],
        "letters": [[aside.step, aside.reader, list(map(list, aside.letters))] for aside in run.asides],
    }


def as_bytes(data: dict) -> bytes:
    """The data as it travels: `travel` says what becomes of tables and dead letters."""
    return json.dumps(packed(data), ensure_ascii=False, separators=(",", ":"), default=str).encode()


def _where(raw: Raw) -> tuple[str, int, int, str]:
    """Topic, partition, offset, and what is to be said in words."""
    label = raw.label if isinstance(raw.label, str) else ""
    if raw.partition is not None:
        return raw.topic, raw.partition, raw.offset, label
    if found := PLACE.match(raw.topic):
        return found[1], int(found[2]), int(found[3]), label
    return "", -1, -1, " ".join(filter(None, [raw.topic, label]))


def _group(member: str) -> str:
    """`billing` of its second member, `billing-2`."""
    return re.sub(r"-\d+$", "", member)


def _record(stored: Stored, content: str) -> dict:
    """What the inspector shows of a record; what is not there is left out."""
    envelope = stored.envelope
    found = {
        "content": content,
        "key": None if stored.key is None else stored.key.decode(errors="replace"),
        "value": None if stored.value is None else stored.value.decode(errors="replace"),
        "headers": {name: value.decode(errors="replace") for name, value in stored.headers.items()} or None,
    }
    if envelope:
        found |= {name: getattr(envelope, name) for name in envelope.__struct_fields__}
        found["time"] = envelope.time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {name: value for name, value in found.items() if value is not None}


def _lost(steps: list[Raw]) -> list[int]:
    """The publications that a `drop` has struck: the step before is the fault."""
    return [
        number
        for number, raw in enumerate(steps)
        if number and raw.action == "publish" and _is_drop(steps[number - 1], raw.actor)
    ]


def _is_drop(raw: Raw, actor: str) -> bool:
    return raw.action == "fault" and raw.label == "drop" and raw.actor == actor


def _dealt(deal: Deal, topics: Names) -> dict[str, list[list[int]]]:
    return {
        member: [[topics[topic], number] for topic, number in places] for member, places in deal.reads.items()
    }
