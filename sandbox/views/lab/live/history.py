"""Lag and throughput as time goes by: the last ten minutes, one sample a look."""

from collections import deque
from dataclasses import dataclass, field

SAMPLES_MAX = 600

Place = tuple[str, int]


@dataclass
class History:
    """Samples, the oldest first. A rate is the mean since the sample before, a gap is `None`."""

    samples: deque[tuple[int, float | None, float | None, dict[str, int]]] = field(
        default_factory=lambda: deque(maxlen=SAMPLES_MAX)
    )
    _before: tuple[int, dict, dict] | None = None

    def add(
        self, ms: int, ends: dict[Place, int], done: dict[tuple[str, str, int], int], lags: dict[str, int]
    ) -> None:
        """What is true at `ms`: the ends of all partitions, what groups have committed, their lags."""
        published = committed = None
        if self._before:
            then, old_ends, old_done = self._before
            seconds = max(0.001, (ms - then) / 1000)
            published = round(_grown(old_ends, ends) / seconds, 1)
            committed = round(_grown(old_done, done) / seconds, 1)
        self.samples.append((ms, published, committed, lags))
        self._before = (ms, dict(ends), dict(done))

    def gap(self, ms: int) -> None:
        """Nothing is known of this moment; lines end here and begin anew."""
        if self._before:
            self.samples.append((ms, None, None, {}))
            self._before = None

    def columns(self) -> dict:
        """As the chart takes them; a group that is not known at a moment has `None` there."""
        groups = sorted({group for _, _, _, lags in self.samples for group in lags})
        return {
            "ms": [ms for ms, _, _, _ in self.samples],
            "published": [published for _, published, _, _ in self.samples],
            "committed": [committed for _, _, committed, _ in self.samples],
            "lags": {group: [lags.get(group) for _, _, _, lags in self.samples] for group in groups},
        }


def _grown(before: dict, after: dict) -> int:
    return sum(max(0, count - before[at]) for at, count in after.items() if at in before)
