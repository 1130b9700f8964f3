"""A class, and what it hands in."""

import json
import os
from pathlib import Path

import pytest

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
RIGHT = (LESSONS / "08_outbox/right/08_2_batch.py").read_text(encoding="utf-8")
WRONG = (LESSONS / "08_outbox/wrong/08_2_marked_first.py").read_text(encoding="utf-8")


def notebook(**cells: str) -> str:
    """A notebook with a cell for each exercise: `notebook(e08_2=RIGHT)`."""
    sources = [f"%%exercise {name[1:].replace('_', '.')}\n{source}" for name, source in cells.items()]
    made = [
        {"cell_type": "code", "source": s, "metadata": {}, "outputs": [], "execution_count": None}
        for s in ["import sandbox", *sources]
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def hand_in(tmp_path):
    """Put a file into the folder of what was handed in; its time is given in seconds since 1970."""
    folder = tmp_path / "handed-in"
    folder.mkdir()

    def put(name: str, text: str | bytes, at: float = 1_000_000_000) -> Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        os.utime(path, (at, at))
        return folder

    return put
