"""Wheels for a room without network: what the course needs, for a named system and Python.

pip looks at the markers of the machine it runs on (`sys_platform == "win32"`), not of the one
it downloads for. So what is needed there is worked out here, by `packaging`, out of
requirements.txt and of what the installed packages say they need; pip fetches just that.
"""

import platform
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from tqdm import tqdm

from sandbox.errors import UsageError
from sandbox.workshop.release.contents import ROOT

OPTIONAL = "pygraphviz"  # draws topologies where there is no Graphviz; not made for every Python
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
GLIBC = ["2014", *(f"_2_{minor}" for minor in range(17, 29))]  # manylinux: what Debian 11 can load
PLATFORMS = {  # name: sys_platform, os_name, platform_system, machine, pip's tags
    "linux": ("linux", "posix", "Linux", "x86_64", [f"manylinux{glibc}_x86_64" for glibc in GLIBC]),
    "linux-arm": ("linux", "posix", "Linux", "aarch64", [f"manylinux{glibc}_aarch64" for glibc in GLIBC]),
    "mac": ("darwin", "posix", "Darwin", "arm64", ["macosx_14_0_arm64"]),
    "windows": ("win32", "nt", "Windows", "AMD64", ["win_amd64"]),
}


@dataclass(frozen=True)
class Target:
    """The machines of a room."""

    platform: str  # a name of PLATFORMS
    python: str  # 3.12

    def __post_init__(self) -> None:
        if self.platform not in PLATFORMS:
            raise UsageError(f"there is no platform {self.platform!r}; there are: {', '.join(PLATFORMS)}.")
        if self.python not in PYTHONS:
            raise UsageError(f"the course doesn't run on Python {self.python!r}; on: {', '.join(PYTHONS)}.")

    def __str__(self) -> str:
        return f"{self.platform}, Python {self.python}"

    @property
    def environment(self) -> Mapping[str, str]:
        """What markers are asked about."""
        system, os_name, platform_system, machine, _ = PLATFORMS[self.platform]
        return {
            **default_environment(),
            "sys_platform": system,
            "os_name": os_name,
            "platform_system": platform_system,
            "platform_machine": machine,
            "python_version": self.python,
            "python_full_version": f"{self.python}.0",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
        }


def this_machine() -> Target:
    """The machine that this runs on."""
    for name, (system, _, _, machine, _) in PLATFORMS.items():
        if (sys.platform, platform.machine()) == (system, machine):
            return Target(name, f"{sys.version_info[0]}.{sys.version_info[1]}")
    raise UsageError(f"name the room's machines: --platform {'|'.join(PLATFORMS)}, or --without-wheels.")


def pins(target: Target) -> list[str]:
    """What is to be installed there: `anyio==4.16.0` and so on."""
    environment = target.environment
    pinned = {
        canonicalize_name(pin.name): f"{pin.name}{pin.specifier}"
        for pin in _pinned()
        if not pin.marker or pin.marker.evaluate(environment)
    }
    wanted = _needed(target)
    builder = _project()["build-system"]["requires"]
    unpinned = wanted - set(pinned) - {canonicalize_name(Requirement(each).name) for each in builder}
    chosen = [pin for name, pin in pinned.items() if name in wanted or name == OPTIONAL]
    return sorted([*chosen, *unpinned, *builder], key=str.lower)


def requirements() -> str:
    """The lines of requirements.txt that are needed on any of these machines; the others serve developers."""
    wanted = {OPTIONAL}.union(*(_needed(Target(name, python)) for name in PLATFORMS for python in PYTHONS))
    lines = [str(pin) for pin in _pinned() if canonicalize_name(pin.name) in wanted]
    return "# What the course was tested with, and nothing that only its makers need.\n" + "".join(
        f"{line}\n" for line in lines
    )


def download(targets: Iterable[Target], folder: Path) -> list[str]:
    """Fetch the wheels of these targets, with progress; a line for each thing that is not to be had.

    Raises `UsageError` where something that the course can't do without is not to be had.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = []
    for target in targets:
        wanted = pins(target)
        needed = [pin for pin in wanted if not pin.startswith(OPTIONAL)]
        if problem := _fetch(needed, target, folder):
            raise UsageError(f"pip could not fetch the wheels for {target}:\n{problem}")
        optional = [pin for pin in wanted if pin.startswith(OPTIONAL)]
        if optional and _fetch(optional, target, folder):
            missing.append(f"{optional[0]} is not made for {target}: install Graphviz there, for topologies")
    return missing


def _fetch(wanted: list[str], target: Target, folder: Path) -> str:
    """Have pip download them; what it complains of, empty where all went well."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    command += ["--progress-bar=off", "--dest", str(folder), "--python-version", target.python]
    for tag in PLATFORMS[target.platform][-1]:
        command += ["--platform", tag]
    pip = subprocess.Popen([*command, *wanted], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = []
    with tqdm(total=len(wanted), desc=f"wheels for {target}", unit="wheel") as bar:
        for line in pip.stdout:
            said.append(line)
            bar.update(line.startswith("Collecting"))
    errors = [line for line in said if line.startswith("ERROR")] or said
    return "".join(errors[-5:]) if pip.wait() else ""


def _needed(target: Target) -> set[str]:
    """The names of all that the course needs there, and of what that needs in turn."""
    environment = target.environment
    waiting = [Requirement(text) for text in _project()["project"]["dependencies"]]
    seen: set[tuple[str, str]] = set()
    while waiting:
        wanted = waiting.pop()
        for extra in ("", *wanted.extras):
            if (known := (canonicalize_name(wanted.name), extra)) in seen:
                continue
            seen.add(known)
            told = {**environment, "extra": extra}
            waiting += [each for each in _requires(known[0]) if not each.marker or each.marker.evaluate(told)]
    return {name for name, _ in seen}


@cache
def _requires(name: str) -> tuple[Requirement, ...]:
    try:
        return tuple(Requirement(text) for text in requires(name) or ())
    except PackageNotFoundError:  # it belongs to another system
        return ()


@cache
def _project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@cache
def _pinned() -> tuple[Requirement, ...]:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return tuple(Requirement(line) for line in lines if line.strip() and not line.startswith("#"))
