# What the referee's environment holds.
import os


def attack():
    return "REFEREES_SECRET" in os.environ
