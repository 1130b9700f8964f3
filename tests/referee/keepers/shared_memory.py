# In memory of the system, which outlives its process.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
KEY = 0x5EE0


def leave():
    libc.shmget(KEY, 4096, 0o1600)


def find():
    number = libc.shmget(KEY, 4096, 0o600)
    if number < 0:
        return False
    libc.shmctl(number, 0, None)
    return True
