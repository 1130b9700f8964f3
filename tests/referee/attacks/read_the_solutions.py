# Exercise 08.2 has solutions, and they are on this disk.
from pathlib import Path

import sandbox


def attack():
    course = Path(sandbox.__file__).resolve().parents[1]
    return bool((course / "lessons" / "08_outbox" / "right" / "08_2_batch.py").read_text())
