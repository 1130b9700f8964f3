"""What a broker and a payment provider do, inside one process: the bus is Kafka's model, on a seed."""

from sandbox.sim.bus import SimulatedBus
from sandbox.sim.gateway import SimulatedGateway
from sandbox.sim.unreliable import UnreliableGateway

__all__ = ["SimulatedBus", "SimulatedGateway", "UnreliableGateway"]
