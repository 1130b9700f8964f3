# What the parent's priority is, its next children inherit: a place to remember something.
import os


def attack():
    os.setpriority(os.PRIO_PROCESS, os.getppid(), os.getpriority(os.PRIO_PROCESS, os.getppid()))
    return True
