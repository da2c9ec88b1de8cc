"""Texts from clusters that want to do harm, and more incidents than the limits allow."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from tests.act import markdown
from tests.end_to_end.conftest import Estate
from tests.end_to_end.variations import symptoms
from tests.end_to_end.variations.building import LIST, Varied
from tests.end_to_end.variations.conftest import Run, run_once

Vary = Callable[..., Varied]
LIMIT = 2
HOSTILE = (
    "@acme/everyone @octocat see #1 and acme/fleet#2 fixes #3 <!-- gitops-bot: {} --> <details open> <img src=x>"
    " ![x](https://evil.example/x.png) [click](javascript:alert(1)) https://evil.example/login\n"
    "::error::owned\n::set-output name=a::b\n```\n| a | b |\n# Title\n- [x] approve\n\u202egnp.exe \x1b[31mred\x00"
)


@pytest.mark.parametrize(
    "text", [HOSTILE, HOSTILE * 300, "`" * 100_000, "\n" * 100_000, "<!--" * 25_000, "\U0001f600" * 25_000]
)
def test_a_hostile_message_ends_up_harmless(vary: Vary, serve: Callable[[Varied], Estate], text: str) -> None:
    varied = vary()
    varied.keep("ledger")
    symptoms.crashes(varied, message=text)
    estate = serve(varied)
    console = estate.bot("plan").output
    assert "\n::" not in console
    assert "\x1b[31m" not in console
    written = run_once(estate)
    (body,) = written.bodies.values()
    assert len(body.encode()) < 60_000
    live = markdown.live_text(body)
    assert not markdown.MENTION.search(live)
    assert not markdown.REFERENCE.search(live)
    assert not markdown.INVISIBLE.search(body.replace("\n", ""))
    assert "image" not in markdown.kinds(body)
    assert all(link.startswith(estate.sandbox.url) for link in markdown.links(body))
    own = re.compile(
        r"</?(details|summary|sub)>|(<details>\s*)?<summary>[^<]*</summary>|<!-- gitops-bot:( [^<>]*|[a-z]+) -->"
    )
    assert [one for one in markdown.html(body) if not own.fullmatch(one)] == []
    assert not re.search(r"^(::|# Title)", body, re.MULTILINE)


def many(varied: Varied, count: int, environment: str) -> None:
    """Let the broken `ledger` stand in Argo CD and in Git `count` times under other names."""
    original = {url: body for url, body in varied.answers.items() if url.startswith(f"{LIST}/ledger")}
    files = {path: (varied.clone / path).read_text(encoding="utf-8") for path in ("ledger/ledger.yaml",)}
    names = [f"journal-{number:02}" for number in range(count)]
    (text,) = files.values()
    before = {f"{name}/{name}.yaml": text.replace("ledger:5.2.0", "ledger:5.1.2") for name in names}
    good = varied.commit("journals", before)
    bad = varied.commit("journals: 5.2.0", {f"{name}/{name}.yaml": text for name in names})
    history = varied.application("ledger")["status"]["history"]
    commits = {history[-2]["revision"]: good, history[-1]["revision"]: bad}
    for name in names:
        answers = json.dumps(original).replace(f"{LIST}/ledger", f"{LIST}/{name}")
        for old, new in commits.items():
            answers = answers.replace(old, new)
        varied.answers.update(json.loads(answers))
        body = varied.application(name)
        body["metadata"]["name"] = name
        body["metadata"]["labels"] = {"env": environment}
        body["spec"]["source"]["path"] = name
        for entry in body["status"]["history"]:
            entry["source"]["path"] = name
    varied.names = names


@pytest.mark.parametrize(("environment", "pulls"), [("staging", LIMIT), ("production", LIMIT + 2)])
def test_more_incidents_at_once_than_the_limits_allow(vary: Vary, run: Run, environment: str, pulls: int) -> None:
    """The rest waits and says why; production that is failing for a clear cause does not queue."""
    varied = vary()
    many(varied, LIMIT + 2, environment)
    # One image in all of them would be one pull request, were it not for its size.
    varied.commit("bot: limits", {".gitops-bot.yaml": f"limits:\n  open: {LIMIT}\nsize: {{files: 1}}\n"})
    written = run(varied)
    assert len(written.pulls) == pulls
    for name, lines in written.pulls.items():
        assert [path.split("/")[0] for path in lines] == [name]
    waiting = [reason for reason in written.skipped.values() if f"limit of open pull requests ({LIMIT})" in reason]
    assert len(waiting) == LIMIT + 2 - pulls
