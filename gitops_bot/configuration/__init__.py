"""`.gitops-bot.yaml`: what a team may set, and how it is read."""

from __future__ import annotations

from gitops_bot.configuration.reading import configuration_schema, parse_configuration
from gitops_bot.configuration.structure import (
    Configuration,
    Environment,
    Environments,
    Freeze,
    Limits,
    Match,
    Override,
    Section,
    Size,
)

__all__ = [
    "Configuration",
    "Environment",
    "Environments",
    "Freeze",
    "Limits",
    "Match",
    "Override",
    "Section",
    "Size",
    "configuration_schema",
    "parse_configuration",
]
