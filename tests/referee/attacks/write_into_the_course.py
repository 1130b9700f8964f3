# A file in the course's folder, which a later run would find.
from pathlib import Path

import sandbox


def attack():
    for folder in (Path(sandbox.__file__).resolve().parent, Path(sandbox.__file__).resolve().parents[1]):
        path = folder / "written_by_a_submission"
        path.write_text("x")
        path.unlink()
    return True
