# Memory that outlives its process.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack():
    number = libc.shmget(0, 4096, 0o1600)
    if number < 0:
        return False
    libc.shmctl(number, 0, None)
    return True
