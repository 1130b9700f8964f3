"""The package that is handed out: whole, without answers, and ready to run in an empty folder."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

from sandbox.__main__ import main
from sandbox.errors import UsageError
from sandbox.workshop.release import Order, contents, links, make, wheels
from sandbox.workshop.release.chosen import choose
from sandbox.workshop.release.wheels import Target
from tools import course

ROOT = Path(__file__).resolve().parents[2]
HALF_A_DAY = choose("Half a day")


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    return make(HALF_A_DAY, tmp_path_factory.mktemp("release"), Order(), say=str)


def test_a_path_is_found_by_its_name_or_its_lessons():
    assert choose("half-a-day") == HALF_A_DAY
    assert [lesson.name for lesson in choose(None, ["8", "01"]).lessons] == ["01_events", "08_outbox"]
    assert HALF_A_DAY.minutes == sum(lesson.minutes for lesson in HALF_A_DAY.lessons) + 12 * 10


@pytest.mark.parametrize(
    ("path", "numbers", "reason"),
    [
        ("Half the day", [], 'did you mean "Half a day"'),
        (None, [], "name either a path or lessons"),
        ("A day", ["01"], "name either a path or lessons"),
        (None, ["77"], "no lesson '77'"),
    ],
)
def test_what_is_not_there_is_said(path, numbers, reason):
    with pytest.raises(UsageError, match=re.escape(reason)):
        choose(path, numbers)


def test_a_package_of_a_package_is_not_made(tmp_path, monkeypatch):
    monkeypatch.setattr("sandbox.workshop.release.chosen.LESSONS", tmp_path)
    with pytest.raises(UsageError, match="in a clone of the course"):
        choose("Half a day")


def test_it_has_its_lessons_and_no_answers(package):
    names = {path.relative_to(package.folder).as_posix() for path in package.folder.rglob("*")}
    assert {f"notebooks/{lesson.name}.ipynb" for lesson in HALF_A_DAY.lessons} < names
    assert "lessons/03_idempotent_consumers/victims/03_5.py" in names
    parts = {part for name in names for part in name.split("/")}
    assert not parts & {"solutions", "right", "wrong", "exercises.py", "08_outbox", "tests", "__pycache__"}
    for path in package.folder.glob("exercises/*.ipynb"):
        for cell in json.loads(path.read_text())["cells"]:
            contents.check_stub(path.name, cell)


def test_no_link_leads_out_of_it(package):
    dead = [
        (path.name, link[2])
        for path in [*package.folder.glob("*/*.ipynb"), package.folder / "README.md"]
        for link in contents.LINK.finditer(_prose(path))
        if not (path.parent / link[2]).exists()
    ]
    assert dead == []
    index = _prose(package.folder / "notebooks/index.ipynb")
    assert "| 03 |" in index and "| 05 |" not in index
    assert "**Half a day**" in index and "**Two days**" not in index
    assert "solutions/" not in index


def _prose(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    cells = json.loads(text)["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def test_without_a_whole_path_the_index_tells_of_none():
    index = json.loads(contents.contents(choose(None, ["05"]))["notebooks/index.ipynb"])
    assert "Three paths" not in json.dumps(index)


def test_with_solutions_on_demand():
    names = contents.contents(choose(None, ["00"]), with_solutions=True)
    assert "solutions/00_welcome.ipynb" in names
    assert any(name.startswith("lessons/00_welcome/right/") for name in names)
    assert "solutions/" in names["notebooks/index.ipynb"].decode()


def test_a_solved_exercise_is_not_handed_out():
    notebook = json.loads((ROOT / "solutions/00_welcome.ipynb").read_text())
    stub = json.loads((ROOT / "exercises/00_welcome.ipynb").read_text())
    for solved, open_one in zip(notebook["cells"], stub["cells"], strict=False):
        contents.check_stub("exercises/00_welcome.ipynb", open_one)
        if "exercise" in open_one["metadata"].get("sandbox", {}):
            with pytest.raises(UsageError, match=r"somebody has solved 00\.1 there"):
                contents.check_stub("exercises/00_welcome.ipynb", {**open_one, "source": solved["source"]})


def test_checksums_and_zip_have_every_file(package):
    lines = (package.folder / "SHA256SUMS").read_text().splitlines()
    names = {line.partition("  ")[2] for line in lines}
    there = {
        path.relative_to(package.folder).as_posix() for path in package.folder.rglob("*") if path.is_file()
    }
    assert names == there - {"SHA256SUMS"}
    with zipfile.ZipFile(package.archive) as archive:
        assert {name.partition("/")[2] for name in archive.namelist()} == there
        assert archive.getinfo(f"{package.folder.name}/binder/start").external_attr >> 16 == 0o755


def test_the_same_sources_make_the_same_zip_and_replace_the_old_one(package):
    before = package.archive.read_bytes()
    (package.folder / "rubbish").write_text("")
    again = make(HALF_A_DAY, package.folder.parent, Order(), say=str)
    assert again.archive.read_bytes() == before
    assert not (package.folder / "rubbish").exists()


def test_what_is_no_package_is_not_replaced(tmp_path):
    (tmp_path / "event-course-half-a-day").mkdir()
    with pytest.raises(UsageError, match="is no package"):
        make(HALF_A_DAY, tmp_path, Order(), say=str)


@pytest.mark.slow
def test_unpacked_into_an_empty_folder_lesson_00_runs(package, tmp_path):
    """Here with the packages of the tests; docs/teaching.md says how it is seen with the wheels alone."""
    with zipfile.ZipFile(package.archive) as archive:
        archive.extractall(tmp_path)
    home = tmp_path / "home"
    home.mkdir()
    folder = tmp_path / package.folder.name
    environment = {**os.environ, "HOME": str(home), "PYTHONPATH": str(folder), "SANDBOX_BUS": "sim://"}
    command = [sys.executable, "-m", "jupyter", "execute", "notebooks/00_welcome.ipynb", "--inplace"]
    answer = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr[-2000:]


@pytest.mark.parametrize(
    ("repository", "link"),
    [
        ("https://github.com/me/course.git", "/v2/gh/me/course/week%2F1?urlpath=lab%2Ftree%2Fn.ipynb"),
        ("https://gitlab.com/a/b/course", "/v2/gl/a%2Fb%2Fcourse/week%2F1?"),
        (
            "https://git.example.edu/me/course",
            "/v2/git/https%3A%2F%2Fgit.example.edu%2Fme%2Fcourse/week%2F1",
        ),
    ],
)
def test_binders_link(repository, link):
    assert link in links.binder(repository, "week/1", "n.ipynb")


def test_nbgitpullers_link():
    assert links.nbgitpuller(
        "https://github.com/me/course.git", "main", "n.ipynb", "https://hub.example.edu/"
    ) == (
        "https://hub.example.edu/hub/user-redirect/git-pull?repo=https%3A%2F%2Fgithub.com%2Fme%2Fcourse.git"
        "&branch=main&urlpath=lab%2Ftree%2Fcourse%2Fn.ipynb"
    )
    with pytest.raises(UsageError, match="is no address"):
        links.nbgitpuller("me/course", "main", "n.ipynb", "https://hub.example.edu")


def test_wheels_are_those_of_the_other_machine():
    windows, linux = (set(wheels.pins(Target(name, "3.13"))) for name in ("windows", "linux"))
    assert [pin.partition("==")[:2] for pin in sorted(windows - linux)] == [
        ("colorama", "=="),
        ("pywinpty", "=="),
    ]
    assert not {"ruff", "playwright", "jupytext"} & {pin.partition("==")[0] for pin in linux}
    assert "setuptools>=77" in linux
    assert set(wheels.requirements().splitlines()[1:]) <= {
        str(wheels.Requirement(line))
        for line in (ROOT / "requirements.txt").read_text().splitlines()
        if "==" in line
    }


@pytest.mark.parametrize(("platform", "python"), [("amiga", "3.12"), ("linux", "2.7")])
def test_an_unknown_machine_is_named(platform, python):
    with pytest.raises(UsageError, match=f"{platform}|{python}"):
        Target(platform, python)


@pytest.fixture
def index(tmp_path, monkeypatch):
    """The only place where pip may look: it has one package."""
    place = tmp_path / "index"
    place.mkdir()
    about = "tiny-1.0.dist-info"
    with zipfile.ZipFile(place / "tiny-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(place))
    return place


def test_wheels_are_fetched_and_what_is_missing_is_named(index, tmp_path, monkeypatch):
    target = Target("windows", "3.13")
    monkeypatch.setattr(wheels, "pins", lambda _: ["tiny==1.0", "pygraphviz==2.0.4"])
    missing = wheels.download([target], tmp_path / "wheels")
    assert [path.name for path in (tmp_path / "wheels").iterdir()] == ["tiny-1.0-py3-none-any.whl"]
    assert missing == [
        "pygraphviz==2.0.4 is not made for windows, Python 3.13: install Graphviz there, for topologies"
    ]
    monkeypatch.setattr(wheels, "pins", lambda _: ["huge==1.0"])
    with pytest.raises(
        UsageError, match=r"(?s)could not fetch the wheels for windows, Python 3\.13.*huge==1\.0"
    ):
        wheels.download([target], tmp_path / "wheels")


@pytest.mark.parametrize("they_fit", [True, False])
def test_a_learners_machine_installs_from_the_wheels_and_else_from_the_index(tmp_path, monkeypatch, they_fit):
    asked = []

    def install(command):
        asked.append(command[5:])
        return they_fit or "--no-index" not in command

    (tmp_path / "wheels").mkdir()
    for name, value in {
        "WHEELS": tmp_path / "wheels",
        "STAMP": tmp_path / "stamp",
        "install": install,
    }.items():
        monkeypatch.setattr(course, name, value)
    monkeypatch.setattr(course.venv, "create", lambda *args, **options: None)
    monkeypatch.setattr(course, "with_uv", lambda: False)
    assert course.prepare() is None
    offline = ["--no-index", "--find-links", tmp_path / "wheels"]
    if they_fit:
        assert [command[:3] for command in asked] == [offline, offline]
    else:
        assert [command[0] for command in asked] == ["--no-index", "--requirement", "--no-deps"]


def test_from_a_terminal(tmp_path, capsys):
    command = ["workshop", "release", "--lessons", "00", "--without-wheels", "--to", str(tmp_path)]
    assert main([*command, "--repository", "https://github.com/me/course"]) == 0
    told = capsys.readouterr().out
    assert "event-course-lessons-00.zip" in told and "  Binder: https://mybinder.org/" in told
    readme = (tmp_path / "event-course-lessons-00/README.md").read_text()
    assert "python3 tools/course.py lab" in readme and "https://mybinder.org/" in readme
    assert main([*command, "--hub", "https://hub.example.edu"]) == 3
    assert main(["workshop", "release", "--lessons", "00", "--platform", "amiga", "--to", str(tmp_path)]) == 3


def test_github_classroom_gets_a_point_for_each_exercise(package):
    tests = json.loads((package.folder / ".github/classroom/autograding.json").read_text())["tests"]
    assert [test["name"][:4] for test in tests] == sorted(e for le in HALF_A_DAY.lessons for e in le.graders)
    workflow = yaml.safe_load((package.folder / ".github/workflows/classroom.yml").read_text())
    steps = workflow["jobs"]["run-autograding-tests"]["steps"]
    assert [step["with"]["command"] for step in steps if "command" in step.get("with", {})] == [
        test["run"] for test in tests
    ]
    reporter = steps[-1]
    ids = reporter["with"]["runners"].split(",")
    assert {f"{id.upper()}_RESULTS" for id in ids} == set(reporter["env"])
    assert ids == [step["id"] for step in steps if "id" in step]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "status"),
    [("shelf.put(record.event.order_id)\n    consumer.commit(record)", 0), ("import os; os._exit(0)", 1)],
    ids=["solved", "forged"],
)
def test_the_classrooms_command_tells_solved_from_forged(package, tmp_path, body, status):
    """The very line of autograding.json, on a learner's repository."""
    test = json.loads((package.folder / ".github/classroom/autograding.json").read_text())["tests"][0]
    notebook = json.loads((package.folder / "exercises/00_welcome.ipynb").read_text())
    for cell in notebook["cells"]:
        if "sandbox" in cell["metadata"]:
            cell["source"] = f"%%exercise 00.1\ndef serve(record, consumer, shelf):\n    {body}"
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises/00_welcome.ipynb").write_text(json.dumps(notebook))
    command = test["run"].split()
    assert command[0] == "python"
    environment = {**os.environ, "PYTHONPATH": str(package.folder)}
    answer = subprocess.run(
        [sys.executable, *command[1:]], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    if "can't be confined here" in answer.stderr:
        pytest.skip(f"NOT CHECKED: {answer.stderr.strip()}")
    assert answer.returncode == status, answer.stdout + answer.stderr
