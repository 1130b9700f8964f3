"""`python -m tools.docs`: build the pages into build/docs. A warning of Sphinx fails it."""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
BUILD = ROOT / "build"
MODULES = (  # of the reference; the names are those of its __all__
    "sandbox",
    "sandbox.ports",
    "sandbox.patterns",
    "sandbox.store",
    "sandbox.shop",
    "sandbox.explore",
    "sandbox.grading",
    "sandbox.referee",
    "sandbox.views",
)
INDEX = """# Event sandbox

The lessons as pages to read, with the outputs that they were committed with, and the reference.
To run them: in the browser, on Binder or on your own machine, as the repository's README says.

```{{toctree}}
:caption: Lessons
:maxdepth: 1
{lessons}
```

```{{toctree}}
:caption: Exercises
:maxdepth: 1
{exercises}
```

```{{toctree}}
:caption: Reference
:maxdepth: 1
{reference}
```

```{{toctree}}
:caption: Background
:maxdepth: 1
{background}
```
"""


def main() -> int:
    """Gather the sources, and have Sphinx read them; return its exit status."""
    python = _environment(BUILD / "docs-env")
    source, site = BUILD / "docs-source", BUILD / "docs"
    for old in (source, site):
        shutil.rmtree(old, ignore_errors=True)
    for name in ("notebooks", "exercises", "docs"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("*.json", "*.backup-*"))
    shutil.copy2(HERE / "conf.py", source)
    for sheet in source.glob("docs/cheatsheets/*.html"):  # these are copied, two folders deep, as they are
        sheet.write_text(sheet.read_text(encoding="utf-8").replace('.ipynb"', '.html"'), encoding="utf-8")
    _reference(source / "reference")
    pages = {
        "lessons": [*source.glob("notebooks/index.ipynb"), *sorted(source.glob("notebooks/[!i]*.ipynb"))],
        "exercises": sorted(source.glob("exercises/*.ipynb")),
        "reference": [source / "reference" / f"{module}.md" for module in MODULES],
        "background": sorted(source.glob("docs/**/*.md")),
    }
    lists = {
        name: "\n".join(path.relative_to(source).with_suffix("").as_posix() for path in paths)
        for name, paths in pages.items()
    }
    (source / "index.md").write_text(INDEX.format(**lists), encoding="utf-8")
    command = [python, "-m", "sphinx", "-b", "html", "-q", "--fail-on-warning", *sys.argv[1:], source, site]
    status = subprocess.call(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    if status == 0:
        print(f"The pages are in {site.relative_to(ROOT)}; begin with index.html.")
    return status


def _reference(folder: Path) -> None:
    folder.mkdir()
    for module in MODULES:
        text = f"# {module}\n\n```{{eval-rst}}\n.. automodule:: {module}\n"
        text += "   :members:\n   :imported-members:\n"
        text += "   :no-index:\n```\n" if module == "sandbox" else "```\n"  # its names have homes below
        (folder / f"{module}.md").write_text(text, encoding="utf-8")


def _environment(folder: Path) -> Path:
    """The Python of the environment that builds the pages, made where it is missing or out of date."""
    wanted = [ROOT / "requirements.txt", HERE / "requirements.txt"]
    made_from = hashlib.sha256(b"".join(path.read_bytes() for path in wanted)).hexdigest()
    stamp, python = folder / "made-from", folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (stamp.is_file() and stamp.read_text() == made_from):
        print("Making the environment that builds the pages (once) ...", flush=True)
        venv.create(folder, with_pip=True, clear=True)
        files = [option for path in wanted for option in ("--requirement", str(path))]
        subprocess.run([python, "-m", "pip", "install", "--quiet", *files], check=True)
        stamp.write_text(made_from)
    return python


if __name__ == "__main__":
    sys.exit(main())
