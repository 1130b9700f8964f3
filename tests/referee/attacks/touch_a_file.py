# The time of a file can be set without writing into it.
import os

import sandbox


def attack():
    found = os.stat(sandbox.__file__)
    os.utime(sandbox.__file__, ns=(found.st_atime_ns, found.st_mtime_ns))
    return True
