"""What a program may touch, as protocols without logic."""

from sandbox.ports.assignment import Assignment
from sandbox.ports.bus import Bus, Handler, RunResult
from sandbox.ports.cache import Cache
from sandbox.ports.consumer import Consumer
from sandbox.ports.database import Database, Row
from sandbox.ports.event_store import EventStore, StoredEvent
from sandbox.ports.gateway import Charge, Gateway, Refund
from sandbox.ports.options import ConsumerOptions, ProducerOptions, TopicOptions, TopicPartition
from sandbox.ports.producer import Producer, Sent
from sandbox.ports.queue import Message, Queue, QueueOptions, check_priority
from sandbox.ports.topic import Topic, Topics, check_key, check_topic, topic_names

__all__ = [
    "Assignment",
    "Bus",
    "Cache",
    "Charge",
    "Consumer",
    "ConsumerOptions",
    "Database",
    "EventStore",
    "Gateway",
    "Handler",
    "Message",
    "Producer",
    "ProducerOptions",
    "Queue",
    "QueueOptions",
    "Refund",
    "Row",
    "RunResult",
    "Sent",
    "StoredEvent",
    "Topic",
    "TopicOptions",
    "TopicPartition",
    "Topics",
    "check_key",
    "check_priority",
    "check_topic",
    "topic_names",
]
