"""From looks at a broker to a picture: the same data that a run on the simulator gives, at its end.

The records that are kept are steps that publish; `live` has what a broker says and no
record does: where logs begin and end, what groups have committed, samples over time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.adapters.kafka.watch import Group, Sight
from sandbox.views.lab.live.decoded import author, decoded
from sandbox.views.lab.live.history import History
from sandbox.views.lab.live.scope import Scope
from sandbox.views.lab.picture import VERSION

MISSED_MS = 30_000  # for so long a member that has gone keeps its row
MISSED_MAX = 6  # of a group
AUTHORS_MAX = 60  # pairs of an author and a topic

Place = tuple[str, int]


@dataclass
class Board:
    """What is remembered between two looks. Memory is bounded by what a look keeps."""

    scope: Scope
    history: History = field(default_factory=History)
    _order: list[str] = field(default_factory=list)  # of topics, as they came up
    _known: dict[tuple[str, int, int], dict] = field(default_factory=dict)  # records, decoded once
    _says: dict[tuple[str, str], None] = field(default_factory=dict)  # who writes to which topic
    _seen: dict[tuple[str, str], int] = field(default_factory=dict)  # when a member was there last

    def picture(self, sight: Sight, ms: int) -> dict:
        """The data of a picture, as of `ms` since 1970."""
        self._decode(sight)
        topics = self._topics(sight)
        places = [(topic, number) for topic in topics for number in range(sight.topics[topic])]
        number_of = {topic: number for number, topic in enumerate(topics)}
        actors = self._actors(sight, ms)
        number = {}  # of an author; of two members of that name, the first
        for position, (name, _) in enumerate(actors):
            number.setdefault(name, position)
        rows = sorted(self._known.items(), key=lambda item: (item[1]["appended"], item[0]))
        groups = [(group, self._read(group, topics)) for group in sight.groups]
        done = {
            (group.name, *at): max(group.committed.get(at, 0), sight.starts[at])
            for group, read in groups
            for at in places
            if at[0] in read
        }
        lags = {
            self.scope.shown(group.name): sum(
                max(0, sight.ends[at] - done[group.name, *at]) for at in places if at[0] in read
            )
            for group, read in groups
        }
        self.history.add(ms, sight.ends, done, lags)
        return {
            "version": VERSION,
            "actor": [number[author(record)] for _, record in rows],
            "action": [0] * len(rows),
            "topic": [number_of[topic] for (topic, _, _), _ in rows],
            "partition": [partition for (_, partition, _), _ in rows],
            "offset": [offset for (_, _, offset), _ in rows],
            "beat": [],
            "ms": [],
            "actors": [[name, self.scope.shown(group)] for name, group in actors],
            "actions": ["publish"],
            "topics": [[self.scope.shown(topic), sight.topics[topic]] for topic in topics],
            "groups": [
                [self.scope.shown(group.name), [number_of[topic] for topic in read]] for group, read in groups
            ],
            "labels": {},
            "records": {number: record for number, (_, record) in enumerate(rows)},
            "lost": [],
            "deals": [[0, g, 0, self._dealt(group, number_of)] for g, (group, _) in enumerate(groups)],
            "tables": [],
            "letters": [],
            "live": {
                "ends": [sight.ends[at] for at in places],
                "starts": [sight.starts[at] for at in places],
                "done": [done.get((group.name, *at), 0) for group, _ in groups for at in places],
                "says": [
                    [number[name], number_of[topic]] for name, topic in self._says if topic in number_of
                ],
                "states": [group.state for group, _ in groups],
                "samples": self.history.columns(),
                "left_out": _left_out(sight),
                "ms": ms,
            },
        }

    def _decode(self, sight: Sight) -> None:
        known = self._known
        self._known = {
            (*at, raw.offset): known.get((*at, raw.offset)) or decoded(raw, self.scope.shown(at[0]))
            for at, records in sight.records.items()
            for raw in records
        }
        for (topic, _, _), record in self._known.items():
            if len(self._says) < AUTHORS_MAX:
                self._says[author(record), topic] = None

    def _topics(self, sight: Sight) -> list[str]:
        """Those that have records, as they came up; then those that are empty."""
        first: dict[str, str] = {}
        for (topic, _, _), record in self._known.items():
            first[topic] = min(first.get(topic, record["appended"]), record["appended"])
        new = set(sight.topics) - set(self._order)
        ready = [topic for topic in new if topic in first]
        self._order = [topic for topic in self._order if topic in sight.topics]
        self._order += sorted(ready, key=lambda topic: (first[topic], topic))
        return self._order + sorted(set(sight.topics) - set(self._order))

    def _actors(self, sight: Sight, ms: int) -> list[tuple[str, str]]:
        """Who is or was a moment ago a member, with its group; then who only publishes."""
        there = {group.name for group in sight.groups}
        for group in sight.groups:
            for name in group.members:
                self._seen[name, group.name] = ms
        gone: dict[str, int] = {}
        for (name, group), last in sorted(self._seen.items(), key=lambda item: -item[1]):
            if last < ms:
                gone[group] = gone.get(group, 0) + 1
                if last < ms - MISSED_MS or gone[group] > MISSED_MAX or group not in there:
                    del self._seen[name, group]
        members = sorted(self._seen)
        names = {name for name, _ in members}
        authors = {author(record) for record in self._known.values()} | {name for name, _ in self._says}
        return members + [(name, "") for name in sorted(authors - names)]

    def _read(self, group: Group, topics: list[str]) -> list[str]:
        return [topic for topic in topics if topic in group.topics]

    def _dealt(self, group: Group, number_of: Mapping[str, int]) -> dict[str, list[list[int]]]:
        return {
            member: [[number_of[topic], number] for topic, number in read if topic in number_of]
            for member, read in group.members.items()
        }


def _left_out(sight: Sight) -> dict[str, int]:
    """What is there and not shown."""
    older = sum(
        (records[0].offset if records else sight.ends[at]) - sight.starts[at]
        for at, records in sight.records.items()
    )
    return {"records": older, "topics": sight.topics_left_out, "groups": sight.groups_left_out}
