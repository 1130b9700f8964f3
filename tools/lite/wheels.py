"""The wheels that the browser loads: the course's own, and those that it needs."""

import base64
import hashlib
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tools.lite.problem import Problem

ROOT = Path(__file__).resolve().parents[2]
PURE = (  # of requirements.txt, what lessons, graders and the lab import
    "anywidget",
    "cloudevents",
    "comm",
    "fakeredis",
    "graphviz",
    "ipywidgets",
    "kafka-python",
    "psygnal",
    "python-dateutil",
    "redis",
    "sortedcontainers",
    "tqdm",
    "typing-extensions",
    "uuid6",
)
COMPILED = ("hypothesis", "msgspec")  # for WebAssembly, by their makers
NAME, VERSION = "event_sandbox", "0.1.0"
MOMENT = (1980, 1, 1, 0, 0, 0)  # of every file: the same sources make the same wheel


def pinned() -> dict[str, str]:
    """The versions of requirements.txt, by name."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = (line.partition(";")[0].strip().partition("==") for line in lines if "==" in line)
    return {normal(name): version for name, _, version in pins}


def normal(name: str) -> str:
    """A package's name as an index compares it."""
    return name.lower().replace("_", "-").replace(".", "-")


def fetch(packages: dict[str, str], folder: Path, *, compiled: bool = False) -> None:
    """Have pip download wheels of these versions for Python in the browser. Raises `Problem`."""
    platform = ["pyemscripten_2026_0_wasm32"] if compiled else ["any"]
    kind = (
        ["--implementation", "cp", "--abi", "cp314"]
        if compiled
        else ["--implementation", "py", "--abi", "none"]
    )
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    command += ["--python-version", "3.14", *kind, "--platform", *platform, "--dest", str(folder)]
    command += [f"{name}=={version}" for name, version in sorted(packages.items())]
    answer = subprocess.run(command, capture_output=True, text=True)
    if answer.returncode:
        raise Problem(f"pip could not fetch the browser's packages:\n{answer.stderr.strip()[-600:]}")


def own(folder: Path) -> Path:
    """The course as a wheel, `lessons/` beside the package, as in a clone; without the wrong solutions."""
    path = folder / f"{NAME}-{VERSION}-py3-none-any.whl"
    about = f"{NAME}-{VERSION}.dist-info"
    texts = {file.relative_to(ROOT).as_posix(): file.read_bytes() for file in _files()}
    texts[f"{about}/METADATA"] = f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {VERSION}\n".encode()
    texts[f"{about}/WHEEL"] = b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = [f"{name},sha256={_digest(text)},{len(text)}" for name, text in texts.items()]
    texts[f"{about}/RECORD"] = "\n".join([*record, f"{about}/RECORD,,", ""]).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, text in sorted(texts.items()):
            wheel.writestr(zipfile.ZipInfo(name, MOMENT), text, zipfile.ZIP_DEFLATED)
    return path


def _files() -> Iterator[Path]:
    for folder in ("sandbox", "lessons"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and not {"wrong", "__pycache__"} & set(path.parts):
                yield path


def _digest(text: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text).digest()).rstrip(b"=").decode()
