# A process of its own, and of that another one, without end.
import os


def attack():
    if os.fork() == 0:
        os._exit(0)
    return True
