# Or at least: where are they?
import os
from pathlib import Path

import sandbox


def attack():
    return "lessons" in os.listdir(Path(sandbox.__file__).resolve().parents[1])
