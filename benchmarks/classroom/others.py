"""nbgrader and otter, in an environment of their own beside the course's.

It is made once, in `build/graders`; `BENCH_GRADERS` names one that is there already. What they
don't bring themselves, that is the course and what it needs, they find in the course's environment.
"""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

from sandbox.course import LESSONS

ROOT = LESSONS.parent
WANTED = Path(__file__).with_name("requirements.txt")


def fetch() -> Path:
    """The folder with the programs of that environment."""
    place = Path(os.environ.get("BENCH_GRADERS") or ROOT / "build" / "graders")
    wanted, stamp = WANTED.read_text(encoding="utf-8"), place / "made-from"
    programs = place / "bin"
    if not (programs / "python").exists():
        venv.create(place, with_pip=True)
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        print("Fetching nbgrader and otter (once) ...", file=sys.stderr)
        pip = [programs / "python", "-m", "pip", "--disable-pip-version-check", "install", "-q"]
        subprocess.run([*pip, "-r", WANTED], check=True)
        found_in = [str(ROOT), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
        link = "".join(f"{path}\n" for path in dict.fromkeys(found_in))
        (Path(libraries(programs)) / "course.pth").write_text(link, encoding="utf-8")
        stamp.write_text(wanted, encoding="utf-8")
    return programs


def libraries(programs: Path) -> str:
    """Where that environment keeps what is imported."""
    asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return subprocess.check_output([programs / "python", "-c", asked], text=True).strip()


def environment(programs: Path) -> dict[str, str]:
    """In which its programs come first, and so do its kernels."""
    kept = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return {**kept, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
