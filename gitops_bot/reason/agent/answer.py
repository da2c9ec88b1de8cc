"""What a model may answer: a closed list, as structures that decode it and as the JSON schema that it is given.

The schema keeps to what all providers' structured output takes: every object closed, every property required, no
bounds. Whatever it does not say is checked in `verifying`, and nothing in an answer is trusted for having its shape.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from gitops_bot.model.json import Json
from gitops_bot.reason.classes import CLASSES, HEALTHY

CAUSE_CLASSES = tuple(name for name in CLASSES if name != HEALTHY)
NO_ACTION = "none"
ACTIONS = ("rollback", "force_sync", "pr_only", "escalate", NO_ACTION)
_LONGEST = 100_000

Scalar = str | int | float | bool


class _Wished(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """The base of all remedies that a model may name; a resource is GROUP/KIND/NAMESPACE/NAME."""


class WishedRevert(_Wished, frozen=True, kw_only=True, tag="revert-release"):
    """Take back the last change of fields of an object; no resource where rendering itself fails."""

    resource: str
    fields: tuple[str, ...]


class WishedResync(_Wished, frozen=True, kw_only=True, tag="resync"):
    """Have Argo CD apply what Git says once more."""

    resources: tuple[str, ...]


class WishedField(_Wished, frozen=True, kw_only=True, tag="set-field"):
    """Set one field of one object."""

    resource: str
    pointer: str
    value: Scalar


class WishedIgnorance(_Wished, frozen=True, kw_only=True, tag="ignore-difference"):
    """Leave fields that have drifted to whoever else sets them."""

    resource: str
    pointers: tuple[str, ...]


class WishedEscalation(_Wished, frozen=True, kw_only=True, tag="escalate"):
    """A person must look."""

    reason: str


class WishedPeace(_Wished, frozen=True, kw_only=True, tag="leave-alone"):
    """Nothing needs to change."""

    reason: str


Wish = WishedRevert | WishedResync | WishedField | WishedIgnorance | WishedEscalation | WishedPeace


class Answer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model's conclusion, decoded and not yet believed."""

    reasoning: str
    diagnosis: str
    cause_class: str
    evidence: tuple[str, ...]
    action: str
    remedy: Wish
    confidence: int
    would_change: str


def read_answer(text: str) -> Answer:
    """Decode an answer; models without a JSON mode may put words or a fence around it.

    Raises ValueError with what is wrong and where.
    """
    return msgspec.json.decode(json_object(text), type=Answer)


def json_object(text: str) -> str:
    """Return a text from its first to its last brace. Raises ValueError where there is none."""
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        raise ValueError("it holds no JSON object")
    if end - start > _LONGEST:
        raise ValueError("it is too long")
    return text[start : end + 1]


def closed(**properties: Json) -> dict[str, Json]:
    """Return the JSON schema of an object that has exactly these properties."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _text(description: str) -> Json:
    return {"type": "string", "description": description}


def _texts(description: str) -> Json:
    return {"type": "array", "items": {"type": "string"}, "description": description}


def _chosen(*names: str) -> Json:
    return {"type": "string", "enum": list(names)}


_RESOURCE = _text("GROUP/KIND/NAMESPACE/NAME, one of the objects listed")
_SCALAR: Json = {"anyOf": [{"type": kind} for kind in ("string", "integer", "number", "boolean")]}
_REMEDY: Json = {
    "anyOf": [
        closed(
            kind=_chosen("revert-release"),
            resource=_text("GROUP/KIND/NAMESPACE/NAME, one of the objects listed; empty where rendering itself fails"),
            fields=_texts("JSON pointers to the suspected fields; empty for the whole object"),
        ),
        closed(kind=_chosen("resync"), resources=_texts("GROUP/KIND/NAMESPACE/NAME of each object that has drifted")),
        closed(
            kind=_chosen("set-field"),
            resource=_RESOURCE,
            pointer=_text("JSON pointer (RFC 6901) to the field"),
            value=_SCALAR,
        ),
        closed(
            kind=_chosen("ignore-difference"), resource=_RESOURCE, pointers=_texts("JSON pointers to drifted fields")
        ),
        closed(kind=_chosen("escalate"), reason=_text("why a person must look, and at what")),
        closed(kind=_chosen("leave-alone"), reason=_text("why nothing needs to change")),
    ]
}
SCHEMA = closed(
    reasoning=_text("how the evidence leads to the cause, in a few sentences, naming ids"),
    diagnosis=_text("the cause in one sentence"),
    cause_class=_chosen(*CAUSE_CLASSES),
    evidence=_texts("ids of the evidence that it rests on, such as E3 or T1"),
    action=_chosen(*ACTIONS),
    remedy=_REMEDY,
    confidence={"type": "integer", "description": "0 to 100: how sure you are of cause and remedy together"},
    would_change=_text("which observation would change your mind"),
)
