# io_uring does what it is asked without system calls that a filter would see.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack():
    settings = ctypes.create_string_buffer(120)
    return libc.syscall(425, 1, settings) >= 0
