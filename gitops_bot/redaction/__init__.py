"""Hiding secrets in whatever a model or a person reads. Pure."""

from gitops_bot.redaction.delimiting import delimited
from gitops_bot.redaction.redactor import (
    NOTHING_MORE,
    Redactor,
    Wanted,
    redact,
    redact_field,
    redact_json,
    redacted_and_capped,
)

__all__ = [
    "NOTHING_MORE",
    "Redactor",
    "Wanted",
    "delimited",
    "redact",
    "redact_field",
    "redact_json",
    "redacted_and_capped",
]
