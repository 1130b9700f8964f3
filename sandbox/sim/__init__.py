"""The simulated bus: Kafka's model inside one process, on a seed and a virtual clock."""

from sandbox.sim.bus import SimulatedBus

__all__ = ["SimulatedBus"]
