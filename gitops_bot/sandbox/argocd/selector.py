"""Kubernetes label selectors: `tier=backend,team in (pay, shop),!legacy,weight>3`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_NAME = r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?"
_KEY = rf"(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?/)?{_NAME}"
_VALUE = rf"(?:{_NAME})?"
_REQUIREMENT = re.compile(
    rf"\s*(?:(?P<absent>!)\s*(?P<absent_key>{_KEY})"
    rf"|(?P<key>{_KEY})(?:"
    rf"\s*(?P<sign>==|=|!=|>|<)\s*(?P<value>{_VALUE})"
    rf"|\s+(?P<set>in|notin)\s*\((?P<values>[^()]*)\))?)\s*(?:,|$)"
)
_LONGEST_NAME = 63


class SelectorError(ValueError):
    """The text is no label selector; worded for the one who sent it."""


@dataclass(frozen=True)
class Requirement:
    """One term: the label `key`, an operator (`in`, `notin`, `exists`, `absent`, `>`, `<`) and its values."""

    key: str
    operator: str
    values: frozenset[str] = frozenset()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether a set of labels satisfies this term. An absent label satisfies `notin`, and so `!=`."""
        return _OPERATORS[self.operator](labels.get(self.key), self.values)


def _compare(actual: str | None, bounds: frozenset[str], sign: int) -> bool:
    try:
        return actual is not None and (int(actual) - int(next(iter(bounds)))) * sign > 0
    except ValueError:
        return False


_OPERATORS: dict[str, Callable[[str | None, frozenset[str]], bool]] = {
    "in": lambda actual, values: actual is not None and actual in values,
    "notin": lambda actual, values: actual is None or actual not in values,
    "exists": lambda actual, _: actual is not None,
    "absent": lambda actual, _: actual is None,
    ">": lambda actual, bounds: _compare(actual, bounds, 1),
    "<": lambda actual, bounds: _compare(actual, bounds, -1),
}


def parse_selector(text: str) -> tuple[Requirement, ...]:
    """The terms of a label selector, all of which must match; none for an empty text. Raises SelectorError."""
    requirements: list[Requirement] = []
    position = 0
    while position < len(text.rstrip()):
        match = _REQUIREMENT.match(text, position)
        if match is None:
            raise SelectorError(f"unable to parse requirement: found '{text[position:].strip()}'")
        requirements.append(_requirement(match))
        position = match.end()
    if text.rstrip().endswith(","):
        raise SelectorError("unable to parse requirement: found '', expected: !, identifier")
    return tuple(requirements)


def _requirement(match: re.Match[str]) -> Requirement:
    if match["absent"]:
        return Requirement(match["absent_key"], "absent")
    if match["set"]:
        values = frozenset(value.strip() for value in match["values"].split(","))
        _check_values(match["key"], values)
        return Requirement(match["key"], match["set"], values)
    if not match["sign"]:
        return Requirement(match["key"], "exists")
    values = frozenset({match["value"]})
    _check_values(match["key"], values)
    if match["sign"] in {">", "<"}:
        if not match["value"].isdecimal():
            raise SelectorError(f'values[0][{match["key"]}]: Invalid value: "{match["value"]}": must be an integer')
        return Requirement(match["key"], match["sign"], values)
    return Requirement(match["key"], "notin" if match["sign"] == "!=" else "in", values)


def _check_values(key: str, values: frozenset[str]) -> None:
    for value in sorted(values):
        if len(value) > _LONGEST_NAME or not re.fullmatch(_VALUE, value):
            raise SelectorError(f'values[0][{key}]: Invalid value: "{value}": not a valid label value')


def matches(requirements: tuple[Requirement, ...], labels: Mapping[str, str]) -> bool:
    """Whether labels satisfy every term."""
    return all(requirement.matches(labels) for requirement in requirements)
