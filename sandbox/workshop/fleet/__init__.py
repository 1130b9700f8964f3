"""Grading on several machines: texts go out on a Kafka topic, verdicts come back on another one.

    grade --bus    Coordinator   office ─► texts     verdicts ─► office
    worker --bus   Worker        texts ─► graders ─► verdicts, and notes of what was begun and done

The workers are one consumer group: more workers, more speed. A text is committed after its
verdict is published, so a worker that dies loses nothing, and what is done twice is judged
once. How often workers have died over a text stands on the bus, not in anybody's memory.
"""

from sandbox.workshop.fleet.coordinator import Coordinator
from sandbox.workshop.fleet.worker import Worker

__all__ = ["Coordinator", "Worker"]
