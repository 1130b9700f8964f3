"""Generated inputs for a grader, by Hypothesis: the same ones each time, then the smallest.

An attack that gets through is tried again with ever simpler inputs, so the learner sees
the smallest one that still breaks the code. Nothing is random from run to run and nothing
is written to disk: a verdict never flips.
"""

from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

INPUTS_MAX = 60  # of one attack; a verdict has to come at once

_SETTINGS = settings(
    max_examples=INPUTS_MAX,
    derandomize=True,
    database=None,
    deadline=None,
    report_multiple_bugs=False,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


def for_all(check: Callable[..., None], **inputs: SearchStrategy) -> None:
    """Call `check` with generated keyword arguments; its smallest failure comes out."""

    def run(**values: object) -> None:
        check(**values)

    given(**inputs)(_SETTINGS(run))()
