"""otter: `otter run` for each submission, which is what `otter grade` runs in its containers.

Without the containers it is faster, so this favours otter. Several at a time where it is told to.
"""

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter

from benchmarks.classroom import others
from benchmarks.classroom.handed_in import Submission, notebook

NAME = "otter"
TEST = '''\
OK_FORMAT = True
test = {{"name": "q{name}", "points": 1, "suites": [{{"cases": [{{"code": r"""
>>> grade("{exercise}", sources["{exercise}"]).result
'PASS'
""", "hidden": False, "locked": False}}], "scored": True, "setup": "", "teardown": "", "type": "doctest"}}]}}
'''


def run(folder: Path, submissions: list[Submission], processes: int) -> tuple[float, dict[str, int]]:
    """Seconds from the folder of notebooks to the results, and everybody's points."""
    programs = others.fetch()
    tests = folder / "tests"
    tests.mkdir(parents=True)
    for exercise in submissions[0].solutions:
        name = exercise.replace(".", "_")
        (tests / f"q{name}.py").write_text(TEST.format(exercise=exercise, name=name), encoding="utf-8")
    for submission in submissions:
        (folder / submission.learner).mkdir()
        (folder / f"{submission.learner}.ipynb").write_text(
            notebook(submission, with_tests=False), encoding="utf-8"
        )

    def call(*words: str) -> None:
        subprocess.run(
            [programs / "otter", *words],
            cwd=folder,
            env=others.environment(programs),
            check=True,
            capture_output=True,
        )

    def grade(submission: Submission) -> None:
        place = submission.learner
        call("run", f"{place}.ipynb", "-a", "autograder.zip", "-o", place, "--no-logo")

    call("generate", "-t", "tests", "-o", "autograder.zip", "--no-environment", "--no-requirements")
    start = perf_counter()
    with ThreadPoolExecutor(processes) as pool:
        list(pool.map(grade, submissions))
    seconds = perf_counter() - start
    return seconds, {each.learner: _points(folder / each.learner / "results.json") for each in submissions}


def _points(results: Path) -> int:
    tests = json.loads(results.read_text(encoding="utf-8"))["tests"]
    return int(sum(test.get("score", 0) for test in tests))
