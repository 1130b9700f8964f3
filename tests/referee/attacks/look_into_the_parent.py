# The memory of the parent, which all later instances come from.
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


def attack():
    attach, detach = 16, 17
    if libc.ptrace(attach, os.getppid(), None, None) < 0:
        return False
    os.waitpid(os.getppid(), 0)
    libc.ptrace(detach, os.getppid(), None, None)
    return True
