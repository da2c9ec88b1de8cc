"""Manifests from Git, byte for byte as Argo CD makes them."""

from __future__ import annotations

from gitops_bot.clients.rendering.renderer import Renderer
from gitops_bot.clients.rendering.tools import Tools, find_tools
from gitops_bot.clients.rendering.urls import same_repository
from gitops_bot.clients.rendering.values import (
    NotRenderable,
    ReadSet,
    Rendered,
    RenderFailed,
    RenderInput,
)

__all__ = [
    "NotRenderable",
    "ReadSet",
    "RenderFailed",
    "RenderInput",
    "Rendered",
    "Renderer",
    "Tools",
    "find_tools",
    "same_repository",
]
