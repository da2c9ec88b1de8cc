"""Scripted language models behind a loopback server, for tests and for trying out without a key."""

from __future__ import annotations

from gitops_bot.sandbox.models.server import ModelServer
from gitops_bot.sandbox.models.steps import (
    Answer,
    Asked,
    Call,
    Called,
    Drop,
    Empty,
    Fail,
    Hang,
    Huge,
    Raw,
    Refuse,
    Script,
    Spoken,
    Stall,
    Truncate,
    Write,
    read_scripts,
)

__all__ = [
    "Answer",
    "Asked",
    "Call",
    "Called",
    "Drop",
    "Empty",
    "Fail",
    "Hang",
    "Huge",
    "ModelServer",
    "Raw",
    "Refuse",
    "Script",
    "Spoken",
    "Stall",
    "Truncate",
    "Write",
    "read_scripts",
]
