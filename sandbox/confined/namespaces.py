"""A machine of its own: no network, no other processes, and no files but Python's.

Linux namespaces, of which containers are made (namespaces(7)). Who is not root gets a user
namespace, too, where the machine allows that.
"""

import ctypes
import os
import platform
import struct
from collections.abc import Iterable
from pathlib import Path

from sandbox.confined import kernel

USER, FILES, PROCESSES, NETWORK = 0x10000000, 0x20000, 0x20000000, 0x40000000  # linux/sched.h
IPC, HOST_NAME, CONTROL_GROUPS = 0x8000000, 0x4000000, 0x2000000
BIND, RECURSIVE, PRIVATE = 1 << 12, 1 << 14, 1 << 18  # linux/mount.h
READ_ONLY, NO_SETUID = 1, 2  # of a mount, for mount_setattr
BENEATH_TOO, HERE = 0x8000, -100  # AT_RECURSIVE, AT_FDCWD
SET_MOUNT = 442
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
NOBODY = 65_534
NEW_ROOT = "/tmp"  # covered by the new root while that is built
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")


def leave() -> None:
    """Leave this machine: what is forked from here on is on one of its own. Then `move_in`, there."""
    user, group = os.geteuid(), os.getegid()
    ours = 0 if user == 0 else USER
    kernel.unshare(ours | FILES | PROCESSES | NETWORK | IPC | HOST_NAME | CONTROL_GROUPS)
    if ours:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def move_in(readable: Iterable[str]) -> None:
    """See these paths and nothing else, read-only; root becomes nobody."""
    kernel.mount("", "/", flags=PRIVATE | RECURSIVE)
    found = {path: os.open(path, os.O_PATH) for path in (*readable, *DEVICES) if os.path.exists(path)}
    kernel.mount("new root", NEW_ROOT, "tmpfs")
    for path, descriptor in found.items():
        _show(path, descriptor)
    attributes = struct.pack("QQQQ", READ_ONLY | NO_SETUID, 0, 0, 0)
    where = ctypes.c_char_p(NEW_ROOT.encode())
    kernel.syscall(SET_MOUNT, HERE, where, BENEATH_TOO, ctypes.c_char_p(attributes), len(attributes))
    os.chdir(NEW_ROOT)
    here = ctypes.c_char_p(b".")
    kernel.syscall(PIVOT_ROOT[platform.machine()], here, here)  # the old root is now on top of the new
    kernel.unmount_later(".")
    os.chdir("/")
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)


def _show(path: str, descriptor: int) -> None:
    """Have it at the same place under the new root. What lies in a folder that is there already, is there."""
    target = Path(NEW_ROOT + path)
    if not target.exists():
        if os.path.isdir(f"/proc/self/fd/{descriptor}"):
            target.mkdir(parents=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch()
        kernel.mount(f"/proc/self/fd/{descriptor}", str(target), flags=BIND | RECURSIVE)
    os.close(descriptor)
