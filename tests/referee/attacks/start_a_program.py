# Any program of the machine.
import os


def attack():
    return os.posix_spawn("/bin/true", ["/bin/true"], {}) > 0
