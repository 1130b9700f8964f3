# In what its parent hands on to all its children.
import os


def leave():
    os.setpriority(os.PRIO_PROCESS, os.getppid(), os.getpriority(os.PRIO_PROCESS, os.getppid()) + 1)


def find():
    return os.getpriority(os.PRIO_PROCESS, os.getppid()) > 0
