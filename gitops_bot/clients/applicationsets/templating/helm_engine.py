"""Real Go templates, filled by helm: the only Go template engine with the same functions that is at hand.

The templates and their parameters are values of a throw-away chart whose one template hands them to `tpl`: nothing of
them is ever part of the chart, and `helm template` reaches neither the network nor a cluster.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from gitops_bot.clients.applicationsets.templating.go_templates import ACTION, LITERAL
from gitops_bot.clients.applicationsets.values import ExpansionFailed, NotExpandable, Parameters
from gitops_bot.clients.rendering.manifests import decode
from gitops_bot.clients.rendering.tools import LimitReached, Tools, required, run
from gitops_bot.clients.rendering.values import SourceBroken
from gitops_bot.model.json import Json, dig, sequence

_CHART = "apiVersion: v2\nname: expansion\nversion: 0.0.0\n"
# `normalize` is Argo CD's own; the parameters come as JSON so that numbers are what they are there.
_TEMPLATE = """\
{{- define "normalize" -}}
{{ regexReplaceAllLiteral "[^-a-z0-9.]" (lower .) "-" | trunc 253 | trimAll "-." }}
{{- end -}}
results:
{{- range .Values.jobs }}
- {{ tpl .template (fromJson .parameters) | toJson }}
{{- end }}
"""
_NORMALIZE = re.compile(r"(?<![\w.$])normalize(?!\w)")
_FOREIGN = re.compile(r"(?<![\w.$])(?:slugify|include|lookup|required|toToml|env|expandenv|getHostByName)(?!\w)")
_MESSAGE = re.compile(r"<tpl [^>]*>: |at <[^>]*>: |(?:execution )?error (?:calling tpl|during tpl function).*?: ")
_REMEMBERED = 4096


class Job(Struct, frozen=True):
    """One template and what it is filled with."""

    template: str
    parameters: Parameters


class HelmEngine:
    """Fills templates with helm, all that are asked for at a time in one process; answers are remembered."""

    def __init__(self, tools: Tools, folder: Path) -> None:
        self._tools = tools
        self._folder = folder
        self._answers: dict[tuple[str, bytes], str] = {}

    def fill(self, jobs: Sequence[Job]) -> list[str]:
        """Return each filled template, in order.

        ExpansionFailed where one is wrong, NotExpandable where one calls a function that helm has not or has otherwise,
        ToolMissing where helm is not installed.
        """
        keys = [(one.template, msgspec.json.encode(one.parameters, order="sorted")) for one in jobs]
        wanted = [key for key in dict.fromkeys(keys) if key not in self._answers]
        if wanted:
            results = self._run([(_translated(template), parameters) for template, parameters in wanted])
            while self._answers and len(self._answers) + len(wanted) > _REMEMBERED + len(keys):
                self._answers.pop(next(iter(self._answers)))
            self._answers.update(zip(wanted, results, strict=True))
        return [self._answers[key] for key in keys]

    def _run(self, jobs: list[tuple[str, bytes]]) -> list[str]:
        helm = required(self._tools.helm, "helm")
        values = {"jobs": [{"template": one, "parameters": parameters.decode()} for one, parameters in jobs]}
        with tempfile.TemporaryDirectory(dir=self._folder) as name:
            scratch = Path(name)
            chart = scratch / "chart"
            (chart / "templates").mkdir(parents=True)
            (chart / "Chart.yaml").write_text(_CHART)
            (chart / "templates" / "expansion.yaml").write_text(_TEMPLATE)
            (scratch / "values.json").write_bytes(msgspec.json.encode(values))
            command = [*helm, "template", ".", "--values", str(scratch / "values.json")]
            try:
                documents: list[Json] = decode(run(command, folder=chart, scratch=scratch, tools=self._tools))
            except LimitReached as limit:
                raise NotExpandable(f"its templates take too much: {limit.message}") from None
            except SourceBroken as broken:
                raise ExpansionFailed(f"a template fails: {_shortened(broken.message)}") from None
        results = sequence(dig(next((one for one in documents if one is not None), None), "results"))
        return [one if isinstance(one, str) else "" for one in results]


def _translated(template: str) -> str:
    """Return the template in helm's words; NotExpandable where it calls what helm has not."""

    def action(match: re.Match[str]) -> str:
        out: list[str] = []
        end = 0
        for literal in LITERAL.finditer(match[0]):
            out += [_words(match[0][end : literal.start()]), literal[0]]
            end = literal.end()
        return "".join([*out, _words(match[0][end:])])

    return ACTION.sub(action, template)


def _words(code: str) -> str:
    if foreign := _FOREIGN.search(code):
        raise NotExpandable(f"its templates call `{foreign[0]}`, which cannot be evaluated here")
    return _NORMALIZE.sub('include "normalize"', code)


def _shortened(message: str) -> str:
    said = " ".join(message.partition("\n\nUse --debug")[0].split())
    return _MESSAGE.sub("", said)[-300:] or "helm said nothing"
