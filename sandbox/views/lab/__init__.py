"""The lab: the bus, alive."""
