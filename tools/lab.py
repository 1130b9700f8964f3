"""Open JupyterLab on the first lesson: `python -m tools.lab [options of jupyter lab]`.

Three things make it a course rather than an empty server: the file browser stands in the
repository, the lessons' committed outputs are trusted, so that their pictures show before
anything is run, and JupyterLab doesn't ask on its first start whether it may fetch news.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}


def main() -> int:
    """Prepare and start JupyterLab; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.lab", description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT, help="a copy of the course to work in")
    parser.add_argument("--prepare", action="store_true", help="all but the start")
    choice, options = parser.parse_known_args()
    folder = choice.folder.resolve()
    lessons = sorted(folder.glob("notebooks/*.ipynb"))
    if not lessons:
        sys.exit(f"There are no notebooks in {folder}. Make them: make lessons")
    settings = Path(sys.prefix) / "share/jupyter/lab/settings/overrides.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(json.dumps(SETTINGS), encoding="utf-8")
    trusted = [*lessons, *sorted(folder.glob("solutions/*.ipynb"))]
    subprocess.run([sys.executable, "-m", "jupyter", "trust", *map(str, trusted)], stdout=subprocess.DEVNULL)
    if choice.prepare:
        return 0
    print("The lessons, in their order:")
    for path in sorted(folder.glob("notebooks/[0-9]*.ipynb")):
        print(f"  {path.relative_to(folder)}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")  # containers and classrooms often run as root
    # Named as an argument, the notebook's own folder would be the root: no way to the exercises.
    first = f"--LabApp.default_url=/lab/tree/{lessons[0].relative_to(folder).as_posix()}"
    command = [sys.executable, "-m", "jupyter", "lab", f"--ServerApp.root_dir={folder}", first, *options]
    sys.stdout.flush()
    os.chdir(folder)
    if os.name != "nt":  # there, whoever started us would believe that all is over
        os.execv(command[0], command)  # one process: whoever ends it ends the server, and its kernels
    try:
        return subprocess.call(command)
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
