"""A sandbox for event-driven architecture.

How the house is laid out; imports only ever point down (docs/design.md):

    views  grading      pictures of a trace; exercises and their verdicts
    connect             the one place that knows both `sim` and `adapters`
    sim    adapters     the simulated bus; one file for each real broker
    delivery refusals   how a handler is run; how a call is refused
    ports  injection    what a program may touch; faults that strike it
    messages  faults    events, envelopes, records; a fault as data
    errors clock trace  what went wrong, what time it is, what happened

This file pulls together the friendly public names and, in a notebook, lets a trace show
itself as a picture and makes known `%%exercise`, `sandbox.replay`, `sandbox.lab` and
`sandbox.progress`.
"""

import sys

from sandbox.connect import connect
from sandbox.machine import check_setup
from sandbox.messages import Command, Event, Record, partition_for
from sandbox.ports import Topic

__all__ = ["Command", "Event", "Record", "Topic", "check_setup", "connect", "partition_for"]

if (ipython := sys.modules.get("IPython")) and (shell := ipython.get_ipython()):
    from sandbox.grading import magic, progress
    from sandbox.grading.opened import lab
    from sandbox.grading.replay import replay
    from sandbox.grading.required import require
    from sandbox.views import display

    __all__ += ["lab", "progress", "replay", "require"]

    magic.install(shell)
    display.install(shell)
