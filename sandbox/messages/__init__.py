"""What travels: events and commands, the envelope around them, and their place in a log."""

from sandbox.messages.envelope import Envelope
from sandbox.messages.event import Command, Event, isolated_types
from sandbox.messages.keys import Key, partition_for
from sandbox.messages.record import Record, Stored

__all__ = ["Command", "Envelope", "Event", "Key", "Record", "Stored", "isolated_types", "partition_for"]
