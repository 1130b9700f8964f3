"""Python for the browser, whole: Pyodide's core from npm, its packages and ours from PyPI. No CDN."""

import hashlib
import json
import shutil
import subprocess
import tarfile
from pathlib import Path

from tools.lite import wheels
from tools.lite.problem import Problem

VERSION = "314.0.6"  # the one that jupyterlite-pyodide-kernel was made for
CORE = ("pyodide.mjs", "pyodide.js", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
KERNEL = ("micropip", "ipython", "jedi")  # what a notebook's kernel needs, at the versions of Pyodide's lock


def distribution(folder: Path, cache: Path) -> list[str]:
    """Fill `folder`; the names of the packages that a kernel loads when it starts.

    Pyodide's lock names wheels that were built again for its CDN; we take the same versions
    from PyPI, and write their names and hashes into the lock. Raises `Problem`.
    """
    source = _core(cache)
    kept = cache / "wheels"
    kept.mkdir(exist_ok=True)
    lock = json.loads((source / "pyodide-lock.json").read_text(encoding="utf-8"))
    known = {wheels.normal(name): entry for name, entry in lock["packages"].items()}
    pins = wheels.pinned()
    wanted = {name: pins[name] for name in wheels.PURE}
    for name in _with_all_below(KERNEL, known):
        wanted.setdefault(name, known[name]["version"])
    _fetch_missing(wanted, kept)
    compiled = {name: pins[name] for name in wheels.COMPILED}
    _fetch_missing(compiled, kept, compiled=True)
    folder.mkdir(parents=True)
    for name in CORE:
        shutil.copy2(source / name, folder / name)
    files = {name: _wheel(name, version, kept) for name, version in (wanted | compiled).items()}
    files[wheels.normal(wheels.NAME)] = wheels.own(kept)
    for path in files.values():
        shutil.copy2(path, folder / path.name)
    lock["packages"] = {name: _entry(name, path) for name, path in sorted(files.items())}
    (folder / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    return sorted(files)


def _core(cache: Path) -> Path:
    folder = cache / f"pyodide-{VERSION}"
    if folder.is_dir():
        return folder / "package"
    npm = shutil.which("npm")
    if npm is None:
        raise Problem("there is no npm, which fetches Pyodide. Install Node.js (Debian: apt install npm).")
    answer = subprocess.run(
        [npm, "pack", "--silent", f"pyodide@{VERSION}"], cwd=cache, capture_output=True, text=True
    )
    if answer.returncode:
        raise Problem(f"npm could not fetch Pyodide {VERSION}:\n{answer.stderr.strip()[-600:]}")
    half = cache / "half"
    with tarfile.open(cache / answer.stdout.split()[-1]) as archive:
        # Python 3.11 knows the safe way to unpack from its fourth patch on; Debian 12 has the second.
        archive.extractall(half, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    half.rename(folder)
    return folder / "package"


def _with_all_below(names: tuple[str, ...], known: dict[str, dict]) -> list[str]:
    found, todo = [], list(names)
    while todo:
        name = wheels.normal(todo.pop())
        if name not in found:
            found.append(name)
            todo += known[name]["depends"]
    return found


def _fetch_missing(packages: dict[str, str], folder: Path, *, compiled: bool = False) -> None:
    missing = {name: version for name, version in packages.items() if not _found(name, version, folder)}
    if missing:
        wheels.fetch(missing, folder, compiled=compiled)


def _found(name: str, version: str, folder: Path) -> list[Path]:
    return [
        path
        for path in folder.glob("*.whl")
        if [wheels.normal(part) for part in path.name.split("-")[:2]] == [name, wheels.normal(version)]
    ]


def _wheel(name: str, version: str, folder: Path) -> Path:
    found = _found(name, version, folder)
    if not found:
        raise Problem(f"pip has fetched no wheel of {name} {version} that can be recognised.")
    return found[0]


def _entry(name: str, path: Path) -> dict:
    return {
        "name": name,
        "version": path.name.split("-")[1],
        "file_name": path.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": [],
        "depends": [],
        "unvendored_tests": False,
    }
