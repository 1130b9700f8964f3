# In a module that everybody imports.
import builtins


def leave():
    builtins.seen = True


def find():
    return hasattr(builtins, "seen")
