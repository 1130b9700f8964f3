# 01.1: an answer that has no end.
from itertools import count


def messages():
    return (number for number in count())
