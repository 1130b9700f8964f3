"""The fault explorer: a submission is attacked with every fault of its class, and shown how it fails."""

from sandbox.explore.answers import Answer
from sandbox.explore.database import MemoryDatabase
from sandbox.explore.event_store import MemoryEventStore
from sandbox.explore.exploration import Exploration
from sandbox.explore.explorer import Budget, explore
from sandbox.explore.process import Process
from sandbox.explore.scenario import NO_FAULT, TERMINATION, Anomaly, Scenario
from sandbox.explore.search import Reach
from sandbox.explore.story import Story, tell
from sandbox.explore.world import World

__all__ = [
    "NO_FAULT",
    "TERMINATION",
    "Anomaly",
    "Answer",
    "Budget",
    "Exploration",
    "MemoryDatabase",
    "MemoryEventStore",
    "Process",
    "Reach",
    "Scenario",
    "Story",
    "World",
    "explore",
    "tell",
]
