"""Grading: whatever a cell holds, its learner gets a verdict, and the right one."""

import json
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from hypothesis import strategies as st

from sandbox import Event, grading
from sandbox.__main__ import main
from sandbox.course import lesson_folder
from sandbox.errors import UsageError
from sandbox.grading import Finding, Grader, Verdict, find_grader, for_all, grade
from sandbox.grading.cells import exercises_in, source_for
from sandbox.grading.submission import CodeRaised, NotAttempted, load
from sandbox.messages.event import Published

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[2]
PASSES = (lesson_folder("01") / "right" / "01_2_json_copy.py").read_text(encoding="utf-8")
FAILS = PASSES.replace("uuid.uuid1().hex", "'evt-1'")
STUB = "def seal(event, source, cause=None):\n    raise NotImplementedError('01.2: seal it')\n"

STUCK = {
    "endless loop": """
    while True:
        pass""",
    "except Exception": """
    while True:
        try:
            sum(range(100))
        except Exception:
            pass""",
    "except BaseException": """
    while True:
        try:
            x = 1
        except BaseException:
            pass""",
    "bare except around a sleep": """
    import time
    while True:
        try:
            time.sleep(60)
        except:
            continue""",
    "nested, with finally": """
    while True:
        try:
            try:
                print()
            except BaseException:
                print()
        except BaseException:
            print()
        finally:
            print()""",
    "catches and begins again": """
    try:
        while True:
            pass
    except BaseException:
        return seal(event, source)""",
    "behind a generator": """
    def forever():
        while True:
            try:
                yield 1
            except BaseException:
                pass
    return {"data": sum(forever())}""",
}


def _seal(body: str) -> str:
    return f"def seal(event, source, cause=None):\n    {body}\n"


def _notebook(*cells: str, **cell: object) -> str:
    code = [{"cell_type": "code", "source": source, **cell} for source in cells]
    return json.dumps({"cells": [{"cell_type": "markdown", "source": "# Exercises"}, *code]})


# ---------------------------------------------------------------- what a cell may hold


@pytest.mark.parametrize(
    ("source", "story"),
    [
        (STUB, "01.2: seal it"),
        ("", "defines no 'seal'"),
        ("   \n\n", "defines no 'seal'"),
        ("\n".join("# " + line for line in PASSES.splitlines()), "defines no 'seal'"),
        ("def seal(event, source:\n    pass", "SyntaxError: '(' was never closed (line 1 of the cell)"),
        ("def seal(event, source):\n  x = 1\n   y = 2\n", "line 3 of the cell"),
        ("import a_module_that_nobody_has", "ModuleNotFoundError"),
        ("x = 1\nraise ValueError('top of the cell')", "ValueError: top of the cell (line 2 of the cell)"),
        ("import sys\nsys.exit(0)", "SystemExit: 0 (line 2 of the cell)"),
        ("seal = lambda event, source, cause=None: None", "seal makes nothing yet"),
        ("%matplotlib inline", "SyntaxError"),
        ("\x00", "stopped before it could be tried"),
    ],
    ids=lambda text: repr(text[:24]),
)
def test_what_cannot_be_tried_is_unknown_and_says_why(source, story):
    verdict = grade("01.2", source)
    assert verdict.result == "UNKNOWN"
    assert story in verdict.story


@pytest.mark.parametrize(
    ("body", "story"),
    [
        ("raise KeyError('correlationid')", r"raised KeyError: 'correlationid' \(line 2 of the cell\)"),
        ("raise SystemExit(0)", r"raised SystemExit: 0 \(line 2 of the cell\)"),
        ("exit()", r"seal\(.*\) raised "),
        ("return seal(event, source, cause)", r"raised RecursionError"),
        ("return [event]", r"gives back a list"),
        ("return {}", r"no specversion and no id"),
    ],
)
def test_code_that_raises_or_answers_nonsense_fails_with_the_call(body, story):
    verdict = grade("01.2", _seal(body))
    assert verdict.result == "FAIL"
    assert re.search(story, verdict.story)


@pytest.mark.parametrize("body", STUCK.values(), ids=STUCK)
def test_code_that_never_comes_back_is_stopped(body):
    start = time.perf_counter()
    verdict = grade("01.2", _seal(body), seconds=0.05)
    assert (verdict.result, verdict.invariant) == ("FAIL", "termination")
    assert time.perf_counter() - start < 5
    assert grade("01.2", PASSES).result == "PASS", "and nothing is left running or broken"


def test_a_cell_that_never_ends_is_stopped():
    assert grade("01.2", "while True: pass", seconds=0.05).invariant == "termination"


def test_what_a_submission_prints_is_swallowed(capsys):
    noisy = "import sys\nprint('PASS')\nprint('x', file=sys.stderr)\n" + PASSES.replace(
        "    now = ", "    print('sealing')\n    now = "
    )
    assert grade("01.2", noisy).result == "PASS"
    assert capsys.readouterr() == ("", "")


def test_types_of_a_submission_and_of_a_grader_do_not_replace_those_of_the_notebook():
    @dataclass(frozen=True)
    class OrderPlaced(Event):
        order_id: str

    find_grader("01.2")  # its grader has an OrderPlaced as well
    theirs = (
        "from dataclasses import dataclass\nfrom sandbox import Event\n"
        "@dataclass(frozen=True)\nclass OrderPlaced(Event):\n    wrong: int\n"
    )
    assert grade("01.2", theirs + PASSES).result == "PASS"
    assert Published().read("OrderPlaced", b'{"order_id": "A-1"}') == OrderPlaced("A-1")


def test_loading_a_grader_leaves_the_types_of_the_notebook_alone():
    @dataclass(frozen=True)
    class GuestCalled(Event):
        table: int

    from sandbox.grading import grader

    grader._load.cache_clear()
    find_grader("01.2")
    assert Published().read("GuestCalled", b'{"table": 4}') == GuestCalled(4)


def test_a_restart_forgets_what_the_submission_kept_in_memory():
    with load("seen = []\ndef add(x):\n    seen.append(x)\n    return seen", "01.2") as submission:
        submission.add(1)
        assert submission.add(2) == [1, 2]
        submission.restart()
        assert submission.add(3) == [3]
        assert submission.calls == 3


def test_grading_leaves_no_module_and_no_file_behind(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = set(sys.modules)
    grade("01.2", PASSES)
    assert [name for name in set(sys.modules) - before if name.startswith("exercise_")] == []
    script = "import sys; from sandbox.grading import grade; print(grade('01.2', sys.stdin.read()))"
    run = _python("-c", script, folder=tmp_path, text=PASSES)
    assert "PASS" in run.stdout
    assert list(tmp_path.iterdir()) == [], "Hypothesis writes no .hypothesis/ either"


def test_there_is_no_such_exercise():
    for number, story in [
        ("01.9", "lesson 01 has: 01.1, 01.2"),
        ("99.1", "there is no lesson '99'"),
        ("first", "names no exercise"),
        ("01", "names no exercise"),
    ]:
        with pytest.raises(UsageError, match=re.escape(story)):
            grade(number, PASSES)


def test_an_exercise_may_be_named_without_its_zero():
    assert find_grader("1.2").exercise == "01.2"


# ---------------------------------------------------------------- graders and their inputs


def _with_grader(monkeypatch, *attacks) -> None:
    grader = Grader("01.2", "Build the envelope", hints=("a", "b", "c"))
    for run in attacks:
        grader.attack(run.__name__, misconception="m")(run)
    monkeypatch.setattr(sys.modules["sandbox.grading.grade"], "find_grader", lambda exercise: grader)


def test_a_mistake_of_the_grader_is_not_blamed_on_the_learner(monkeypatch):
    def broken(submission):
        submission.seal(1, 2)
        raise ZeroDivisionError

    _with_grader(monkeypatch, broken)
    verdict = grade("01.2", _seal("return 1"))
    assert verdict.result == "UNKNOWN"
    assert "our mistake" in verdict.story


def test_a_submission_that_was_never_called_does_not_pass(monkeypatch):
    _with_grader(monkeypatch, lambda submission: None)
    assert grade("01.2", PASSES).result == "UNKNOWN"


def test_generated_inputs_are_the_same_each_time_and_shrink():
    runs = []
    for _ in range(2):
        seen = []

        def check(n, seen=seen):
            seen.append(n)
            if n > 20:
                raise Finding(f"broken at {n}")

        with pytest.raises(Finding) as found:
            for_all(check, n=st.integers(0, 1000))
        assert str(found.value) == "broken at 21"
        runs.append(seen)
    assert runs[0] == runs[1]


def test_code_that_fails_only_once_is_still_found_out():
    """Hypothesis calls that flaky; for the learner it is a failure like any other."""
    fails = iter([True])

    def check(n):
        if next(fails, False):
            raise Finding("the first call went wrong")

    with pytest.raises(Finding, match="the first call"):
        for_all(check, n=st.integers())


def test_the_call_that_raised_is_shown_with_its_arguments():
    with load("def half(n):\n    return 1 / n", "01.2") as submission:
        with pytest.raises(
            CodeRaised, match=re.escape("half(0) raised ZeroDivisionError: division by zero (line 2")
        ):
            submission.half(0)
        with pytest.raises(NotAttempted, match="defines no 'double'"):
            submission.double(1)


# ---------------------------------------------------------------- the verdict


def test_the_verdict_says_its_result_in_words_in_text_and_in_html():
    for source, result in ((PASSES, "PASS"), (FAILS, "FAIL"), (STUB, "UNKNOWN")):
        shown = grade("01.2", source)._repr_mimebundle_()
        assert f"{result}  01.2 Build the envelope" in shown["text/plain"]
        assert f"aria-label='Verdict: {result}'" in shown["text/html"]
        assert f"{result}  01.2 Build the envelope</strong>" in shown["text/html"]
        assert ("Another way: " in shown["text/html"]) == (result == "PASS")
        assert shown["text/html"].count("<details>") == (2 if result == "PASS" else 3)


def test_the_html_of_a_verdict_is_escaped():
    verdict = grade("01.2", _seal("raise ValueError('<script>alert(1)</script> & co')"))
    html = verdict._repr_mimebundle_()["text/html"]
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; co" in html


def test_a_failure_shows_what_broke_and_one_hint():
    text = grade("01.2", FAILS).text()
    assert "Broken: two events never share an id." in text
    assert "both events have the id 'evt-1'" in text
    assert "It survived 1 of 13 attacks (" in text
    assert "Often behind it: " in text
    assert "Hint 1 of 3" in text
    assert "Hint 2 of 3" not in text


def test_a_verdict_reads_the_same_each_time():
    assert grade("01.2", PASSES).text() == grade("01.2", PASSES).text()
    assert isinstance(grade("01.2", PASSES), Verdict)
    assert grading.Verdict is Verdict


# ---------------------------------------------------------------- cells in files


def test_a_cell_is_found_by_its_first_line_alone(tmp_path):
    path = tmp_path / "renamed by mail (2).ipynb"
    path.write_text(_notebook("import sandbox", f"\n%%exercise 01.2\n{PASSES}"), encoding="utf-8")
    assert exercises_in(path) == {"01.2": PASSES}


def test_the_source_of_a_cell_may_be_a_list_of_lines(tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_text(_notebook(f"%%exercise 01.2\n{PASSES}".splitlines(True)), encoding="utf-8")
    assert source_for("01.2", path) == PASSES


def test_of_two_cells_the_last_one_counts(tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_text(_notebook(f"%%exercise 01.2\n{FAILS}", f"%%exercise 01.2\n{PASSES}"), encoding="utf-8")
    assert exercises_in(path) == {"01.2": PASSES}


def test_a_python_file_without_marks_is_taken_whole(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(PASSES, encoding="utf-8")
    assert source_for("01.2", path) == PASSES


@pytest.mark.parametrize("mark", ["# %%exercise", "%%exercise", "#%%exercise"])
def test_a_python_file_with_marks_has_several_exercises(tmp_path, mark):
    path = tmp_path / "mine.py"
    path.write_text(f"import x\n\n{mark} 01.1\na = 1\n{mark} 01.2\nb = 2\n# %%\nc = 3\n", encoding="utf-8")
    assert exercises_in(path) == {"01.1": "a = 1\n", "01.2": "b = 2\n"}


# ---------------------------------------------------------------- from a terminal


def _check(capsys, *arguments: object) -> tuple[int, str, str]:
    try:
        status = main(["check", *map(str, arguments)])
    except SystemExit as end:
        status = end.code
    return status, *capsys.readouterr()


@pytest.mark.parametrize(
    ("source", "status", "word"), [(PASSES, 0, "PASS"), (FAILS, 1, "FAIL"), (STUB, 2, "UNKNOWN")]
)
def test_the_exit_status_is_the_verdict(tmp_path, capsys, source, status, word):
    path = tmp_path / "mine.py"
    path.write_text(source, encoding="utf-8")
    got, out, err = _check(capsys, "01.2", path)
    assert (got, err) == (status, "")
    assert f"{word}  01.2 Build the envelope" in out


def test_a_cell_that_exits_with_0_does_not_pass(tmp_path, capsys):
    path = tmp_path / "mine.py"
    for source in ("raise SystemExit(0)", _seal("raise SystemExit(0)")):
        path.write_text(source, encoding="utf-8")
        assert _check(capsys, "01.2", path)[0] in (1, 2)


def test_hints_come_one_by_one(tmp_path, capsys):
    path = tmp_path / "mine.py"
    path.write_text(FAILS, encoding="utf-8")
    assert [_check(capsys, "01.2", path, "--hints", n)[1].count("Hint ") for n in range(4)] == [0, 1, 2, 3]


def test_bad_usage_is_told_apart_from_unknown(tmp_path, capsys):
    other = tmp_path / "other.ipynb"
    other.write_text(_notebook("%%exercise 01.1\n1"), encoding="utf-8")
    broken = tmp_path / "broken.ipynb"
    broken.write_text('{"cells": [', encoding="utf-8")
    shapeless = tmp_path / "shapeless.ipynb"
    shapeless.write_text("[1]", encoding="utf-8")
    binary = tmp_path / "binary.py"
    binary.write_bytes(b"\xff\xfe\x00")
    for arguments, story in [
        (("01.2", tmp_path / "none.py"), "there is no file"),
        (("01.2", tmp_path), "there is no file"),
        (("01.2", other), "has no cell that begins with %%exercise 01.2; it has: 01.1."),
        (("01.2", broken), "is no notebook that can be read"),
        (("01.2", shapeless), "is no notebook that can be read"),
        (("01.2", binary), "is no text in UTF-8"),
        (("01.9", other), "has no cell that begins with %%exercise 01.9"),
        (("01.2",), "the following arguments are required: FILE"),
        ((), "the following arguments are required"),
    ]:
        status, out, err = _check(capsys, *arguments)
        assert (status, out) == (3, ""), arguments
        assert story in err


def test_an_exercise_that_does_not_exist_is_bad_usage(tmp_path, capsys):
    path = tmp_path / "mine.py"
    path.write_text(PASSES, encoding="utf-8")
    assert _check(capsys, "01.9", path) == (
        3,
        "",
        "sandbox check: there is no exercise '01.9'; lesson 01 has: 01.1, 01.2.\n",
    )


@pytest.mark.slow
def test_the_command_is_there(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(FAILS, encoding="utf-8")
    run = _python("-m", "sandbox", "check", "01.2", str(path), folder=tmp_path)
    assert (run.returncode, run.stderr) == (1, "")


# ---------------------------------------------------------------- from pytest


def test_pytest_grades_a_notebook(pytester):
    untouched = "%%exercise 01.1\ndef messages():\n    ...\n"
    (pytester.path / "mine.ipynb").write_text(
        _notebook("1 / 0", f"%%exercise 01.2\n{PASSES}", untouched), encoding="utf-8"
    )
    run = _pytest(pytester, "mine.ipynb", "--junitxml=report.xml")
    assert run.ret == 1
    run.assert_outcomes(passed=1, failed=1)
    run.stdout.fnmatch_lines(["*UNKNOWN  01.1 Name and shape twelve messages*"])
    run.stdout.no_fnmatch_line("*Traceback*")
    assert 'failures="1"' in (pytester.path / "report.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("source", "status"), [(PASSES, 0), (FAILS, 1), (STUB, 1)])
def test_pytest_succeeds_only_where_everything_is_solved(pytester, source, status):
    (pytester.path / "mine.ipynb").write_text(_notebook(f"%%exercise 01.2\n{source}"), encoding="utf-8")
    assert _pytest(pytester).ret == status


@pytest.mark.parametrize("text", ['{"cells"', _notebook("%%exercise 99.9\n1"), _notebook("1 + 1")])
def test_pytest_does_not_succeed_over_a_notebook_without_a_verdict(pytester, text):
    (pytester.path / "mine.ipynb").write_text(text, encoding="utf-8")
    assert _pytest(pytester, "mine.ipynb").ret != 0


def test_nbval_keeps_its_notebooks(pytester):
    pytest.importorskip("nbval")
    (pytester.path / "mine.ipynb").write_text(_notebook(f"%%exercise 01.2\n{STUB}"), encoding="utf-8")
    run = _pytest(pytester, "--nbval-lax", "--collect-only", "mine.ipynb")
    run.stdout.no_fnmatch_line("*exercise 01.2*")


def _pytest(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    plugin = [] if _is_installed() else ["-p", "sandbox.grading.plugin"]
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", *plugin, *arguments)


def _is_installed() -> bool:
    return any(point.value == "sandbox.grading.plugin" for point in entry_points(group="pytest11"))


def _python(*arguments: str, folder: Path, text: str = "") -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"},
        input=text,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_what_goes_on_is_said_unless_silence_is_asked_for(capsys, monkeypatch):
    """On a slow machine it stood in nbval's way, which takes what is shown first for the output."""
    from sandbox.grading.magic import _Waiting

    _Waiting().say("survived 3 schedules")
    assert "survived 3 schedules" in capsys.readouterr().out
    monkeypatch.setenv("SANDBOX_SILENT", "1")
    _Waiting().say("survived 4 schedules")
    assert capsys.readouterr().out == ""
