"""Webhooks: what happened, in the form in which GITHUB_EVENT_PATH has it."""

from __future__ import annotations

from gitops_bot.sandbox.forge.events.delivery import Event, Events

__all__ = ["Event", "Events"]
