"""What an instance may still ask of the kernel: to compute, to read files, to speak on its pipe.

A filter of system calls (https://docs.kernel.org/userspace-api/seccomp_filter.html). Only
what Python needs to run code is allowed; all else fails with "operation not permitted": no
new process, no program, no socket but a pair of its own, no signal to others, no shared
memory, nothing that is written, and nothing that would outlive the process.
"""

import ctypes
import errno
import platform
import struct

from sandbox.confined import kernel

CALLS = {  # name: number on x86-64, and on aarch64; None where it does not exist there
    # reading and writing what is open
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "pread64": (17, 67),
    "close": (3, 57),
    "lseek": (8, 62),
    "fcntl": (72, 25),
    "dup": (32, 23),
    "dup2": (33, None),
    "dup3": (292, 24),
    "pipe": (22, None),
    "pipe2": (293, 59),
    "poll": (7, None),
    "ppoll": (271, 73),
    "select": (23, None),
    "pselect6": (270, 72),
    "epoll_create1": (291, 20),
    "epoll_ctl": (233, 21),
    "epoll_wait": (232, None),
    "epoll_pwait": (281, 22),
    "eventfd2": (290, 19),
    "socketpair": (53, 199),
    "sendto": (44, 206),
    "recvfrom": (45, 207),
    "getsockname": (51, 204),
    "getpeername": (52, 205),
    "getsockopt": (55, 209),
    "setsockopt": (54, 208),
    # files, which the namespaces or Landlock let it only read
    "open": (2, None),
    "openat": (257, 56),
    "stat": (4, None),
    "lstat": (6, None),
    "fstat": (5, 80),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "getcwd": (79, 17),
    "getdents64": (217, 61),
    # memory, threads, signals to itself
    "mmap": (9, 222),
    "munmap": (11, 215),
    "mprotect": (10, 226),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "brk": (12, 214),
    "futex": (202, 98),
    "set_robust_list": (273, 99),
    "rseq": (334, 293),
    "membarrier": (324, 283),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "restart_syscall": (219, 128),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    # the time, chance, and who it is
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "nanosleep": (35, 101),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "times": (100, 153),
    "getrusage": (98, 165),
    "getrandom": (318, 278),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getppid": (110, 173),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "uname": (63, 160),
    "sysinfo": (99, 179),
    "getcpu": (309, 168),
}
CLONE, CLONE3, IOCTL = (56, 220), (435, 435), (16, 29)
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column, and linux/audit.h
THREAD = 0x10000  # CLONE_THREAD
NON_BLOCKING = 0x5421  # FIONBIO, on both

LOAD, JUMP_EQUAL, JUMP_SET, RETURN = 0x20, 0x15, 0x45, 0x06  # linux/bpf_common.h
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000  # linux/seccomp.h
NUMBER, MACHINE, FIRST, SECOND = 0, 4, 16, 24  # offsets in struct seccomp_data
MODE_FILTER = 2


def is_possible() -> bool:
    """Is the machine one whose system calls are known here?"""
    return platform.system() == "Linux" and platform.machine() in MACHINES


def filter_calls() -> None:
    """From here on, this process may make no other calls than those above. There is no way back."""
    kernel.prctl(kernel.NO_NEW_PRIVILEGES, 1)
    kernel.prctl(kernel.SECCOMP, MODE_FILTER, ctypes.byref(_PROGRAM))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _filter() -> bytes:
    """The filter, as instructions of the kernel's packet filter."""
    column, machine = MACHINES[platform.machine()]
    lines = [
        _line(LOAD, MACHINE),
        _line(JUMP_EQUAL, machine, 1, 0),
        _line(RETURN, KILL),
        _line(LOAD, NUMBER),
    ]
    for numbers in CALLS.values():
        if numbers[column] is not None:
            lines += [_line(JUMP_EQUAL, numbers[column], 0, 1), _line(RETURN, ALLOW)]
    lines += _only_where(CLONE[column], FIRST, JUMP_SET, THREAD)
    lines += _only_where(IOCTL[column], SECOND, JUMP_EQUAL, NON_BLOCKING)
    lines += [_line(JUMP_EQUAL, CLONE3[column], 0, 1), _line(RETURN, REFUSE | errno.ENOSYS)]  # so: clone
    return b"".join([*lines, _line(RETURN, REFUSE | errno.EPERM)])


def _only_where(number: int, argument: int, test: int, value: int) -> list[bytes]:
    """Allow a call only where one of its arguments passes the test."""
    return [
        _line(JUMP_EQUAL, number, 0, 4),
        _line(LOAD, argument),
        _line(test, value, 0, 1),
        _line(RETURN, ALLOW),
        _line(RETURN, REFUSE | errno.EPERM),
    ]


def _line(code: int, value: int, if_true: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_not, value)


_LINES = _filter() if is_possible() else b""
_PROGRAM = _Program(len(_LINES) // 8, _LINES)
