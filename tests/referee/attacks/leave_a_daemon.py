# A process that outlives its parent, in a session of its own.
import os


def attack():
    if os.fork() == 0:
        os.setsid()
        os._exit(0)
    return True
