"""Secrets in what Argo CD answers and in what Git holds come out of a run nowhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Estate
from tests.end_to_end.variations import symptoms
from tests.end_to_end.variations.building import Varied
from tests.support.collector import collector
from tests.support.planted import core, named, planted_secrets

Vary = Callable[..., Varied]
LEDGER = "ledger/ledger.yaml"
CHANNELS = ("termination message", "event", "waiting message", "commit message")
# What a container's message may have; more of it is cut, and a secret that is not read proves nothing.
ROOM = 3_000


def groups() -> list[dict[str, str]]:
    """All kinds, in as many groups as there are channels."""
    secrets = list(planted_secrets().items())
    return [dict(secrets[place :: len(CHANNELS)]) for place in range(len(CHANNELS))]


def text_of(secrets: dict[str, str]) -> str:
    text = "\n".join(f"could not use {value} today" for value in secrets.values())
    assert len(text) <= ROOM
    return text


def written_texts(estate: Estate, summary: Path) -> Iterator[tuple[str, str]]:
    """Plan and run; yield all that came out of it, by place."""
    decisions = summary.with_name("decisions.jsonl")
    plan = estate.checkout / "plan.json"
    with collector() as receiver:
        estate.set(GITOPS_BOT_DECISION_LOG=str(decisions), OTEL_EXPORTER_OTLP_ENDPOINT=receiver.url)
        yield "console of plan", estate.bot("plan").output
        yield "errors of plan", estate.bot("plan", "--output", str(plan)).errors
        yield "plan.json", plan.read_text(encoding="utf-8")
        outcome = estate.bot("run", "--json")
        assert outcome.code == 0
    yield "decision log", decisions.read_text(encoding="utf-8")
    yield "trace", b"".join(receiver.bodies).decode(errors="replace")
    yield "console of run", outcome.output + outcome.errors
    yield "job summary", summary.read_text(encoding="utf-8")
    for pull in estate.pulls():
        yield "pull request", f"{pull.title}\n{pull.body}"
        yield "commit message", estate.git("log", "--format=%B", "start..origin/" + pull.branch)
    for issue in estate.escalations():
        yield "issue", f"{issue['title']}\n{issue['body']}"


@pytest.mark.parametrize("turn", range(len(CHANNELS)))
def test_no_kind_of_secret_comes_out_by_any_channel(
    vary: Vary, serve: Callable[[Varied], Estate], tmp_path: Path, turn: int
) -> None:
    planted = dict(zip(CHANNELS, [*groups()[turn:], *groups()[:turn]], strict=True))
    varied = vary()
    varied.keep("ledger")
    varied.git("reset", "-q", "--hard", "HEAD~1")
    release = (varied.clone / LEDGER).read_text(encoding="utf-8").replace("ledger:5.1.2", "ledger:5.2.0")
    subject = " ".join(value.replace("\n", " ") for value in planted["commit message"].values())
    commit = varied.commit(f"ledger 5.2.0 {subject}", {LEDGER: release})
    varied.application("ledger")["status"]["history"].pop()
    varied.delivered("ledger", commit)
    status = symptoms.crashes(varied, message=text_of(planted["termination message"]))
    status["state"]["waiting"]["message"] = text_of(planted["waiting message"])
    _, _, events = symptoms.broken_pod(varied)
    events.append(symptoms.event("BackOff", text_of(planted["event"])))
    estate = serve(varied)
    summary = tmp_path / "summary.md"
    estate.set(GITHUB_STEP_SUMMARY=str(summary))
    texts = list(written_texts(estate, summary))
    assert {"plan.json", "pull request", "commit message", "decision log", "trace"} <= {place for place, _ in texts}
    assert any("[redacted:" in text for _, text in texts)
    for kind, value in planted_secrets().items():
        for place, text in texts:
            assert core(kind, value) not in text, f"{kind} in {place}"


@pytest.mark.parametrize("known", [False, True])
def test_a_password_in_a_manifest_is_not_shown_where_its_line_is(
    vary: Vary, serve: Callable[[Varied], Estate], tmp_path: Path, *, known: bool
) -> None:
    """It comes with the release, or it is changed by it."""
    varied = vary()
    varied.keep("ledger")
    varied.git("reset", "-q", "--hard", "HEAD~1")
    name, value = named()["password"]
    mark = "        image: registry.example.com/ledger:5.1.2"
    before = (varied.clone / LEDGER).read_text(encoding="utf-8")
    assert mark in before
    entry = f"        env:\n        - name: {name}\n          value: {value}\n"
    if known:
        before = before.replace(mark, f"{entry.replace(value, f'older-{value}')}{mark}")
        good = varied.commit("ledger: a password", {LEDGER: before})
        varied.application("ledger")["status"]["history"][-2]["revision"] = good
        after = before.replace(f"older-{value}", value)
    else:
        after = before.replace(mark, f"{entry}{mark}")
    commit = varied.commit("ledger 5.2.0", {LEDGER: after.replace("ledger:5.1.2", "ledger:5.2.0")})
    varied.application("ledger")["status"]["history"].pop()
    varied.delivered("ledger", commit)
    estate = serve(varied)
    summary = tmp_path / "summary.md"
    estate.set(GITHUB_STEP_SUMMARY=str(summary))
    for place, shown in written_texts(estate, summary):
        assert value not in shown, place
    (pull,) = estate.pulls()
    assert any(value in line for line in pull.lines[LEDGER][0])


def test_a_live_value_with_a_telling_name_is_not_shown(
    vary: Vary, serve: Callable[[Varied], Estate], tmp_path: Path
) -> None:
    varied = vary("04-drift@01b9168")
    varied.keep("payments-staging")
    secret = "s3cr3t-" + "live-value"
    for item in varied.managed("payments-staging"):
        for state in ("liveState", "normalizedLiveState", "predictedLiveState", "targetState"):
            if item["kind"] == "Rollout" and item.get(state):
                body = json.loads(item[state])
                live = state in ("liveState", "normalizedLiveState")
                container = body["spec"]["template"]["spec"]["containers"][0]
                container["env"] = [{"name": "DB_PASSWORD", "value": secret if live else f"other-{secret}"}]
                item[state] = json.dumps(body)
    estate = serve(varied)
    summary = tmp_path / "summary.md"
    estate.set(GITHUB_STEP_SUMMARY=str(summary))
    for place, shown in written_texts(estate, summary):
        assert secret not in shown, place
