"""Chance that can be repeated: ids and random numbers of a process follow from a number.

The referee gives it, another one to each process of a run. So no two processes draw the same
id, and a story that is told again is the same story.
"""

import os
import random


def seed_all(seed: int) -> None:
    """From here on, `random`, `uuid4`, `secrets` and `os.urandom` follow from `seed`."""
    source = random.Random(seed)
    os.urandom = random._urandom = source.randbytes  # where `uuid` and `secrets` get theirs
    random.seed(seed)
