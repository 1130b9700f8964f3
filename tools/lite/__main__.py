"""`python -m tools.lite`: build the site into build/lite; `--serve` shows it on this machine."""

import argparse
import hashlib
import http.server
import json
import os
import shutil
import subprocess
import sys
import venv
from contextlib import suppress
from functools import partial
from pathlib import Path

from tools.lab import SETTINGS
from tools.lite import pyodide
from tools.lite.problem import Problem

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
SITE = BUILD / "lite"
FOLDERS = ("notebooks", "exercises", "solutions", "docs")
PROGRESS = "/drive/exercises/progress.json"  # the browser's own storage
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
WORKER = {  # what is changed in JupyterLite's service worker, so that what it keeps is found again
    "await t.match(e)": "await t.match(e,{ignoreSearch:true})",  # lab/index.html?path=…, for any path
    't.pathname.includes("/api/")}': 't.pathname.includes("/api/")&&!t.pathname.endsWith(".json")}',  # lists
}
SESSION = {  # a session is found by its notebook's path; by name, a lesson's and its exercises' were one
    "._sessions.find(e=>e.name===i)": "._sessions.find(e=>e.path===a)",
}
DOOR = Path(__file__).with_name("door.html")
NEVER_ASKED_FOR = {".eot", ".ttf", ".txt", ".gz", ".map"}  # fonts for old browsers, licences


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.lite", description=__doc__)
    parser.add_argument("--serve", action="store_true", help="and serve it on http://localhost:PORT")
    parser.add_argument("--port", type=int, default=8000)
    choice = parser.parse_args()
    try:
        build()
    except Problem as problem:
        sys.exit(f"The site could not be built: {problem}")
    size = sum(path.stat().st_size for path in SITE.rglob("*") if path.is_file())
    print(
        f"The course for the browser is in {SITE.relative_to(ROOT)} ({size / 1e6:.0f} MB). "
        "Any web server can serve it; this one, for you alone: make lite ARGS=--serve"
    )
    if choice.serve:
        handler = partial(http.server.SimpleHTTPRequestHandler, directory=SITE)
        print(f"http://localhost:{choice.port} (Ctrl+C ends it)", flush=True)
        with suppress(KeyboardInterrupt):
            http.server.ThreadingHTTPServer(("127.0.0.1", choice.port), handler).serve_forever()
    return 0


def build() -> None:
    """Build the site anew. Raises `Problem`."""
    cache = BUILD / "lite-cache"
    cache.mkdir(parents=True, exist_ok=True)
    python = _environment(BUILD / "lite-env")
    source = BUILD / "lite-source"
    for old in (source, SITE):
        shutil.rmtree(old, ignore_errors=True)
    packages = pyodide.distribution(source / "static" / "pyodide", cache)
    first = _contents(source / "files")
    options = {"packages": packages, "env": {"SANDBOX_PROGRESS": PROGRESS}}
    _write(
        source / "jupyter-lite.json",
        {
            "jupyter-lite-schema-version": 0,
            "jupyter-config-data": {
                "appName": "Event sandbox",
                "exposeAppInBrowser": True,
                "enableServiceWorkerCache": "true",
                "litePluginSettings": {KERNEL: {"disablePyPIFallback": True, "loadPyodideOptions": options}},
            },
        },
    )
    _write(source / "overrides.json", SETTINGS)
    _write(
        source / "jupyter_lite_config.json",
        {
            "LiteBuildConfig": {
                "contents": ["files"],
                "output_dir": str(SITE),
                "cache_dir": str(cache / "jupyterlite"),
                "no_sourcemaps": True,
                "apps": ["lab"],
            }
        },
    )
    command = [python, "-m", "jupyter", "lite", "build"]
    path = os.pathsep.join([str(python.parent), os.environ["PATH"]])
    answer = subprocess.run(
        command, cwd=source, capture_output=True, text=True, env={**os.environ, "PATH": path}
    )
    if answer.returncode:
        raise Problem(f"jupyter lite build has failed:\n{(answer.stdout + answer.stderr).strip()[-1500:]}")
    _change(SITE / "service-worker.js", WORKER)
    _change(_holding(next(iter(SESSION))), SESSION)
    _open_door(first)


def _open_door(first: str) -> None:
    """Write the first page: it loads all that the course will ever ask for, and leads to the first lesson."""
    kept = [path for path in sorted(SITE.rglob("*")) if path.is_file() and not _never_asked_for(path)]
    kept.sort(key=lambda path: path.stat().st_size)  # from the list's end: the largest first
    size = sum(path.stat().st_size for path in kept)
    said = {
        "MEGABYTES": f"{size / 1e6:.0f}",
        "ADDRESS": f"lab/index.html?path={first}",
        "FILES": json.dumps([path.relative_to(SITE).as_posix() for path in kept]),
    }
    page = DOOR.read_text(encoding="utf-8")
    for name, value in said.items():
        page = page.replace(name, value)
    (SITE / "index.html").write_text(page, encoding="utf-8")


def _never_asked_for(path: Path) -> bool:
    return path.suffix in NEVER_ASKED_FOR or "licenses" in path.name or path.name == "service-worker.js"


def _change(script: Path, changes: dict[str, str]) -> None:
    text = script.read_text(encoding="utf-8")
    for old, new in changes.items():
        if text.count(old) != 1:
            raise Problem(f"{script.name} of JupyterLite is another one by now: it has no {old!r}.")
        text = text.replace(old, new)
    script.write_text(text, encoding="utf-8")


def _holding(words: str) -> Path:
    found = [path for path in SITE.glob("build/*.js") if words in path.read_text(encoding="utf-8")]
    if len(found) != 1:
        raise Problem(f"JupyterLite is another one by now: {words!r} is in {len(found)} of its scripts.")
    return found[0]


def _environment(folder: Path) -> Path:
    """The Python of the environment that builds the site, made where it is missing or out of date."""
    wanted = Path(__file__).with_name("requirements.txt")
    stamp = folder / "made-from"
    made_from = hashlib.sha256(wanted.read_bytes() + sys.version.encode()).hexdigest()
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (stamp.is_file() and stamp.read_text() == made_from):
        venv.create(folder, with_pip=True, clear=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--requirement", wanted]
        answer = subprocess.run(pip, capture_output=True, text=True)
        if answer.returncode:
            raise Problem(f"pip could not install what builds the site:\n{answer.stderr.strip()[-600:]}")
        stamp.write_text(made_from)
    return python


def _contents(folder: Path) -> str:
    """Copy what a learner opens; the path of the first lesson. Committed outputs are ours, so trusted."""
    for name in FOLDERS:
        for path in sorted((ROOT / name).rglob("*")):
            if path.suffix not in {".ipynb", ".md", ".svg"}:
                continue
            target = folder / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix != ".ipynb":
                shutil.copy2(path, target)
                continue
            notebook = json.loads(path.read_text(encoding="utf-8"))
            for cell in notebook["cells"]:
                cell["metadata"]["trusted"] = True
            _write(target, notebook)
    return min(path.relative_to(folder).as_posix() for path in folder.glob("notebooks/*.ipynb"))


def _write(path: Path, content: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
