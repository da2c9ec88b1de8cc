"""Templates filled with parameters: Go templates, or the older `{{name}}` form, in texts and in whole documents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gitops_bot.clients.applicationsets.templating.go_templates import NotPlain, plain, strictly_missing
from gitops_bot.clients.applicationsets.templating.helm_engine import HelmEngine, Job
from gitops_bot.clients.applicationsets.values import ExpansionFailed, NotExpandable, Parameters
from gitops_bot.model.json import Json

_TEMPLATED = re.compile(r"\{\{.*\}\}")
_KNOWN_OPTIONS = {
    "missingkey=error": True,
    "missingkey=default": False,
    "missingkey=invalid": False,
    "missingkey=zero": False,
}


class Templates:
    """Fills templates as one ApplicationSet's `goTemplate` and `goTemplateOptions` say.

    ExpansionFailed where a template is wrong or, with `missingkey=error`, asks for what is not there; NotExpandable for
    what no engine of ours knows; ToolMissing where it takes helm, and helm is not installed.
    """

    def __init__(self, engine: HelmEngine, *, go: bool, options: Sequence[str] = ()) -> None:
        self.go = go
        self._engine = engine
        for option in options:
            if option not in _KNOWN_OPTIONS:
                raise NotExpandable(f"the Go template option {option} is not known")
        self._strict = bool(options) and _KNOWN_OPTIONS[options[-1]]

    def texts(self, jobs: Sequence[tuple[str, Parameters]]) -> list[str]:
        """Return each text with its parameters filled in, in order; at most one process for all of them."""
        if not self.go:
            return [_replaced(template, parameters) for template, parameters in jobs]
        filled: list[str | None] = []
        complex_jobs: list[Job] = []
        for template, parameters in jobs:
            try:
                filled.append(plain(template, parameters, strict=self._strict))
            except NotPlain:
                if self._strict and (missing := strictly_missing(template, parameters)):
                    raise ExpansionFailed(
                        f"a template asks for `{missing}`, which its parameters do not have"
                    ) from None
                filled.append(None)
                complex_jobs.append(Job(template, parameters))
        answers = iter(self._engine.fill(complex_jobs) if complex_jobs else ())
        return [next(answers) if one is None else one for one in filled]

    def trees(self, jobs: Sequence[tuple[Json, Parameters]]) -> list[Json]:
        """Return each document with all strings and keys filled in; one without parameters stays as it is."""
        wanted = [
            (template, parameters)
            for tree, parameters in jobs
            if parameters
            for template in dict.fromkeys(_strings(tree))
            if "{{" in template
        ]
        answers = iter(self.texts(wanted))
        filled: list[Json] = []
        for tree, parameters in jobs:
            known: dict[str, str] = {}
            if parameters:
                known = {template: next(answers) for template in dict.fromkeys(_strings(tree)) if "{{" in template}
            filled.append(_rebuilt(tree, known))
        return filled


def _strings(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from _strings(one)


def _rebuilt(value: Json, known: dict[str, str]) -> Json:
    if isinstance(value, str):
        return known.get(value, value)
    if isinstance(value, list):
        return [_rebuilt(one, known) for one in value]
    if isinstance(value, dict):
        return {known.get(key, key): _rebuilt(one, known) for key, one in value.items()}
    return value


def _replaced(template: str, parameters: Parameters) -> str:
    """The older form: `{{name}}` becomes the parameter of that name; what is unknown stays."""
    if not _TEMPLATED.search(template):
        return template
    out: list[str] = []
    rest = template
    while True:
        before, opened, after = rest.partition("{{")
        out.append(before)
        if not opened:
            return "".join(out)
        tag, closed, rest = after.partition("}}")
        if not closed:
            raise ExpansionFailed(f"a template lacks its closing braces: {template[:80]}")
        value = parameters.get(tag.strip())
        out.append(value if isinstance(value, str) and tag.strip() else f"{{{{{tag}}}}}")
