"""Which parameter sets a generator's `selector` keeps."""

from __future__ import annotations

from gitops_bot.clients.applicationsets.parameters import flattened, printed
from gitops_bot.clients.applicationsets.values import ExpansionFailed, Parameters
from gitops_bot.model.json import Json, mapping, sequence, text


def selects(selector: Json, parameters: Parameters) -> bool:
    """Return whether the parameters, flattened, match a label selector; ExpansionFailed for an unknown operator."""
    if not isinstance(selector, dict):
        return True
    labels = flattened(parameters)
    wanted = mapping(selector.get("matchLabels"))
    if any(labels.get(key) != printed(value) for key, value in wanted.items()):
        return False
    return all(_holds(mapping(one), labels) for one in sequence(selector.get("matchExpressions")))


def _holds(expression: dict[str, Json], labels: dict[str, str]) -> bool:
    key, operator = text(expression.get("key")), text(expression.get("operator"))
    values = {printed(one) for one in sequence(expression.get("values"))}
    if operator == "In":
        return key in labels and labels[key] in values
    if operator == "NotIn":
        return key not in labels or labels[key] not in values
    if operator == "Exists":
        return key in labels
    if operator == "DoesNotExist":
        return key not in labels
    raise ExpansionFailed(f"a generator's selector has the operator {operator!r}")
