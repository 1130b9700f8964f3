# This process goes on as another program.
import os


def attack():
    os.execv("/bin/true", ["/bin/true"])
