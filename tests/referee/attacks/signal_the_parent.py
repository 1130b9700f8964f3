# Whoever started this process is told to stop.
import os


def attack():
    os.kill(os.getppid(), 0)
    return True
