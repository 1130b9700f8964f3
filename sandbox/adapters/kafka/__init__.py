"""Apache Kafka through kafka-python, behind the same port as the simulated bus."""

from sandbox.adapters.kafka.bus import KafkaBus

__all__ = ["KafkaBus"]
