"""The build of lessons: text in, three notebooks out, equal to the byte, and no learner's work lost."""

from copy import deepcopy

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tools.lessons import execute, outputs_differ, source
from tools.lessons.__main__ import main
from tools.lessons.build import Course
from tools.lessons.notebook import WIDGET, clean, make, text_of

LESSON = """\
# %% [markdown]
# # 01 · A cup

# %% tags=["bus"]
import json, os, sys, warnings

print("poured", end=""), sys.stdout.flush(), print(" and drunk")
os.environ.get("SANDBOX_BUS"), os.environ["SANDBOX_SEED"], os.path.basename(os.getcwd())

# %% tags=["raises-exception"]
json.loads("{")

# %%
display({"WIDGET": {"model_id": os.urandom(4).hex()}, "text/plain": "a lab"}, raw=True)
display({"WIDGET": {}}, raw=True)

# %%
warnings.warn("hot")

# %%
list({f"cup {number}" for number in range(9)})

# %%
1 + 1

# %%
1 + 1
""".replace("WIDGET", WIDGET)

EXERCISES = """\
# %% [markdown]
# # Exercises

# %%
get_ipython().register_magic_function(
    lambda line, cell: get_ipython().run_cell(cell), "cell", "exercise"
)

# %% exercise="01.1"
def price(cups):
    ### BEGIN SOLUTION: say what so many cups cost
    return cups * 390
    ### END SOLUTION

# %% exercise="01.2"
def greet(guest):
    ### STUB: ...  # your words
    ### BEGIN SOLUTION: greet the guest
    return f"Good morning, {guest}"
    ### END SOLUTION

greet("A-1")
"""
NEW_STUB = EXERCISES.replace("say what so many cups cost", "price so many cups")
NEW_TEXT = NEW_STUB.replace("# # Exercises", "# # Exercises with prices")
MINE = "%%exercise 01.1\ndef price(cups):\n    return cups * 400"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("course"))
    lesson = course.root / "lessons/01_cup"
    lesson.mkdir(parents=True)
    (lesson / "lesson.py").write_text(LESSON)
    (lesson / "exercises.py").write_text(EXERCISES)
    return course


@pytest.fixture(scope="module")
def built(course):
    """Built once for all tests here, where no home, another kernel and a bus are in the way."""
    kernel = course.root / "elsewhere/kernels/python3/kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text('{"argv": ["another-python"], "display_name": "Python 3", "language": "python"}')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(course.root / "elsewhere"))
        patch.setenv("HOME", str(course.root / "home"))
        patch.setenv("SANDBOX_BUS", "kafka://nowhere:1")
        return course.build(course.lessons()[0])


@pytest.fixture
def written(course, built, tmp_path):
    """A course on disk of its own, as built: the course, and its notebooks by kind."""
    here = Course(tmp_path)
    paths = {path.parent.name: tmp_path / path.relative_to(course.root) for path in built}
    for path, notebook in built.items():
        here.write(paths[path.parent.name], deepcopy(notebook))
    return here, paths


def again(paths, built):
    """`built`, as it would have been built for the course of `paths`."""
    return {paths[path.parent.name]: deepcopy(notebook) for path, notebook in built.items()}


def stubs(text, tmp_path):
    """The exercises notebook of another text."""
    path = tmp_path / "other.py"
    path.write_text(text)
    return make("01_cup", [cell.stub() for cell in source.read(path)], holes=True)


def edit(path, change):
    """Change a notebook on disk, as a learner does in Jupyter."""
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)


def write_mine(notebook):
    notebook.cells[2].source = MINE


def of_kind(built, kind):
    return next(notebook for path, notebook in built.items() if path.parent.name == kind)


@pytest.mark.slow
def test_two_builds_are_equal_to_the_byte(course, built):
    lesson = of_kind(built, "notebooks")
    cells = source.read(course.root / "lessons/01_cup/lesson.py")
    bare = make("01_cup", cells)
    second = execute(bare, folder=course.root / "notebooks")
    assert bare == make("01_cup", cells), "the notebook that was passed in is left alone"
    assert text_of(second) == text_of(lesson)
    assert outputs_differ(second, lesson, ignore_tags=()) == []


def test_what_differs_from_run_to_run_is_not_kept(built):
    notebook = of_kind(built, "notebooks")
    text = text_of(notebook)
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert [c.execution_count for c in notebook.cells if c.cell_type == "code"] == [1, 2, 3, 4, 5, 6, 7]
    assert "iopub" not in text and "\\u001b" not in text
    assert "File " not in text and "ipykernel" not in text
    assert text.endswith("}\n")
    printed, value = notebook.cells[1].outputs
    assert printed.text == "poured and drunk\n"
    assert value.data["text/plain"] == "(None, '0', 'notebooks')"
    frames = "\n".join(notebook.cells[2].outputs[0].traceback)
    assert 'json.loads("{")' in frames and "JSONDecodeError: " in frames
    assert [o.data for o in notebook.cells[3].outputs] == [{"text/plain": "a lab"}]


def test_colours_of_a_terminal_and_counts_are_put_right():
    red = new_output("error", ename="E", evalue="e", traceback=["\x1b[0;31mE\x1b[0m: e"])
    notebook = clean(new_notebook(cells=[new_code_cell("x", outputs=[red])]))
    assert notebook.cells[0].outputs[0].traceback == ["E: e"]
    assert notebook.cells[0].execution_count == 1


def test_an_edit_changes_one_id(tmp_path):
    path = tmp_path / "lesson.py"
    path.write_text(LESSON)
    before = [cell.id for cell in make("01_cup", source.read(path)).cells]
    path.write_text(LESSON.replace("hot", "cold"))
    after = [cell.id for cell in make("01_cup", source.read(path)).cells]
    assert [a == b for a, b in zip(before, after, strict=True)] == [True] * 4 + [False] + [True] * 3
    assert before[-1] == f"{before[-2]}-2"


def test_an_exercise_has_a_readable_id_and_holes(built):
    hollow, filled = of_kind(built, "exercises"), of_kind(built, "solutions")
    assert [c.id for c in hollow.cells[2:]] == [c.id for c in filled.cells[2:]] == ["ex-01-1", "ex-01-2"]
    task = 'raise NotImplementedError("exercise 01.1: say what so many cups cost")'
    assert hollow.cells[2].source == f"%%exercise 01.1\ndef price(cups):\n    {task}"
    assert hollow.cells[3].source == (
        '%%exercise 01.2\ndef greet(guest):\n    ...  # your words\n\ngreet("A-1")'
    )
    assert "###" not in text_of(hollow) + text_of(filled)
    assert "* 390" in filled.cells[2].source
    assert "Good morning, A-1" in filled.cells[3].outputs[0].data["text/plain"]


def test_no_word_of_a_solution_is_in_the_exercises(built):
    text = text_of(of_kind(built, "exercises"))
    assert "390" not in text and "Good morning" not in text
    assert all(c.execution_count is None and not c.outputs for c in of_kind(built, "exercises").cells[1:])


@pytest.mark.parametrize(
    ("right", "slip", "complaint"),
    [
        ("BEGIN SOLUTION: say what so many cups cost", "BEGIN SOLUTION", "misplaced or mistyped"),
        ("    ### END SOLUTION\n\n# %% exercise", "\n# %% exercise", "exercise 01.1 needs"),
        ("### END SOLUTION", "## END SOLUTION", "misplaced or mistyped"),
        ('# %% exercise="01.1"', "# %%", "a solution outside an exercise"),
        ('"01.2"', '"01.1"', "exercise 01.1 is there twice"),
        ('"01.2"', '"first"', "not written as in 01.2"),
        ('# %% exercise="01.1"', '# %% exercise="01.1" tags=["buss"]', "buss is no tag"),
        ("return cups * 390", "return cups *", "its solution is not Python, line 2 (return cups *)"),
        ("### STUB: ...", "### STUB: if", "its stub is not Python"),
    ],
)
def test_a_slip_in_the_text_is_named(tmp_path, right, slip, complaint):
    assert right in EXERCISES
    path = tmp_path / "exercises.py"
    path.write_text(EXERCISES.replace(right, slip))
    with pytest.raises(source.SourceError) as caught:
        for cell in source.read(path):
            cell.stub(), cell.solution()
    assert complaint in str(caught.value)


def test_what_was_built_is_fresh(written, built):
    course, paths = written
    assert course.stale(again(paths, built), strict=True) == []


def test_a_notebook_edited_by_hand_is_told_where_the_change_belongs(written, built):
    course, paths = written
    edit(paths["notebooks"], lambda notebook: notebook.cells[1].outputs.pop())
    edit(paths["solutions"], lambda notebook: notebook.cells[0].update(source="# My title"))
    assert course.stale(again(paths, built)) == [
        "notebooks/01_cup.ipynb is generated and differs from its source (cell 2, output). "
        "Move your change to lessons/01_cup/lesson.py and run: make lessons",
        "solutions/01_cup.ipynb is generated and differs from its source (cell 1, text). "
        "Move your change to lessons/01_cup/exercises.py and run: make lessons",
    ]


def test_a_cell_about_its_machine_keeps_no_output_and_no_cell_knows_a_learner(monkeypatch, tmp_path):
    kept = tmp_path / "progress.json"
    kept.write_text("{}")
    monkeypatch.setenv("SANDBOX_PROGRESS", str(kept))
    about_here = source.Cell("code", "print('a fine machine')", ("machine",))
    about_anyone = source.Cell("code", "import os; print(os.path.exists(os.environ['SANDBOX_PROGRESS']))")
    ran = execute(make("00_cup", [about_here, about_anyone]))
    assert ran.cells[0].outputs == []
    assert ran.cells[0].metadata.tags == ["machine", "nbval-ignore-output"]
    assert ran.cells[1].outputs[0].text == "False\n"


def test_missing_broken_and_orphaned_notebooks_are_named(written, built):
    course, paths = written
    paths["notebooks"].unlink()
    paths["exercises"].write_text("<<<<<<< HEAD\n")
    assert course.stale(again(paths, built)) == [
        "notebooks/01_cup.ipynb is missing. Run: make lessons",
        "exercises/01_cup.ipynb is no notebook that can be read. Run: make lessons",
    ]
    assert [sentence.split(" belongs")[0] for sentence in course.orphans()] == [
        "exercises/01_cup.ipynb",
        "solutions/01_cup.ipynb",
    ]


def test_a_learner_may_write_run_and_save(written, built):
    course, paths = written

    def as_jupyter_saves(notebook):
        write_mine(notebook)
        notebook.cells[2].execution_count = 4
        notebook.cells[1].execution_count = 1
        notebook.cells[1].outputs = [new_output("stream", text="ready")]
        notebook.cells[1].metadata["editable"] = True
        notebook.metadata["language_info"]["version"] = "3.13.1"

    edit(paths["exercises"], as_jupyter_saves)
    assert course.stale(again(paths, built)) == []
    assert len(course.stale(again(paths, built), strict=True)) == 1
    edit(paths["exercises"], lambda notebook: notebook.cells[0].update(source="# My title"))
    assert "(cell 1, text)" in course.stale(again(paths, built))[0]


def test_a_learners_work_is_kept_and_the_other_stubs_are_renewed(written, tmp_path):
    course, paths = written
    path = paths["exercises"]

    def solve_the_second(notebook):
        notebook.cells[3].source = "%%exercise 01.2\ndef greet(guest):\n    return 'Hi'"
        notebook.cells[3].metadata.clear()

    edit(path, solve_the_second)
    assert course.write(path, stubs(NEW_TEXT, tmp_path)) == "written, kept your 01.2"
    cells = nbformat.read(path, as_version=4).cells
    assert "price so many cups" in cells[2].source
    assert cells[3].source.endswith("return 'Hi'")
    assert course.write(path, stubs(NEW_TEXT, tmp_path)) == "as it was, kept your 01.2"
    assert course.stale({path: stubs(NEW_TEXT, tmp_path)}) == []


def test_an_old_stub_is_stale_and_is_renewed_without_a_backup(written, tmp_path):
    course, paths = written
    assert "(cell 3, text)" in course.stale({paths["exercises"]: stubs(NEW_STUB, tmp_path)})[0]
    assert course.write(paths["exercises"], stubs(NEW_TEXT, tmp_path)) == "written"


def test_lost_metadata_keep_the_learners_text(written, tmp_path):
    course, paths = written
    edit(paths["exercises"], lambda notebook: notebook.cells[2].metadata.clear())
    assert course.write(paths["exercises"], stubs(NEW_TEXT, tmp_path)) == "written, kept your 01.1"


def test_reset_backs_up_first(written, tmp_path):
    course, paths = written
    path = paths["exercises"]
    for number in (1, 2):
        edit(path, write_mine)
        before = path.read_bytes()
        outcome = course.write(path, stubs(EXERCISES, tmp_path), reset=True)
        assert outcome == f"written, your work is in 01_cup.backup-{number}.ipynb"
        assert (path.parent / f"01_cup.backup-{number}.ipynb").read_bytes() == before
    assert path.read_text(encoding="utf-8") == text_of(stubs(EXERCISES, tmp_path))
    assert course.write(path, stubs(EXERCISES, tmp_path), reset=True) == "as it was"


@pytest.mark.parametrize(
    "change",
    [
        lambda notebook: notebook.cells.append(new_code_cell("my = 'own cell'")),
        lambda notebook: notebook.cells[0].update(source="# Exercises, and my notes"),
        lambda notebook: notebook.cells[2].update(source="%%exercise 09.9\nmine"),
        lambda notebook: notebook.cells[2].update(source="no_mark = 'any more'"),
        lambda notebook: notebook.cells.extend([new_code_cell(MINE), new_code_cell(f"{MINE} + 1")]),
    ],
    ids=["own cell", "notes", "exercise that is gone", "mark removed", "two tries"],
)
def test_what_has_no_place_in_the_new_notebook_is_backed_up(written, tmp_path, change):
    course, paths = written
    edit(paths["exercises"], change)
    before = paths["exercises"].read_bytes()
    outcome = course.write(paths["exercises"], stubs(NEW_TEXT, tmp_path))
    assert outcome.endswith(", your work is in 01_cup.backup-1.ipynb")
    assert (paths["exercises"].parent / "01_cup.backup-1.ipynb").read_bytes() == before


def test_a_notebook_that_cannot_be_read_is_backed_up(written, tmp_path):
    course, paths = written
    paths["exercises"].write_text("<<<<<<< HEAD\n")
    assert "backup-1" in course.write(paths["exercises"], stubs(EXERCISES, tmp_path))
    assert (paths["exercises"].parent / "01_cup.backup-1.ipynb").read_text() == "<<<<<<< HEAD\n"


@pytest.mark.slow
def test_a_failing_cell_fails_the_build_with_its_line(tmp_path, capsys):
    lesson = tmp_path / "lessons/01_spill"
    lesson.mkdir(parents=True)
    (lesson / "lesson.py").write_text("# %% [markdown]\n# # 01\n\n# %%\ncups = 0\n\n390 / cups\n")
    assert main(["build"], Course(tmp_path)) == 1
    said = capsys.readouterr()
    assert said.err == (
        "lessons/01_spill/lesson.py, cell 2, line 3 (390 / cups): ZeroDivisionError: division by zero\n"
    )
    assert "01_spill ..." in said.out
    assert not (tmp_path / "notebooks/01_spill.ipynb").exists()


def shows(text, **metadata):
    return new_notebook(
        cells=[new_code_cell("cup", outputs=[new_output("stream", text=text)], metadata=metadata)]
    )


def test_outputs_are_compared_cell_by_cell_in_words():
    assert outputs_differ(shows("same"), shows("same")) == []
    assert outputs_differ(shows("same\none"), shows("same\ntwo")) == [
        "cell 1 (cup) shows 'one' against 'two'"
    ]
    assert outputs_differ(shows("one"), new_notebook()) == ["1 cells against 0"]


def test_outputs_of_cells_with_an_ignored_tag_may_differ():
    one, other = shows("one", tags=["bus"]), shows("two", tags=["bus"])
    assert outputs_differ(one, other) == []
    assert len(outputs_differ(one, other, ignore_tags=["seed-dependent"])) == 1
