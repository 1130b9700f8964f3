# A user namespace, in which one is root.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack():
    user_namespace = 0x10000000
    return libc.unshare(user_namespace) == 0
