"""What was measured and logged: Prometheus and Loki, read by bounded queries."""

from gitops_bot.clients.monitoring.loki import LogAnswer, LogStream, Loki
from gitops_bot.clients.monitoring.prometheus import Prometheus
from gitops_bot.clients.monitoring.series import LARGEST_ANSWER, Answer, Series

__all__ = ["LARGEST_ANSWER", "Answer", "LogAnswer", "LogStream", "Loki", "Prometheus", "Series"]
