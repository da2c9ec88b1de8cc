"""Go templates that are plain references: `{{ .field.path }}` and `{{ index .list 1 "key" }}`, without a process.

Anything else (functions, pipelines, conditions, loops) is refused: helm's own engine does that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitops_bot.clients.applicationsets.parameters import NO_VALUE, printed
from gitops_bot.clients.applicationsets.values import ExpansionFailed, Parameters
from gitops_bot.model.json import Json

ACTION = re.compile(r"\{\{(-(?=\s))?((?:\"(?:\\.|[^\"\\\n])*\"|`[^`]*`|(?!\}\}).)*?)((?<=\s)-)?\}\}", re.DOTALL)
LITERAL = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|`[^`]*`")
_CHAIN = re.compile(r"\$?((?:\.[^\W\d]\w*)+)")
_INDEX = re.compile(r"index\s+(\$?(?:\.[^\W\d]\w*)+)((?:\s+(?:\d+|\"[^\"\\\n]*\"))+)")
_STEP = re.compile(r"\d+|\"[^\"]*\"")
_REFERENCE = re.compile(r"(?<![\w.)\]$])(\$?)((?:\.[^\W\d]\w*)+)")
_CONDITIONAL = re.compile(r"^\s*(?:if|else|with|range|define|block|template)\b|\b(?:and|or)\b")


class NotPlain(Exception):
    """The template is more than plain references."""


class _Missing:
    """What a reference gives that leads to nothing."""


def plain(template: str, parameters: Parameters, *, strict: bool) -> str:
    """Return the filled template; NotPlain where it takes a real engine.

    ExpansionFailed where it is wrong, or where `strict` and a reference leads to nothing.
    """
    if "{{" not in template:
        return template
    out: list[str] = []
    end, trim = 0, False
    for match in ACTION.finditer(template):
        before = _literal(template[end : match.start()])
        before = before.lstrip(" \t\r\n") if trim else before
        out.append(before.rstrip(" \t\r\n") if match[1] else before)
        out.append(_value(match[2].strip(), parameters, strict=strict))
        end, trim = match.end(), bool(match[3])
    rest = _literal(template[end:])
    out.append(rest.lstrip(" \t\r\n") if trim else rest)
    return "".join(out)


def _literal(text: str) -> str:
    if "{{" in text:
        raise NotPlain
    return text


def _value(expression: str, parameters: Parameters, *, strict: bool) -> str:
    if chain := _CHAIN.fullmatch(expression):
        found = _walk(parameters, chain[1].split(".")[1:], expression, strict=strict)
    elif index := _INDEX.fullmatch(expression):
        chain_name = index[1].removeprefix("$")
        found = _walk(parameters, chain_name.split(".")[1:], expression, strict=strict)
        for step in _STEP.findall(index[2]):
            found = _at(found, step, expression)
    else:
        raise NotPlain
    if isinstance(found, dict | list):
        raise NotPlain
    return NO_VALUE if found is None or isinstance(found, _Missing) else printed(found)


def _walk(parameters: Parameters, names: list[str], expression: str, *, strict: bool) -> Json | _Missing:
    value: Json | _Missing = parameters
    for name in names:
        if isinstance(value, _Missing):
            continue
        if not isinstance(value, dict):
            raise ExpansionFailed(f"the template's `{expression}` asks a value that has no fields for {name}")
        if name not in value and strict:
            raise ExpansionFailed(f"the template asks for `{expression}`, but there is no {name}")
        value = value.get(name) if name in value else _Missing()
    return value


def _at(value: Json | _Missing, step: str, expression: str) -> Json | _Missing:
    if isinstance(value, list) and step.isdecimal():
        if int(step) < len(value):
            return value[int(step)]
    elif isinstance(value, dict) and step.startswith('"'):
        return value.get(step[1:-1])
    raise ExpansionFailed(f"the template's `{expression}` finds nothing at {step}")


def strictly_missing(template: str, parameters: Parameters) -> str:
    """Return a reference from the root that is surely evaluated and leads to nothing, empty where there is none.

    Helm's engine knows no `missingkey=error`. What stands in a branch may never be asked, and in a loop the root is
    another: that is not judged.
    """
    for expression, certain in _expressions(template):
        for match in _REFERENCE.finditer(LITERAL.sub('""', expression)):
            if certain and _lacks(parameters, match[2].split(".")[1:]):
                return match[0]
    return ""


def _expressions(template: str) -> Iterator[tuple[str, bool]]:
    depth = 0
    for match in ACTION.finditer(template):
        expression = match[2].strip()
        if re.match(r"(?:if|with|range|define|block)\b", expression):
            # The head of a condition at the top is always asked.
            yield expression, depth == 0 and not re.search(r"\b(?:and|or)\b", expression)
            depth += 1
        elif re.match(r"end\b", expression):
            depth -= 1
        elif not expression.startswith("/*"):
            yield expression, depth == 0 and not _CONDITIONAL.search(expression)


def _lacks(parameters: Parameters, names: list[str]) -> bool:
    value: Json = parameters
    for name in names:
        if not isinstance(value, dict):
            return False
        if name not in value:
            return True
        value = value[name]
    return False
