"""What should come of a case, in the words that people use for classes, actions and remedies."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from gitops_bot.model.json import Json, text
from gitops_bot.reason.classes import HEALTHY, class_named

NOTHING = "none"
_OTHER_NAMES = {
    "rollback": "roll-back revert revert-release git-revert revert-commit",
    "force_sync": "sync force-resync resync re-sync argocd-sync",
    "pr_only": "pr pull-request open-pr set-field ignore-difference patch",
    "escalate": "escalation escalate-only page human ask-a-human open-issue issue",
    NOTHING: "no-action noaction nothing no-op noop leave-alone ignore skip do-nothing null",
}


def _word(name: str) -> str:
    return re.sub(r"[\s_-]+", "-", name.strip().lower())


_ACTIONS = {_word(name): action for action, names in _OTHER_NAMES.items() for name in (action, *names.split())}


class Expected(Struct, frozen=True, kw_only=True):
    """What should come out; an empty string is not judged.

    `action` is one of the four, or `none`; `remedy` the tag of a remedy; `resource` GROUP/KIND/NAMESPACE/NAME or the
    last parts of it.
    """

    cause_class: str = ""
    resource: str = ""
    action: str = ""
    remedy: str = ""


def expectation(stated: Mapping[str, Json]) -> Expected:
    """Return what fields named `class`, `resource`, `action` and `remedy` say, each also as `expected_…`.

    Where nothing is wrong (class `healthy`) and no action is named, none is expected. What is no word is not judged.
    """
    fields = {_word(name).removeprefix("expected-"): value for name, value in stated.items()}
    cause_class = _first(fields, "class", "cause-class", "cause")
    action = action_named(_first(fields, "action"))
    if not action and cause_class and class_named(cause_class) == HEALTHY:
        action = NOTHING
    return Expected(
        cause_class=cause_class,
        resource=_resource(fields.get("resource") or fields.get("object")),
        action=action,
        remedy=_remedy(fields.get("remedy")),
    )


def action_named(name: str) -> str:
    """Return an action by whatever name; a name that nobody knows stays, so that it shows as wrong."""
    return _ACTIONS.get(_word(name), _word(name).replace("-", "_"))


def _first(fields: Mapping[str, Json], *names: str) -> str:
    return next((found for name in names if (found := text(fields.get(name)).strip())), "")


def _resource(value: Json) -> str:
    if not isinstance(value, dict):
        return text(value).strip()
    return "/".join(part for name in ("kind", "namespace", "name") if (part := text(value.get(name))))


def _remedy(value: Json) -> str:
    if isinstance(value, dict):
        value = next((value[name] for name in ("type", "kind", "name") if name in value), "")
    return _word(text(value))
