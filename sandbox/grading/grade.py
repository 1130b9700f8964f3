"""Grade one submission: run every attack until one gets through."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from time import perf_counter

from sandbox.explore.limits import TimeUp, bounded_memory, deadline
from sandbox.grading.breaking import Survived
from sandbox.grading.grader import Finding, Grader, find_grader
from sandbox.grading.submission import CodeRaised, NotAttempted, Submission, is_submitted, load
from sandbox.grading.verdict import Verdict

SECONDS_MAX = 10


Say = Callable[[str], None] | None
Load = Callable[[str, str, Say], AbstractContextManager[Submission]]


def grade(
    exercise: str, source: str, *, seconds: float = SECONDS_MAX, say: Say = None, load: Load = load
) -> Verdict:
    """The verdict on `source` as a solution of `exercise` ("01.2").

    FAIL where an attack gets through, PASS where none does, UNKNOWN where the code never
    met one: an untouched stub, a cell that can't be run. Raises `UsageError` where there
    is no such exercise. After `seconds` the submission is stopped. `say` is told
    what has been tried so far, where it takes long. `load` starts the submission: by
    default in this process.
    """
    grader = find_grader(exercise)
    start = perf_counter()
    try:
        with (
            bounded_memory(),
            deadline(seconds, is_submitted),
            load(source, grader.exercise, say) as submission,
        ):
            verdict = _attack(grader, submission)
    except NotAttempted as reason:
        verdict = Verdict(grader, "UNKNOWN", story=str(reason))
    except TimeUp:
        verdict = Verdict(
            grader,
            "FAIL",
            invariant="termination",
            story=f"Your code did not come back within {seconds} seconds.",
            misconception="A loop or a call that waits for something which never comes.",
        )
    verdict.seconds = perf_counter() - start
    return verdict


def _attack(grader: Grader, submission: Submission) -> Verdict:
    for survived, attack in enumerate(grader.attacks):
        try:
            attack.run(submission)
        except (Finding, Survived, CodeRaised) as finding:
            return Verdict(
                grader,
                "FAIL",
                invariant=getattr(finding, "invariant", "") or attack.invariant,
                story=str(finding),
                misconception=getattr(finding, "misconception", "") or attack.misconception,
                survived=survived,
                calls=submission.calls,
                explorations=submission.explorations,
                strikes=submission.strikes,
            )
        except NotAttempted:
            raise
        except Exception as error:
            raise NotAttempted(
                f"The grader itself stopped: {error!r}. That is our mistake, not yours: "
                f"please report it with your cell (attack: {attack.invariant})."
            ) from error
    if not submission.calls:
        raise NotAttempted("No function of the cell was ever called.")
    return Verdict(
        grader,
        "PASS",
        survived=len(grader.attacks),
        calls=submission.calls,
        explorations=submission.explorations,
        strikes=submission.strikes,
    )
