"""`.gitops-bot.yaml`: what a team may set, and how it is read."""

from __future__ import annotations

from gitops_bot.configuration.reading import configuration_schema, parse_configuration
from gitops_bot.configuration.structure import (
    Budget,
    Configuration,
    Environment,
    Environments,
    Freeze,
    Limits,
    Match,
    Model,
    ModelPrice,
    Models,
    Override,
    Redaction,
    Runbooks,
    Section,
    Size,
)

__all__ = [
    "Budget",
    "Configuration",
    "Environment",
    "Environments",
    "Freeze",
    "Limits",
    "Match",
    "Model",
    "ModelPrice",
    "Models",
    "Override",
    "Redaction",
    "Runbooks",
    "Section",
    "Size",
    "configuration_schema",
    "parse_configuration",
]
