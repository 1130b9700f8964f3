# All processes of this user are told to stop.
import os


def attack():
    os.kill(-1, 0)
    return True
