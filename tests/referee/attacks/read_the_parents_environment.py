# And what the processes around it hold.
from pathlib import Path


def attack():
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if b"REFEREES_SECRET" in path.read_bytes():
                return True
        except OSError:
            continue
    return False
