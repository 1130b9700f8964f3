"""Calls of the Linux kernel that Python has no names for. Each raises `OSError` where it is refused."""

import ctypes
import os
import platform
import struct

NO_NEW_PRIVILEGES = 38  # linux/prctl.h
DEATH_SIGNAL = 1
DUMPABLE = 4
SECCOMP = 22
ADOPT = 36  # PR_SET_CHILD_SUBREAPER
SET_CAPABILITIES = {"x86_64": 126, "aarch64": 91}
CAPABILITIES_VERSION = 0x20080522  # linux/capability.h

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def prctl(option: int, *values: object) -> None:
    """Set something about this process; see prctl(2)."""
    _checked(_libc.prctl(option, *_as_arguments(values, 4)), "prctl")


def syscall(number: int, *values: object) -> int:
    """Make a system call by its number."""
    return _checked(_libc.syscall(ctypes.c_long(number), *_as_arguments(values, 6)), f"system call {number}")


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    """Mount something; see mount(2)."""
    texts = [text.encode() if text else None for text in (source, target, kind)]
    done = _libc.mount(*texts, ctypes.c_ulong(flags), data.encode() if data else None)
    _checked(done, f"mount {source} on {target}")


def unmount_later(target: str) -> None:
    """Unmount it once nobody is in it any more."""
    detach = 2
    _checked(_libc.umount2(target.encode(), detach), f"unmount {target}")


def give_up_capabilities() -> None:
    """Have no rights beyond those that any user has, whoever this process belongs to."""
    header = ctypes.c_char_p(struct.pack("Ii", CAPABILITIES_VERSION, 0))
    none = ctypes.c_char_p(bytes(24))
    syscall(SET_CAPABILITIES[platform.machine()], header, none)


def unshare(flags: int) -> None:
    """Leave namespaces for new ones; see unshare(2). Python has it from 3.12."""
    _checked(_libc.unshare(flags), "unshare")


def _as_arguments(values: tuple, count: int) -> list:
    padded = [*values, *([0] * (count - len(values)))]
    return [ctypes.c_long(value) if isinstance(value, int) else value for value in padded]


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result
