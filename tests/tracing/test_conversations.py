"""A conversation by the semantic conventions for generative AI, without its contents unless they are asked for."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from msgspec.structs import replace
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes as conventions

from gitops_bot.errors import ModelUnavailable, SourceUnavailable
from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.dialogue import LanguageModel, Tool
from gitops_bot.model.json import Json
from gitops_bot.reason.agent import Abstain, Counsel, Limits, advise
from gitops_bot.tracing import Conversations, Recording
from gitops_bot.tracing.spans import Ended
from tests.reason.agent.examples import MARKS, answer, opened, standing_clock
from tests.support.scripted import USED, ScriptedModel, ScriptedTool, calls, says
from tests.tracing.kept import Kept

QUERY: dict[str, Json] = {"query": "up"}
# Attributes of our own, for which there is no convention.
OURS = "gitops_bot."
GENERAL = {"error.type", "output.value"}


def traced(model: LanguageModel, *tools: Tool, contents: bool = False) -> tuple[Diagnosis | Abstain, list[Ended]]:
    """Have one open incident diagnosed, and return what came of it and the spans."""
    kept = Kept()
    conversations = Conversations(Recording((kept,), contents=contents), MARKS.redact)
    counsel = Counsel(
        small=(),
        large=(conversations.model(model),),
        clock=standing_clock,
        marks=MARKS,
        toolbox_for=lambda _: tuple(conversations.tool(tool) for tool in tools),
        limits=Limits(incident_dollars=Decimal(1)),
        about=conversations.about,
    )
    advice = advise([opened()], counsel)
    return advice.abstained.get(0) or advice.diagnoses[0], kept.spans


def test_a_diagnosis_with_a_tool_is_four_spans() -> None:
    model = ScriptedModel(calls(("prometheus_ql", QUERY)), says(answer()))
    outcome, (first, tool, second, agent) = traced(model, ScriptedTool("prometheus_ql", "up 1"))
    assert isinstance(outcome, Diagnosis)
    assert [one.name for one in (agent, first, tool, second)] == [
        "invoke_agent gitops-bot",
        "chat scripted-large",
        "execute_tool prometheus_ql",
        "chat scripted-large",
    ]
    assert {one.parent for one in (first, tool, second)} == {agent.span}
    assert [one.kind.value for one in (first, tool, agent)] == ["client", "internal", "internal"]
    assert first.attributes == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "scripted-large",
        "gen_ai.request.max_tokens": Limits().longest_answer,
        "gen_ai.output.type": "json",
        "gen_ai.response.model": "scripted-large",
        "gen_ai.response.finish_reasons": ("tool_call",),
        "gen_ai.usage.input_tokens": 1000,
        "gen_ai.usage.cache_read.input_tokens": 0,
        "gen_ai.usage.cache_creation.input_tokens": 0,
        "gen_ai.usage.output_tokens": 200,
        "gitops_bot.dollars": 0.002,
    }
    assert second.attributes["gen_ai.response.finish_reasons"] == ("stop",)
    assert tool.attributes == {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "prometheus_ql",
        "gen_ai.tool.type": "function",
        "gen_ai.tool.description": "answers prometheus_ql",
        "gen_ai.tool.call.id": "call-0",
        "gitops_bot.tool.answer_characters": 4,
    }


def test_the_agents_span_says_what_was_decided_and_why() -> None:
    outcome, spans = traced(ScriptedModel(says(answer()), name="claude-sonnet-5-5"))
    assert isinstance(outcome, Diagnosis)
    agent = spans[-1].attributes
    assert agent["gen_ai.operation.name"] == "invoke_agent"
    assert agent["gen_ai.agent.name"] == "gitops-bot"
    assert agent["gen_ai.response.model"] == "claude-sonnet-5-5"
    assert (agent["gitops_bot.application"], agent["gitops_bot.rule"]) == ("shop", "undecided")
    assert (agent["gitops_bot.outcome"], agent["gitops_bot.confidence"]) == ("rollback", 90)
    assert agent["gitops_bot.cause"] == "the release 2 of web cannot start"
    assert "new generation fails" in str(agent["gitops_bot.reasoning"])
    assert str(agent["output.value"]).startswith("rollback: the release 2 of web cannot start\n")
    assert "E2" in str(agent["gitops_bot.cited"])
    assert agent["gitops_bot.dollars"] == 0.002
    assert spans[0].attributes["gen_ai.provider.name"] == "anthropic"


def test_an_abstention_says_why() -> None:
    outcome, spans = traced(ScriptedModel(says("no JSON"), says("again none")))
    assert isinstance(outcome, Abstain)
    assert spans[-1].attributes["gitops_bot.outcome"] == "abstained"
    assert spans[-1].attributes["gitops_bot.reason"] == outcome.reason


def test_a_model_that_does_not_answer_and_a_tool_that_fails_are_errors() -> None:
    away = ScriptedModel(ModelUnavailable("the model does not answer"))
    _, (chat, agent) = traced(away)
    assert (chat.failed, chat.attributes["error.type"]) == (True, "ModelUnavailable")
    assert not agent.failed
    model = ScriptedModel(calls(("prometheus_ql", QUERY)), says(answer()))
    failing = ScriptedTool("prometheus_ql", SourceUnavailable("no server", found="what the tool read"))
    _, (_, tool, _, _) = traced(model, failing)
    assert (tool.failed, tool.attributes["error.type"], tool.message) == (True, "SourceUnavailable", "")


def test_contents_are_there_only_when_asked_for() -> None:
    def spans(*, contents: bool) -> list[Ended]:
        model = ScriptedModel(calls(("prometheus_ql", QUERY)), says(answer()))
        return traced(model, ScriptedTool("prometheus_ql", "up 1"), contents=contents)[1]

    told = {"gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions", "gen_ai.tool.definitions"}
    told |= {"gen_ai.tool.call.arguments", "gen_ai.tool.call.result"}
    assert not told & {name for span in spans(contents=False) for name in span.attributes}
    first, tool, second, _ = spans(contents=True)
    assert told <= {*first.attributes, *tool.attributes}
    assert json.loads(str(tool.attributes["gen_ai.tool.call.arguments"])) == QUERY
    assert tool.attributes["gen_ai.tool.call.result"] == "up 1"
    asked, called, handed = json.loads(str(second.attributes["gen_ai.input.messages"]))
    assert (asked["role"], asked["parts"][0]["type"]) == ("user", "text")
    assert called == {
        "role": "assistant",
        "parts": [{"type": "tool_call", "id": "call-0", "name": "prometheus_ql", "arguments": QUERY}],
    }
    assert (handed["role"], handed["parts"][0]["type"], handed["parts"][0]["id"]) == (
        "tool",
        "tool_call_response",
        "call-0",
    )
    (said,) = json.loads(str(second.attributes["gen_ai.output.messages"]))
    assert (said["role"], said["finish_reason"]) == ("assistant", "stop")
    assert json.loads(said["parts"][0]["content"])["confidence"] == 90
    (system,) = json.loads(str(first.attributes["gen_ai.system_instructions"]))
    assert system["type"] == "text"


def test_what_is_not_told_is_not_guessed() -> None:
    model = ScriptedModel(says(answer(), usage=None), price=None)
    _, (chat, _) = traced(model)
    assert not {name for name in chat.attributes if "usage" in name or "dollars" in name}
    _, (chat, _) = traced(ScriptedModel(says(answer(), usage=replace(USED, read=10, written=5))))
    assert chat.attributes["gen_ai.usage.input_tokens"] == 1015


@pytest.mark.parametrize("contents", [False, True])
def test_every_name_is_one_of_the_conventions_or_ours(contents: bool) -> None:
    model = ScriptedModel(calls(("prometheus_ql", QUERY)), says(answer()))
    _, spans = traced(model, ScriptedTool("prometheus_ql", "up 1"), contents=contents)
    known = {value for name, value in vars(conventions).items() if name.startswith("GEN_AI_")} | GENERAL
    unknown = {name for span in spans for name in span.attributes if not name.startswith(OURS)} - known
    assert unknown == set()
