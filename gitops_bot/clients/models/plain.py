"""Models without native tools or schemas: both are told in the prompt, and JSON is looked for in what they write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from gitops_bot.model.dialogue import Handed, Heard, ToolCall, ToolDescription
from gitops_bot.model.json import Json, mapping, sequence, text

# Reasoning models without a field for it think aloud; some begin without the opening tag.
_THOUGHTS = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>|\A(?:(?!<think).)*</think(?:ing)?>", re.DOTALL)
_DECODER = json.JSONDecoder()
_MOST_STARTS = 200


def schema_words(schema: Json) -> str:
    """Return how to tell a model the shape of its final answer."""
    told = json.dumps(schema, ensure_ascii=False)
    return f"Your final answer is one JSON object and nothing else. It fits this JSON schema:\n{told}"


def tool_words(tools: tuple[ToolDescription, ...]) -> str:
    """Return how to tell a model which tools it has and how to call them."""
    told = "\n".join(
        f"- {tool.name}: {tool.description}\n  arguments: {json.dumps(tool.parameters, ensure_ascii=False)}"
        for tool in tools
    )
    return (
        "Before the final answer you may call these tools. To call some, write one JSON object and nothing else: "
        f'{{"calls": [{{"tool": NAME, "arguments": {{...}}}}]}}. Their results come in the next message.\n{told}'
    )


def calls_text(heard: Heard) -> str:
    """Return an earlier turn of the model's as it would have written it in this protocol."""
    if not heard.calls:
        return heard.text
    calls = [{"tool": call.name, "arguments": call.arguments} for call in heard.calls]
    return json.dumps({"calls": calls}, ensure_ascii=False)


def results_text(handed: Handed) -> str:
    """Return the results of the calls as one message."""
    parts = (
        f"{'Failure' if result.failed else 'Result'} of call {number}:\n{result.text}"
        for number, result in enumerate(handed.results, 1)
    )
    return "\n\n".join(parts)


def spoken(written: str) -> str:
    """Return what a model wrote without the thoughts that it wrote before."""
    return _THOUGHTS.sub("", written).strip()


def answer_in(written: str) -> str:
    """Return the largest JSON object in the text as it stands there, else the text."""
    try:
        if isinstance(json.loads(written), dict):
            return written
    except (ValueError, RecursionError):
        pass
    return max(_objects(written), key=len, default=written)


def calls_in(written: str, prefix: str) -> tuple[ToolCall, ...]:
    """Return the calls that the text asks for in the protocol of `tool_words`, none where it is something else."""
    try:
        value: Json = json.loads(answer_in(written))
    except (ValueError, RecursionError):
        return ()
    calls = [mapping(call) for call in sequence(mapping(value).get("calls"))]
    return tuple(
        ToolCall(
            identifier=f"{prefix}_{number}",
            name=text(call.get("tool")),
            arguments=arguments if isinstance(arguments := call.get("arguments"), dict) else None,
        )
        for number, call in enumerate(calls)
    )


def _objects(written: str) -> Iterator[str]:
    """Yield the outermost JSON objects in the text."""
    start = written.find("{")
    for _ in range(_MOST_STARTS):
        if start < 0:
            return
        try:
            value, end = _DECODER.raw_decode(written, start)
        except (ValueError, RecursionError):
            end = start + 1
        else:
            if isinstance(value, dict):
                yield written[start:end]
        start = written.find("{", end)
