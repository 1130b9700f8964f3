# In the modules of Python and of this package.
import sys

import sandbox


def leave():
    sys.seen = sandbox.seen = sandbox.Event.seen = True


def find():
    return any(hasattr(home, "seen") for home in (sys, sandbox, sandbox.Event))
