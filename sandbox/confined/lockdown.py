"""The doors that are shut before a submission runs: which there are here, and shutting them.

What a machine allows is tried, not guessed. From strong to weak:

    namespaces   no other processes, no network, no files but Python's; and seccomp
    landlock     no files but Python's; and seccomp, which leaves no network and no processes
    limits       memory, time and sizes are limited, and that is all
"""

import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from sandbox import errors
from sandbox.confined import kernel, landlock, namespaces, seccomp

NAMESPACES, LANDLOCK, LIMITS = "namespaces", "landlock", "limits"
LEVELS = (NAMESPACES, LANDLOCK, LIMITS)  # the strongest first
MEMORY_MAX = 512 * 2**20  # bytes of address space, beyond what Python itself has
SECONDS_MAX = 30  # of processor time, of one instance
OPEN_MAX = 64  # files and sockets
SYSTEM = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/share/zoneinfo",
    "/etc/localtime",
    "/etc/ld.so.cache",
)


def leave(level: str) -> None:
    """What has to be done before the fork of the process that shuts the doors. Raises `OSError`."""
    if level != LIMITS and not seccomp.is_possible():
        raise OSError(f"the system calls of this machine are not known, so there is no {level} here")
    if level == NAMESPACES:
        namespaces.leave()


def shut_doors(level: str) -> None:
    """Confine this process and its children. Raises `OSError` where that can't be done here."""
    memory = _address_space() + MEMORY_MAX
    readable = sorted(filter(os.path.exists, (*python_paths(), *SYSTEM)), key=len)
    if level == NAMESPACES:
        namespaces.move_in(readable)
    elif level == LANDLOCK:
        landlock.close_files((*readable, *namespaces.DEVICES))
    if level != LIMITS:
        kernel.give_up_capabilities()
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, OPEN_MAX)
    if sys.platform == "linux":
        kernel.prctl(kernel.DUMPABLE, 0)  # nobody looks into its memory
        kernel.prctl(kernel.NO_NEW_PRIVILEGES, 1)


def shut_last_door(level: str) -> None:
    """Confine this process, an instance, before it runs the submission."""
    _limit(resource.RLIMIT_CPU, SECONDS_MAX)
    if sys.platform == "linux":
        kernel.prctl(kernel.DEATH_SIGNAL, signal.SIGKILL)  # it dies with its parent
    if level == LIMITS:
        _limit(resource.RLIMIT_NPROC, 0)  # which doesn't stop root
    else:
        seccomp.filter_calls()


def prove(level: str) -> None:
    """Try the doors, in a process of its own. Raises `OSError` where one of them is open."""
    if level == LIMITS:
        return
    child = os.fork()
    if child == 0:
        shut_last_door(level)
        os._exit(sum(map(_is_open, (os.fork, socket.socket, _read_a_file))))
    open_doors = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if open_doors:
        raise OSError(f"the doors are shut, and {open_doors} of them can be opened")


def _is_open(door: Callable[[], object]) -> bool:
    try:
        door()
    except OSError:
        return False
    return True


def _read_a_file() -> None:
    with open("/etc/passwd") as file:  # which is on every Linux
        file.read()


def python_paths() -> list[str]:
    """Where Python and this package lie; the course, with its solutions, does not."""
    homes = [os.path.realpath(home) for home in (sys.base_prefix, sys.prefix)]
    found = [
        path for path in sys.path if any(Path(os.path.realpath(path)).is_relative_to(home) for home in homes)
    ]
    return [*found, str(Path(errors.__file__).parent)]


def _limit(what: int, most: int) -> None:
    resource.setrlimit(what, (most, most))


def _address_space() -> int:
    """Bytes of address space that this process has now; 0 where the system doesn't say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except FileNotFoundError:
        return 0
    return pages * resource.getpagesize()
