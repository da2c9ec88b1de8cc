"""Recording why something was decided: spans to a file of JSON lines, and to a collector by OpenTelemetry."""

from gitops_bot.tracing.conversations import Conversations
from gitops_bot.tracing.decision_log import DecisionLog
from gitops_bot.tracing.decisions import (
    about,
    record_decisions,
    record_estate,
    record_proof,
    record_receipt,
    record_way,
)
from gitops_bot.tracing.opening import Wanted, recorder
from gitops_bot.tracing.recorder import SILENT, Recorder, Recording, Silent, Span
from gitops_bot.tracing.telemetry import OpenTelemetry

__all__ = [
    "SILENT",
    "Conversations",
    "DecisionLog",
    "OpenTelemetry",
    "Recorder",
    "Recording",
    "Silent",
    "Span",
    "Wanted",
    "about",
    "record_decisions",
    "record_estate",
    "record_proof",
    "record_receipt",
    "record_way",
    "recorder",
]
