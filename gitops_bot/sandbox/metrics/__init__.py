"""A Prometheus and a Loki behind one loopback port, answering from a table."""

from __future__ import annotations

from gitops_bot.sandbox.metrics.answers import Failure, Lines, Measured, failure
from gitops_bot.sandbox.metrics.server import MetricsServer

__all__ = ["Failure", "Lines", "Measured", "MetricsServer", "failure"]
