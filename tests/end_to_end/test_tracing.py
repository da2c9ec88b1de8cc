"""What a run records of itself, where the trace's id is found again, and that it makes no run write twice."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gitops_bot.errors import ConfigurationError
from tests.end_to_end.conftest import Estate, Play
from tests.support.collector import collector

CANARY, INCIDENTS = "01-canary-crashloop@2b4a2f8", "03-many-incidents@01b9168"
STAGES = {"observe", "triage", "reason", "locate", "prove", "guard", "act", "notify"}


def message(estate: Estate) -> str:
    """The message of the last commit on main."""
    return estate.git("log", "-1", "--format=%B", "origin/main")


def written(estate: Estate) -> list[object]:
    """Everything on the forge that a run could have touched."""
    texts = [estate.forge("pulls?state=all"), estate.forge("issues?state=all"), estate.commits]
    comments = [estate.forge(f"issues/{pull['number']}/comments") for pull in estate.forge("pulls?state=all")]
    return [*texts, *comments]


def test_a_run_tells_a_collector_and_a_file_why_it_did_what(play: Play, tmp_path: Path) -> None:
    estate = play(CANARY)
    path = tmp_path / "decisions.jsonl"
    with collector() as receiver:
        estate.set(OTEL_EXPORTER_OTLP_ENDPOINT=receiver.url, GITOPS_BOT_DECISION_LOG=str(path), GITHUB_RUN_ID="4711")
        outcome = estate.bot("run")
    assert (outcome.code, outcome.errors) == (0, "")
    (root,) = receiver.named("gitops-bot run")
    assert {span.name for span in receiver.spans} == STAGES | {root.name, "remediation", "left alone"}
    assert {span.trace for span in receiver.spans} == {root.trace}
    assert {span.parent for span in receiver.spans if span is not root} == {root.span}
    assert (root.parent, root.status) == ("", 0)
    assert root.resource["cicd.pipeline.run.id"] == "4711"
    assert root.resource["vcs.repository.name"] == estate.sandbox.environment["GITHUB_REPOSITORY"]
    (decided,) = receiver.named("remediation")
    told = {name.removeprefix("gitops_bot."): value for name, value in decided.attributes.items()}
    assert told["applications"] == ["payments-production"]
    assert (told["action"], told["tier"], told["verdict"], told["confidence"]) == ("rollback", "commit", "commit", 95)
    assert told["paths"] == ["payments/overlays/production/kustomization.yaml"]
    assert decided.attributes["output.value"] == "rollback: commit"
    assert any("CrashLoopBackOff" in row for row in told["evidence"])  # type: ignore[union-attr]
    (receipt,) = (event for span in receiver.named("act") for event in span.events)
    assert receipt[1]["gitops_bot.fingerprint"] == told["fingerprint"]
    assert f"\nGitops-Bot-Trace: {root.trace}\n" in message(estate)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert {line["span_id"] for line in lines} == {span.span for span in receiver.spans}


def test_a_second_run_has_another_trace_and_writes_nothing(play: Play, tmp_path: Path) -> None:
    estate = play(INCIDENTS)
    path = tmp_path / "decisions.jsonl"
    estate.set(GITOPS_BOT_DECISION_LOG=str(path))
    assert estate.bot("run").code == 0
    first = written(estate)
    bodies = [pull.body for pull in estate.pulls()]
    assert len(bodies) == 3
    assert estate.bot("run").code == 0
    assert written(estate) == first
    before, after = (line["trace_id"] for line in _roots(path))
    assert before != after
    for body in bodies:
        assert f", trace `{before}`." in body


def _roots(path: Path) -> list[dict[str, str]]:
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return [line for line in lines if line["name"] == "gitops-bot run"]


def test_the_job_that_writes_goes_on_with_the_trace_of_the_one_that_planned(play: Play, tmp_path: Path) -> None:
    estate = play(CANARY)
    plan = tmp_path / "plan.json"
    with collector() as receiver:
        estate.set(OTEL_EXPORTER_OTLP_ENDPOINT=receiver.url)
        assert estate.bot("plan", "--output", str(plan)).code == 0
        assert estate.bot("apply", str(plan)).code == 0
    (planned,), (applied,) = receiver.named("gitops-bot plan"), receiver.named("gitops-bot apply")
    assert {span.trace for span in receiver.spans} == {planned.trace}
    assert applied.parent == planned.span
    assert json.loads(plan.read_text())["trace"] == f"00-{planned.trace}-{planned.span}-01"
    assert f"Gitops-Bot-Trace: {planned.trace}" in message(estate)


def test_a_job_that_records_nothing_names_the_trace_of_the_plan(play: Play, tmp_path: Path) -> None:
    estate = play(CANARY)
    plan = tmp_path / "plan.json"
    estate.set(GITOPS_BOT_DECISION_LOG=str(tmp_path / "decisions.jsonl"))
    assert estate.bot("plan", "--output", str(plan)).code == 0
    estate.set(GITOPS_BOT_DECISION_LOG="")
    assert estate.bot("apply", str(plan)).code == 0
    assert f"Gitops-Bot-Trace: {json.loads(plan.read_text())['trace'][3:35]}" in message(estate)


def test_without_tracing_nothing_speaks_of_a_trace(play: Play) -> None:
    estate = play(CANARY)
    assert estate.bot("run").code == 0
    assert len(estate.commits) == 1
    assert "trace" not in message(estate).lower()


def test_a_collector_that_is_away_changes_nothing_but_one_line(play: Play) -> None:
    estate = play(CANARY)
    with collector() as receiver:
        url = receiver.url
    estate.set(OTEL_EXPORTER_OTLP_ENDPOINT=url)
    outcome = estate.bot("run")
    assert outcome.code == 0
    assert len(estate.commits) == 1
    assert re.fullmatch(rf"gitops-bot: (\d+) of \1 spans were not delivered to {re.escape(url)}, .*\n", outcome.errors)


def test_a_failure_is_recorded_with_its_stage(play: Play, tmp_path: Path) -> None:
    estate = play(CANARY)
    path = tmp_path / "decisions.jsonl"
    estate.set(GITOPS_BOT_DECISION_LOG=str(path), ARGOCD_AUTH_TOKEN="")
    with pytest.raises(ConfigurationError):
        estate.bot("run")
    observe, root = (json.loads(line) for line in path.read_text().splitlines())
    assert (observe["name"], observe["attributes"]["error.type"]) == ("observe", "ConfigurationError")
    assert "ARGOCD_AUTH_TOKEN" in observe["message"]
    assert (root["status"], root["parent_span_id"]) == ("error", "")
