"""Endpoints that speak OpenAI's chat completions."""

from __future__ import annotations

from gitops_bot.clients.models.openai.endpoint import OPENAI, OpenAICompatible

__all__ = ["OPENAI", "OpenAICompatible"]
