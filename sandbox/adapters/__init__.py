"""One package for each real broker. They know neither each other nor the simulator."""
