"""A real Apache Kafka on this machine: through Docker where an engine answers, else on Java.

`python -m tools.broker up` is what `make kafka` runs. The tests use `running_broker`, which
starts a private one in the same way.
"""

from tools.broker.private import available, running_broker
from tools.broker.problem import Problem

__all__ = ["Problem", "available", "running_broker"]
