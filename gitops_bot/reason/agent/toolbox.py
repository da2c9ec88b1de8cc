"""The tools as one model may use them for one incident: each call is answered, capped, redacted and numbered."""

from __future__ import annotations

import json
from collections.abc import Iterable

from gitops_bot.errors import GitopsBotError
from gitops_bot.model.diagnosis import Evidence
from gitops_bot.model.dialogue import Tool, ToolCall, ToolDescription, ToolResult
from gitops_bot.model.json import Json, mapping, sequence
from gitops_bot.reason.agent.budget import Limits
from gitops_bot.reason.agent.evidence import Exhibit, Marks, clipped
from gitops_bot.reason.wording import listed, one_line

# What machines measure or record. All other tools bring words: logs, runbooks, commit messages, past incidents.
FACTUAL = frozenset({"prometheus_ql", "kubectl_get", "argocd_tree", "argocd_events", "git_diff", "locate"})
_MOST_AT_ONCE = 6
_LEAST_ROOM = 300
_LONGEST_ARGUMENTS = 2_000
# Far more than is ever shown, and little enough to be searched for secrets.
_LONGEST_ROW = 200  # what a person reads of it: the model saw more
_LONGEST_READ = 400_000


class Toolbox:
    """Runs the tools that a model calls, and keeps what they brought as evidence T1, T2 …"""

    def __init__(self, tools: Iterable[Tool], limits: Limits, marks: Marks) -> None:
        self._tools = {tool.description.name: tool for tool in tools}
        self._limits = limits
        self._marks = marks
        self._room = limits.results
        self._asked: dict[str, Exhibit] = {}

    @property
    def descriptions(self) -> tuple[ToolDescription, ...]:
        """What the model is told of them."""
        return tuple(tool.description for tool in self._tools.values())

    @property
    def exhibits(self) -> tuple[Exhibit, ...]:
        """The evidence that they brought."""
        return tuple(self._asked.values())

    def answer(self, calls: tuple[ToolCall, ...], note: str = "") -> tuple[ToolResult, ...]:
        """Return one result for each call, in order; `note` is ours and stands before the first."""
        results = [
            self._answer(call) if place < _MOST_AT_ONCE else _failed(call, f"at most {_MOST_AT_ONCE} calls at once")
            for place, call in enumerate(calls)
        ]
        if note and results:
            first = results[0]
            text = f"{note}\n{first.text}"
            results[0] = ToolResult(identifier=first.identifier, text=text, failed=first.failed)
        return tuple(results)

    def _answer(self, call: ToolCall) -> ToolResult:
        tool = self._tools.get(call.name)
        if tool is None:
            return _failed(call, f"there is no tool of that name; there is {listed(self._tools, 20) or 'none'}")
        if problem := _problem(call, tool.description):
            return _failed(call, problem)
        arguments = call.arguments or {}
        asked = f"{call.name} {json.dumps(arguments, sort_keys=True, ensure_ascii=False)}"
        if known := self._asked.get(asked):
            return ToolResult(identifier=call.identifier, text=f"already asked: see {known.identifier}")
        if self._room < _LEAST_ROOM:
            return _failed(call, "there is no room for more evidence: answer with what you have")
        try:
            text = tool.run(arguments)
        except GitopsBotError as error:
            # Why a tool could not answer is no evidence of anything: it gets no id.
            return _failed(
                call, self._marks.delimit(clipped(self._marks.redact(str(error)), 600), f"error of {call.name}")
            )
        return self._shown(call, asked, text)

    def _shown(self, call: ToolCall, asked: str, text: str) -> ToolResult:
        identifier = f"T{len(self._asked) + 1}"
        body = clipped(self._marks.redact(text[:_LONGEST_READ]), min(self._limits.result, self._room)) or "(nothing)"
        self._room -= len(body)
        title = one_line(self._marks.redact(asked))
        row = Evidence(signal=title, value=one_line(body, _LONGEST_ROW), where=call.name)
        factual = call.name in FACTUAL
        self._asked[asked] = Exhibit(identifier=identifier, title=title, text=body, factual=factual, row=row)
        return ToolResult(identifier=call.identifier, text=self._marks.delimit(body, f"{identifier} {call.name}"))


def _failed(call: ToolCall, reason: str) -> ToolResult:
    return ToolResult(identifier=call.identifier, text=reason, failed=True)


def _problem(call: ToolCall, description: ToolDescription) -> str:
    """Return what is wrong with a call's arguments by the tool's schema, as far as names and types go."""
    if call.arguments is None:
        return "the arguments are no JSON object"
    if len(json.dumps(call.arguments)) > _LONGEST_ARGUMENTS:
        return "the arguments are too long"
    properties = mapping(description.parameters.get("properties"))
    unknown = [one_line(name, 40) for name in call.arguments if name not in properties]
    required = (str(name) for name in sequence(description.parameters.get("required")))
    missing = [name for name in required if name not in call.arguments and not _may_be_null(properties.get(name))]
    wrong = [
        f"{name} must be of type {mapping(properties[name]).get('type')}"
        for name, value in call.arguments.items()
        if name in properties and not _fits(value, mapping(properties[name]).get("type"))
    ]
    if unknown:
        return (
            f"there is no argument {listed(unknown)}; there is {listed((str(one) for one in properties), 20) or 'none'}"
        )
    if missing:
        return f"missing: {listed(missing)}"
    return "; ".join(wrong[:3])


def _may_be_null(schema: Json) -> bool:
    # Strict tool use asks for every argument: null stands for one that is not wanted, and so does its absence.
    return "null" in sequence(mapping(schema).get("type"))


def _fits(value: Json, kind: Json) -> bool:
    types: dict[str, type | tuple[type, ...]] = {
        "string": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
        "array": list,
        "object": dict,
    }
    if not isinstance(kind, str) or kind not in types:
        return True
    return isinstance(value, types[kind]) and (kind == "boolean" or not isinstance(value, bool))
