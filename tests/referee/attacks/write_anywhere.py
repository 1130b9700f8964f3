# A file in one of the places where one may usually write.
import os
import tempfile
from pathlib import Path


def attack():
    for folder in (tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm", "/run", os.getcwd(), "/"):
        try:
            path = Path(folder) / "written_by_a_submission"
            path.write_text("x")
            path.unlink()
            return True
        except OSError:
            continue
    return False
