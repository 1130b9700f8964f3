"""The committed outputs are true: nbval finds them again, under every seed, and on real Kafka."""

import os
import subprocess
import sys

import nbformat
import pytest

from tools.lessons import execute, outputs_differ
from tools.lessons.build import ROOT, Course

COURSE = Course()


def _has_code(path) -> bool:
    return any(cell.cell_type == "code" for cell in nbformat.read(path, as_version=4).cells)


EXECUTED = [p for lesson in COURSE.lessons() for p in COURSE.paths(lesson) if p.parent.name != "exercises"]
PAGES = [p for page in COURSE.pages() for p in COURSE.paths(page) if _has_code(p)]
LESSONS = [path for path in EXECUTED if path.parent.name == "notebooks"]
NAME = {"ids": lambda path: f"{path.parent.name}/{path.stem}"}


def differences(path, **environment):
    """How the committed notebook differs from itself, run again in another environment."""
    committed = nbformat.read(path, as_version=4)
    again = execute(committed, environment, name=path.stem, folder=path.parent)
    return outputs_differ(committed, again, ignore_tags=("bus", "seed-dependent"))


@pytest.mark.slow
@pytest.mark.parametrize("path", EXECUTED + PAGES, **NAME)
def test_nbval_finds_the_same_outputs(path, tmp_path):
    """Strictly, without a sanitiser: to need one would break the guarantee rule."""
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-cell-timeout=60", "-q", str(path)]
    same = {"SANDBOX_BUS": "sim://", "SANDBOX_SEED": "0", "SANDBOX_SILENT": "1", "PYTHONHASHSEED": "0"}
    nobody = {"SANDBOX_PROGRESS": str(tmp_path / "progress.json")}
    environment = {**os.environ, **same, **nobody}
    answer = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment)
    assert answer.returncode == 0, answer.stdout[-3000:]


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["1", "2", "3", "4", "5"])
@pytest.mark.parametrize("path", LESSONS, **NAME)
def test_no_output_depends_on_the_seed(path, seed):
    assert differences(path, SANDBOX_SEED=seed) == []


@pytest.mark.slow
@pytest.mark.kafka
@pytest.mark.parametrize("path", EXECUTED, **NAME)
def test_the_outputs_are_the_same_on_real_kafka(path, kafka_address):
    assert differences(path, SANDBOX_BUS=f"kafka://{kafka_address}") == []
