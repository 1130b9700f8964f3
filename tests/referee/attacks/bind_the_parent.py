# So it is with the processors that it may use,
import os


def attack():
    os.sched_setaffinity(os.getppid(), os.sched_getaffinity(0))
    return True
