"""Generated inputs for a grader, by Hypothesis: the same ones each time, then the smallest.

An attack that gets through is tried again with ever simpler inputs, so the learner sees
the smallest one that still breaks the code. Nothing is random from run to run and nothing
is written to disk: a verdict never flips.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

INPUTS_MAX = 60  # of one attack; a verdict has to come at once


def for_all(check: Callable[..., None], **inputs: "SearchStrategy") -> None:
    """Call `check` with generated keyword arguments; its smallest failure comes out."""
    from hypothesis import HealthCheck, Phase, given, settings  # here, for most cells never need it
    from hypothesis.errors import Flaky

    as_always = settings(
        max_examples=INPUTS_MAX,
        derandomize=True,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    failures = []

    def run(**values: object) -> None:
        try:
            check(**values)
        except Exception as failure:
            failures.append(failure)
            raise

    try:
        with _only_our_inputs():
            given(**inputs)(as_always(run))()
    except Flaky:  # the code remembers earlier calls: the same input went well the next time
        raise failures[-1] from None


@contextmanager
def _only_our_inputs() -> Iterator[None]:
    """Keep Hypothesis from collecting constants out of whatever modules are loaded by now.

    It would make other inputs of them from run to run, and keep them in `.hypothesis/`. It
    has no setting for that, hence the private name; a test notices when that goes.
    """
    from hypothesis.internal.conjecture import providers

    name, none = "_get_local_constants", providers.Constants()
    collect = getattr(providers, name, None)
    setattr(providers, name, lambda: none)
    try:
        yield
    finally:
        setattr(providers, name, collect)
