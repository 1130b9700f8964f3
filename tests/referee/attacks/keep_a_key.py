# The kernel keeps keys for a user.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack():
    session_keyring = -3
    return libc.syscall(248, b"user", b"a_submission", b"x", 1, session_keyring) > 0
