"""Errors of yamlpatch.

YamlPatchError
├── PatchRefused   the request makes sense, but this YAML must not (or can't provably) be edited so; has a named reason
└── PatchInvalid   the operations themselves are malformed
"""

from __future__ import annotations

from enum import StrEnum


class RefusalReason(StrEnum):
    """Why an edit was refused."""

    SOPS = "sops"
    NOT_UTF8 = "not_utf8"
    INVALID_YAML = "invalid_yaml"
    TEMPLATE = "template"
    DOCUMENT_NOT_FOUND = "document_not_found"
    POINTER_NOT_FOUND = "pointer_not_found"
    TEST_FAILED = "test_failed"
    DUPLICATE_KEY = "duplicate_key"
    ALIAS = "alias"
    MERGE_KEY = "merge_key"
    EXPLICIT_TAG = "explicit_tag"
    SHARED_ANCHOR = "shared_anchor"
    UNSUPPORTED_SHAPE = "unsupported_shape"
    NOT_JSON = "not_json"
    NOT_VERIFIED = "not_verified"


class YamlPatchError(Exception):
    """Base of both errors of this package."""


class PatchRefused(YamlPatchError):
    """The edit is refused; `reason` names why and nothing was changed."""

    def __init__(self, reason: RefusalReason, detail: str) -> None:
        super().__init__(f"{reason.value}: {detail}")
        self.reason = reason
        self.detail = detail


class PatchInvalid(YamlPatchError, ValueError):
    """The operations are no RFC 6902 operations with RFC 6901 pointers and JSON values."""
