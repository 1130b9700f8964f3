"""Pictures of a run, maps of a system, and questions to the learner."""

from sandbox.views.chart import bars, lines
from sandbox.views.figure import Figure
from sandbox.views.lab import Lab
from sandbox.views.predict import predict
from sandbox.views.timeline import timeline
from sandbox.views.topology import topology

__all__ = ["Figure", "Lab", "bars", "lines", "predict", "timeline", "topology"]
