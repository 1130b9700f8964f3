# In a file, wherever one can be written.
from contextlib import suppress
from pathlib import Path

PATHS = [
    Path(folder) / "seen_by_a_submission"
    for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run", "/", ".", Path.home())
]


def leave():
    for path in PATHS:
        with suppress(OSError):
            path.write_text("x")


def find():
    found = [path for path in PATHS if path.exists()]
    for path in found:
        path.unlink()
    return bool(found)
