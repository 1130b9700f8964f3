"""Files closed by Landlock: only what is named can be read, and nothing is written but to devices.

For machines where a process may make no namespaces of its own, as in many containers. Needs
no rights (https://docs.kernel.org/userspace-api/landlock.html, Linux 5.13).
"""

import ctypes
import os
import stat
import struct
from collections.abc import Iterable

from sandbox.confined import kernel

CREATE, ADD_RULE, RESTRICT = 444, 445, 446  # system calls, on every machine
VERSION = 1  # a flag of CREATE
BENEATH = 1  # a rule about a path and all beneath it
WRITE_FILE, READ_FILE, READ_FOLDER = 1 << 1, 1 << 2, 1 << 3
RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # how many there are to files, by version


def close_files(readable: Iterable[str]) -> None:
    """From here on, this process and its children can open only these paths: to read, or devices."""
    version = kernel.syscall(CREATE, None, 0, VERSION)
    rights = (1 << RIGHTS[min(version, max(RIGHTS))]) - 1
    wanted = struct.pack("Q", rights)
    rules = kernel.syscall(CREATE, ctypes.c_char_p(wanted), len(wanted), 0)
    for path in readable:
        _let_read(rules, path)
    kernel.prctl(kernel.NO_NEW_PRIVILEGES, 1)
    kernel.syscall(RESTRICT, rules, 0)
    os.close(rules)


def _let_read(rules: int, path: str) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    mode = os.stat(descriptor).st_mode
    rights = READ_FILE
    if stat.S_ISDIR(mode):
        rights |= READ_FOLDER
    if stat.S_ISCHR(mode):
        rights |= WRITE_FILE
    rule = struct.pack("=Qi", rights, descriptor)
    kernel.syscall(ADD_RULE, rules, BENEATH, ctypes.c_char_p(rule), 0)
    os.close(descriptor)
