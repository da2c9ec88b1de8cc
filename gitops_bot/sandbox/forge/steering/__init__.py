"""How tests and demonstrations steer a forge: its clock, its people, its rules."""

from __future__ import annotations

from gitops_bot.sandbox.forge.steering.clock import ManualClock
from gitops_bot.sandbox.forge.steering.controls import Controls

__all__ = ["Controls", "ManualClock"]
