"""`explain` reads the reasoning back out of the text, whatever people have made of that text."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitops_bot.act import compose
from gitops_bot.chatops.explaining import explanation
from gitops_bot.clients.forge import Conversation
from gitops_bot.marker import Marker, read_marker
from gitops_bot.model.plan import RenderedChange, Tier
from tests.act import markdown
from tests.act.examples import CONTEXT, REFUSED, resync, rollback, verdict
from tests.act.test_untrusted_text import NASTY, composed
from tests.chatops.desk import Desk

HEAD = "e" * 40


def explained(body: str, **changes: object) -> str:
    marker = read_marker(body) or Marker(fingerprint="0" * 12, applications=("catalog-production",))
    values: dict[str, object] = {"is_pull": True, "is_open": True, "base": "main", "head": HEAD, **changes}
    about = Conversation(number=1, url="", title="", body=body, **values)  # type: ignore[arg-type]
    return explanation(about, marker)


def test_a_pull_request_tells_cause_evidence_checks_and_commands(desk: Desk) -> None:
    desk.propose(Tier.APPROVE, REFUSED)
    said = desk.ask("/gitops-bot explain")
    assert desk.reactions() == ["rocket"]
    for part in (
        "`catalog-production` has been in trouble since 2026-11-23 10:27 UTC. All new pods of ",
        "**Cause.** It began with `bbbbbbb` `catalog: release 1.9.1` by Ada",
        "- new pods against old: 3 of 3 new pods fail, 3 of 3 old ones ran (Deployment catalog-production/catalog)",
        "**What it checked (2 of 3 passed)**",
        "- ✗ confidence: 60 is below 75. To lift it: more evidence, or a lower `minimum-confidence`.",
        "- ✓ renders as before, confidence",
        f"git diff origin/main...{desk.pull.head_sha}  # what merging changes",
        f"git show {'b' * 40}  # with what it began",
        "git log -5 --patch -- catalog/values-production.yaml",
        "# N: the place of catalog in /spec/template/spec/containers, from 0",
        "--resource apps/Deployment/catalog-production/catalog --pointer /spec/template/spec/containers/N/image",
    ):
        assert part in said
    assert desk.issue.state == "open"


def test_an_issue_tells_the_same(desk: Desk) -> None:
    desk.escalate()
    said = desk.ask("/gitops-bot explain")
    assert "A person is needed: nothing was changed in Git." in said
    assert "- ✗ confidence: 60 is below 75." in said
    assert "git diff" not in said
    assert "gitops-bot locate --repo . " in said


def test_a_merged_one_shows_what_was_merged() -> None:
    body = compose(rollback(), verdict(), CONTEXT).body
    assert f"git show {'d' * 40}  # what was merged" in explained(body, merged=True, merge_commit="d" * 40)


def test_a_resync_has_no_files_to_look_at() -> None:
    said = explained(compose(resync(), verdict(), CONTEXT).body)
    assert "Service payments/payments" in said
    assert "locate" not in said
    assert "git log" not in said


@pytest.mark.parametrize("body", ["", "nothing of ours", "\n\n### Evidence\n\n### Cause\n", "|||\n|-|\n", "```\nopen"])
def test_a_text_without_reasoning_says_so(body: str) -> None:
    said = explained(body)
    assert said == "" or "**What the bot saw**" not in said


def test_a_text_that_was_emptied_is_refused(desk: Desk) -> None:
    desk.propose()
    body = desk.issue.body or ""
    desk.issue.body = body[body.rindex("<!-- gitops-bot: ") :]
    assert desk.ask("/gitops-bot explain").startswith("The text above was changed, so that no reasoning is left in it.")
    assert desk.reactions() == ["-1"]


def test_windows_line_ends_change_nothing() -> None:
    body = compose(rollback(), verdict(), CONTEXT).body
    assert explained(body.replace("\n", "\r\n")) == explained(body)


def check(said: str) -> None:
    assert "image" not in markdown.kinds(said)
    assert markdown.links(said) == []
    assert markdown.html(said) == []
    live = markdown.live_text(said)
    assert not markdown.MENTION.search(live)
    assert not markdown.ADDRESS.search(live)
    assert not markdown.REFERENCE.search(live)


@pytest.mark.parametrize("words", NASTY)
def test_attacks_through_the_facts_come_out_as_text(words: str) -> None:
    for tier in (Tier.APPROVE, Tier.ESCALATE):
        check(explained(composed(words, tier).body))


LINES = ["### Evidence", "### Cause", "### What changes", "| a | b | c | d |", "|---|---|---|---|", "```diff", "```"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.text(), st.sampled_from([*NASTY, *LINES])), max_size=12).map("\n".join))
def test_attacks_through_an_edited_text_come_out_as_text(body: str) -> None:
    check(explained(body))


@pytest.mark.parametrize(
    ("label", "pointer"),
    [
        ("spec.replicas", "/spec/replicas"),
        ("spec.ports[0].port", "/spec/ports/0/port"),
        ("metadata.annotations.a.example/b", "/metadata/annotations/a.example~1b"),
        ("data.app.properties", "/data/app.properties"),
    ],
)
def test_a_label_becomes_a_pointer(label: str, pointer: str) -> None:
    (change,) = rollback().rendered
    (moved,) = change.objects
    field = type(moved.fields[0])(pointer, label, 1, 2)
    rendered = (RenderedChange(application="catalog-production", objects=(type(moved)(moved.key, (field,)),)),)
    said = explained(compose(rollback(rendered=rendered), verdict(), CONTEXT).body)
    (line,) = [one for one in said.splitlines() if one.startswith("gitops-bot locate ")]
    assert shlex.split(line)[-1] == pointer


def test_what_people_will_paste_into_a_shell_is_quoted() -> None:
    body = compose(rollback(), verdict(), CONTEXT).body.replace(
        "`catalog/values-production.yaml`", "`x; rm -rf $(pwd)`"
    )
    assert "git log -5 --patch -- 'x; rm -rf $(pwd)'\n" in explained(body)


def test_a_long_text_is_read_quickly() -> None:
    for letter in ("<", "[", "|", "`", "```\n", "**", "| ✓ |\n", "(", "\\|"):
        body = "### Evidence\n" + letter * (60_000 // len(letter))
        assert len(explained(body)) < 20_000
