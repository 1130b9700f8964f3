# In the environment.
import os


def leave():
    os.environ["SEEN"] = "x"


def find():
    return "SEEN" in os.environ
