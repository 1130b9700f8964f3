# In a module that it has made.
import sys
from types import ModuleType


def leave():
    sys.modules["seen"] = ModuleType("seen")


def find():
    return "seen" in sys.modules
