"""`python -m tools.test [options of pytest]`: the tests. Without options all of them, in two halves at once.

What is graded and rendered takes one core, what talks to brokers and browsers the other.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LESSONS = ["tests/lessons", "tests/referee/test_same_verdict.py", "solutions"]  # which share their verdicts
REST = ["tests", "--ignore=tests/lessons", "--ignore=tests/referee/test_same_verdict.py"]
REST += ["-o", "cache_dir=.pytest_cache/rest"]


def main(options: list[str]) -> int:
    """Run them; return the exit status."""
    pytest = [sys.executable, "-m", "pytest"]
    if options or (os.cpu_count() or 1) < 2:
        return subprocess.call([*pytest, *options], cwd=ROOT)
    print("The tests run in two halves at once: the lessons and their graders, and all else.", flush=True)
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        rest = subprocess.Popen([*pytest, *REST], cwd=ROOT, stdout=said, stderr=subprocess.STDOUT)
        try:
            first = subprocess.call([*pytest, *LESSONS], cwd=ROOT)
            second = rest.wait()
        except BaseException:
            rest.terminate()
            rest.wait()
            raise
        said.seek(0)
        print(said.read(), flush=True)
    for half, status in (("the lessons and their graders", first), ("all else", second)):
        print(f"{half}: {'passed' if status == 0 else f'FAILED (exit status {status})'}")
    return first or second


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
