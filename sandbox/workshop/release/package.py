"""Make the package: a folder and a zip of it, checksums, and a page that says how to begin."""

import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import UsageError
from sandbox.workshop.release import classroom, links
from sandbox.workshop.release.chosen import Chosen, Lesson
from sandbox.workshop.release.contents import contents
from sandbox.workshop.release.wheels import Target, download, requirements

SUMS = "SHA256SUMS"
MADE_FOR = "wheels/MADE_FOR.txt"
MOMENT = (1980, 1, 1, 0, 0, 0)  # of every file: the same sources make the same zip
RUN_BY_HAND = ("binder/postBuild", "binder/start")
IGNORED = [
    ".venv/",
    ".kafka/",
    "wheels/",
    "__pycache__/",
    "*.egg-info/",
    ".ipynb_checkpoints/",
    "exercises/progress.json",
]
README = """\
# {name}: event-driven architecture, in Jupyter

Unpack it, open a terminal in its folder, and (on Windows with `py` instead of `python3`):

```
python3 tools/course.py lab
```

The first time, this makes an environment in `.venv`; then JupyterLab opens with the first lesson. {network}

| | Lesson | Reading | Exercises |
|---|---|---|---|
{rows}
About {time} with all exercises. {why}

Read and run the lessons in `notebooks/`. Write into `exercises/`: running a cell grades it, as often as you
like. What you hand in is what is in `exercises/`: the notebooks, whatever you call them.
{elsewhere}
Is the package whole? `sha256sum -c SHA256SUMS` (macOS: `shasum -a 256 -c SHA256SUMS`). The sandbox is under
the MIT licence, the lessons are under CC BY 4.0: see LICENSE and LICENSE-lessons.md.
"""
OFFLINE = """No network is needed: all packages are in `wheels/`, for
{targets}. Another Python asks the package index instead."""
ONLINE = "That needs network, once."


@dataclass(frozen=True)
class Order:
    """What is wanted of a package, besides its lessons."""

    targets: tuple[Target, ...] = ()  # machines that have no network; none: no wheels
    repository: str = ""  # where the package will lie, for links
    branch: str = "main"
    hub: str = ""  # a JupyterHub with nbgitpuller
    with_solutions: bool = False


@dataclass(frozen=True)
class Made:
    """What was made."""

    folder: Path
    archive: Path
    files: int
    links: dict[str, str]
    missing: list[str]  # what is not to be had, in words


def make(chosen: Chosen, to: Path, order: Order, say: Callable[[str], None] = print) -> Made:
    """Write the package of these lessons into the folder `to`; one of the same name is replaced.

    Raises `UsageError` where a folder that is no package is in its place, or an exercise is filled in.
    """
    folder = to / f"event-course-{chosen.slug}"
    if folder.exists() and not (folder / SUMS).is_file():
        raise UsageError(
            f"{folder} is there, and is no package: move it away, or choose another place: --to."
        )
    addresses = addresses_of(chosen, order)
    texts = contents(chosen, with_solutions=order.with_solutions) | classroom.files(chosen)
    texts["requirements.txt"] = requirements().encode()
    texts[".gitignore"] = "".join(f"{name}\n" for name in IGNORED).encode()
    texts["README.md"] = readme(chosen, order, addresses).encode()
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=to) as half:  # a package is whole, or it isn't there
        made = Path(half) / folder.name
        for name, text in texts.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_bytes(text)
        for name in RUN_BY_HAND:
            (made / name).chmod(0o755)
        missing = []
        if order.targets:
            missing = download(order.targets, made / "wheels")
            (made / MADE_FOR).write_text("".join(f"{target}\n" for target in order.targets), encoding="utf-8")
        names = sorted(path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file())
        say(f"{len(names)} files: checksums, and the zip ...")
        sums = "".join(f"{_sha256(made / name)}  {name}\n" for name in names)
        (made / SUMS).write_text(sums, encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(made, folder)
    archive = folder.with_name(f"{folder.name}.zip")
    _zip(folder, [*names, SUMS], archive)
    return Made(folder, archive, len(names), addresses, missing)


def addresses_of(chosen: Chosen, order: Order) -> dict[str, str]:
    """Links that open the first lesson elsewhere, by the name of the place."""
    page = f"notebooks/{chosen.lessons[0].name}.ipynb"
    if not order.repository:
        if order.hub:
            raise UsageError("a link for a JupyterHub needs the repository: --repository URL.")
        return {}
    found = {"Binder": links.binder(order.repository, order.branch, page)}
    if order.hub:
        found["JupyterHub"] = links.nbgitpuller(order.repository, order.branch, page, order.hub)
    return found


def readme(chosen: Chosen, order: Order, addresses: dict[str, str]) -> str:
    """The package's first page."""
    hours, minutes = divmod(chosen.minutes, 60)
    targets = "; ".join(map(str, order.targets))
    elsewhere = "".join(
        f"\nOr open it on {place}, with nothing to install:\n<{link}>\n" for place, link in addresses.items()
    )
    return README.format(
        name=chosen.name,
        network=OFFLINE.format(targets=targets) if order.targets else ONLINE,
        rows="".join(_row(lesson) for lesson in chosen.lessons),
        time=f"{hours} h {minutes:02} min",
        why=chosen.why,
        elsewhere=elsewhere,
    )


def _row(lesson: Lesson) -> str:
    exercises = f"[{len(lesson.graders)}](exercises/{lesson.name}.ipynb)" if lesson.graders else ""
    title = f"[{lesson.title}](notebooks/{lesson.name}.ipynb)"
    return f"| {lesson.number} | {title} | {lesson.minutes} min | {exercises} |\n"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _zip(folder: Path, names: list[str], archive: Path) -> None:
    """Pack the folder. Wheels are zips already: they are stored as they are."""
    half = archive.with_suffix(".zip.tmp")
    with zipfile.ZipFile(half, "w") as packed:
        for name in names:
            entry = zipfile.ZipInfo(f"{folder.name}/{name}", MOMENT)
            entry.external_attr = (0o755 if name in RUN_BY_HAND else 0o644) << 16
            kind = zipfile.ZIP_STORED if name.endswith(".whl") else zipfile.ZIP_DEFLATED
            packed.writestr(entry, (folder / name).read_bytes(), kind)
    os.replace(half, archive)
