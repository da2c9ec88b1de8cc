"""Byte-minimal, verified edits of YAML: text + RFC 6902 operations → text. Knows YAML and no Kubernetes."""

from __future__ import annotations

from gitops_bot.yamlpatch.errors import PatchInvalid, PatchRefused, RefusalReason, YamlPatchError
from gitops_bot.yamlpatch.patching import patch
from gitops_bot.yamlpatch.reading import Span, load_documents, locate_node

__all__ = [
    "PatchInvalid",
    "PatchRefused",
    "RefusalReason",
    "Span",
    "YamlPatchError",
    "load_documents",
    "locate_node",
    "patch",
]
