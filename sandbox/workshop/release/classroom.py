"""GitHub Classroom: a test with a point for each exercise, in its present form and in the one before.

Points come from `python -m sandbox check --isolated`, whose exit status a submission can't
touch: under plain pytest, `os._exit(0)` in a cell would pass. `pytest exercises/` runs as well,
for the stories in the log.
"""

import json

from sandbox.workshop.release.chosen import Chosen

SETUP = "python -m pip install --quiet -r requirements.txt && python -m pip install --quiet --no-deps -e ."
MINUTES_MAX = 5  # of one exercise
WORKFLOW = """\
# GitHub Classroom (custom YAML, "autograding-command-grader"). Made by: python -m sandbox workshop release
name: Autograding Tests
on: [push, workflow_dispatch, repository_dispatch]
permissions:
  checks: write
  actions: read
  contents: read
jobs:
  run-autograding-tests:
    runs-on: ubuntu-latest
    if: github.actor != 'github-classroom[bot]'
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
          cache: pip
      - run: {setup}
      - name: All stories
        run: python -m pytest exercises/ --junitxml=grades.xml || true
{steps}      - name: Autograding Reporter
        uses: classroom-resources/autograding-grading-reporter@v1
        env:
{results}        with:
          runners: {runners}
"""
STEP = """\
      - name: {title}
        id: {id}
        uses: classroom-resources/autograding-command-grader@v1
        with:
          test-name: {title}
          command: {command}
          timeout: {minutes}
          max-score: 1
"""


def files(chosen: Chosen) -> dict[str, bytes]:
    """What a template repository for GitHub Classroom needs, by name."""
    tests = [
        {
            "name": f"{exercise} {grader.title}",
            "setup": "" if number else SETUP,
            "run": command(exercise, lesson.name),
            "input": "",
            "output": "",
            "comparison": "included",
            "timeout": MINUTES_MAX,
            "points": 1,
        }
        for number, (lesson, exercise, grader) in enumerate(
            (lesson, *each) for lesson in chosen.lessons for each in lesson.graders.items()
        )
    ]
    ids = [f"ex-{test['name'][:4].replace('.', '-')}" for test in tests]
    steps = "".join(
        STEP.format(
            title=json.dumps(test["name"], ensure_ascii=False),
            id=id,
            command=json.dumps(test["run"]),
            minutes=MINUTES_MAX,
        )
        for test, id in zip(tests, ids, strict=True)
    )
    results = "".join(
        f'          {id.upper()}_RESULTS: "${{{{ steps.{id}.outputs.result }}}}"\n' for id in ids
    )
    workflow = WORKFLOW.format(setup=SETUP, steps=steps, results=results, runners=",".join(ids))
    return {
        ".github/workflows/classroom.yml": workflow.encode(),
        ".github/classroom/autograding.json": (
            json.dumps({"tests": tests}, indent=2, ensure_ascii=False) + "\n"
        ).encode(),
    }


def command(exercise: str, lesson: str) -> str:
    """What grades one exercise, and exits with 0 where it is solved."""
    return f"python -m sandbox check {exercise} exercises/{lesson}.ipynb --isolated"
