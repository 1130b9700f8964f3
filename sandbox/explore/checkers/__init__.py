"""Checkers: the field's invariants, each with the words in which a customer would complain."""

from sandbox.explore.checkers.effects import bounded_retry, conservation, no_duplicate_effect, no_lost_write
from sandbox.explore.checkers.invariant import Invariant
from sandbox.explore.checkers.messages import (
    consistent_output,
    no_ghost_message,
    no_lost_message,
    order_per_key,
)
from sandbox.explore.checkers.state import no_plaintext, rebuild_equals_incremental

__all__ = [
    "Invariant",
    "bounded_retry",
    "conservation",
    "consistent_output",
    "no_duplicate_effect",
    "no_ghost_message",
    "no_lost_message",
    "no_lost_write",
    "no_plaintext",
    "order_per_key",
    "rebuild_equals_incremental",
]
