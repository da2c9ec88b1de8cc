"""A conversation with a model, as a collector sees it: from the incident to the pull request, and without a secret."""

from __future__ import annotations

import json
from collections.abc import Callable

from gitops_bot.sandbox.models import Call, Called
from tests.end_to_end.conftest import Estate
from tests.end_to_end.variations.building import Varied
from tests.end_to_end.variations.conftest import run_once
from tests.end_to_end.variations.test_models import BACK, concluded, ended_from_outside, models
from tests.support.collector import Collector, Received, collector

__all__ = ["ended_from_outside"]


def seen(estate: Estate, **variables: str) -> tuple[Collector, str]:
    """Have a model look into Git and decide; return what a collector got, and the pull request's text."""
    looking = Call(calls=(Called(name="git_log", arguments={"path": "ledger"}),))
    with collector() as receiver, models(estate, looking, concluded()):
        estate.set(OTEL_EXPORTER_OTLP_ENDPOINT=receiver.url, **variables)
        written = run_once(estate)
    assert written.pulls == {"ledger": BACK}
    return receiver, written.bodies["ledger"]


def children(receiver: Collector, parent: Received) -> list[str]:
    found = (span for span in receiver.spans if span.parent == parent.span)
    return [span.name for span in sorted(found, key=lambda span: span.start)]


def test_a_collector_sees_who_was_asked_what_it_cost_and_what_came_of_it(
    ended_from_outside: Varied,
    serve: Callable[[Varied], Estate],
) -> None:
    receiver, body = seen(serve(ended_from_outside))
    (reason,), (agent,) = receiver.named("reason"), receiver.named("invoke_agent gitops-bot")
    assert children(receiver, reason) == ["chat claude-haiku-5-5", "invoke_agent gitops-bot"]
    assert children(receiver, agent) == [
        "chat claude-sonnet-5-5",
        "execute_tool git_log",
        "chat claude-sonnet-5-5",
    ]
    assert agent.attributes["gitops_bot.application"] == "ledger"
    assert (agent.attributes["gitops_bot.outcome"], agent.attributes["gitops_bot.confidence"]) == ("rollback", 90)
    asked = receiver.named("chat claude-sonnet-5-5")
    spent = sum(float(str(span.attributes["gitops_bot.dollars"])) for span in asked)
    assert abs(spent - float(str(agent.attributes["gitops_bot.dollars"]))) < 0.00001
    assert asked[0].attributes["gen_ai.provider.name"] == "anthropic"
    (tool,) = receiver.named("execute_tool git_log")
    assert tool.attributes["gen_ai.tool.call.id"]
    assert f", trace `{agent.trace}`" in body
    assert not {name for span in receiver.spans for name in span.attributes if "messages" in name}


def test_contents_are_recorded_where_that_is_set(
    ended_from_outside: Varied,
    serve: Callable[[Varied], Estate],
) -> None:
    receiver, _ = seen(serve(ended_from_outside), OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT="true")
    last = receiver.named("chat claude-sonnet-5-5")[-1].attributes
    roles = [one["role"] for one in json.loads(str(last["gen_ai.input.messages"]))]
    assert roles == ["user", "assistant", "tool"]
    (answer,) = json.loads(str(last["gen_ai.output.messages"]))
    assert "does not come up in time" in answer["parts"][0]["content"]
