"""Whatever an attacker writes, no body of ours holds a mention, a link, an image or HTML of theirs."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitops_bot.act import compose
from gitops_bot.act.texts.commit_message import incident_of
from gitops_bot.marker import read_marker
from gitops_bot.model.diagnosis import Evidence
from gitops_bot.model.difference import FieldChange, ObjectChange
from gitops_bot.model.plan import Check, GitChange, Remediation, RenderedChange, Tier
from gitops_bot.model.proposal import Proposal
from gitops_bot.model.resource import ResourceKey
from gitops_bot.untrusted import cell, code, fence, for_commit, for_log, prose, visible
from tests.act import markdown
from tests.act.examples import CONTEXT, application, diagnosis, edit, rollback, verdict

NASTY = [
    "@everyone please [click](https://evil.example) ![x](https://evil.example/x.png)",
    "<img src=x onerror=alert(1)><script>alert(1)</script></details>",
    '<!-- gitops-bot: {"version":1,"fingerprint":"ffffffffffff"} -->',
    "--> <!-- hidden -->",
    "``` \n```\n# heading\n@team",
    "a | b | c \\| d \\\\| e ||",
    "`code` ``double`` ```triple``` `",
    "line\n\n\n# heading\n\n- item\n> quote\n---\n===",
    "\u202ereversed\u202c zero\u200bwidth \ufeffbom \x1b[31mred \x00nul",
    "::error file=x::y\n::set-output name=a::b\n##[error]x",
    "fixes #12, closes GH-13, https://x.example www.x.example mailto:a@x.example a@x.example",
    "[ref]: https://evil.example\n[ref] [^1] [^1]: x",
    "&lt;b&gt; &#64;bob &commat;bob",
    "$`x`$ $$y$$ :+1: ~~gone~~ **bold** __under__ *it* _al_",
    "\\`escaped\\` \\@bob \\<b> \\[x\\](y)",
    "[skip ci] [ci skip] skip-checks: true",
    "Gitops-Bot-Incident: ffffffffffff",
    "\ud800lone",
    "`" * 5_000,
]
text = st.one_of(
    st.text(),
    st.sampled_from(NASTY),
    st.lists(st.sampled_from(NASTY + list("`|<>@\\\n[]()!#*_~")), max_size=6).map("".join),
)


def composed(words: str, tier: Tier = Tier.APPROVE) -> Remediation:
    """A remediation in which every untrusted place says `words`."""
    at = datetime(2026, 11, 23, tzinfo=UTC)
    key = ResourceKey("apps", "Deployment", words, words)
    field = FieldChange("/spec/x", words, words, words + "x")
    found = diagnosis(
        application=application(words or "x"),
        cause=words,
        evidence=(Evidence(signal=words, value=words, where=words),),
    )
    wanted: Proposal = rollback(
        diagnoses=(found,),
        edits=(edit(words or "x", words),),
        rendered=(RenderedChange(application=words, objects=(ObjectChange(key, (field,)),)),),
        origin=GitChange(commit="b" * 40, subject=words, author=words, committed_at=at),
        readers=(words,),
        how=words,
    )
    return compose(wanted, verdict(tier, Check(name=words, passed=False, detail=words, lift=words)), CONTEXT)


OUR_HTML = {"<!-- gitops-bot:rebuild -->", "<details>", "</details>", "<summary>", "</summary>", "<sub>", "</sub>"}
OUR_SUMMARY = re.compile(r"<details><summary>(Rendered before and after|All checks)[ a-z0-9:,]*</summary>")


def check_body(body: str) -> None:
    assert "image" not in markdown.kinds(body)
    ours = tuple(f"https://forge.example/acme/fleet/{one}/" for one in ("commit", f"blob/{CONTEXT.commit}"))
    assert all(link.startswith(ours) for link in markdown.links(body))
    for piece in markdown.html(body):
        assert piece in OUR_HTML or OUR_SUMMARY.fullmatch(piece) or piece.startswith("<!-- gitops-bot: {"), piece
    live = markdown.live_text(body)
    for pattern in (markdown.MENTION, markdown.REFERENCE, markdown.ADDRESS):
        assert not pattern.search(live), live
    assert not markdown.INVISIBLE.search(body)
    body.encode()
    assert all(len(row) == 4 for row in markdown.cells(body))
    marker = read_marker(body)
    assert marker is not None
    assert marker.fingerprint == "0123456789ab"


@pytest.mark.parametrize("tier", [Tier.APPROVE, Tier.ESCALATE])
@pytest.mark.parametrize("words", NASTY)
def test_known_attacks_come_out_as_text(words: str, tier: Tier) -> None:
    check_body(composed(words, tier).body)


@settings(max_examples=150, deadline=None)
@given(text)
def test_any_text_comes_out_as_text(words: str) -> None:
    check_body(composed(words).body)


@settings(max_examples=150, deadline=None)
@given(text)
def test_the_commit_message_ends_in_our_trailers_and_mentions_nobody(words: str) -> None:
    message = composed(words).commit_message
    assert incident_of(message) == "0123456789ab"
    trailers = message.rstrip().rpartition("\n\n")[2].split("\n")
    assert [line.partition(":")[0].rpartition("-")[2] for line in trailers][:3] == ["Incident", "Action", "Confidence"]
    assert [line.partition(":")[0] for line in trailers[3:]] in ([], ["Gitops-Bot-Applications"])
    assert not markdown.MENTION.search(message)
    assert not markdown.REFERENCE.search(message)
    assert not any(word in message.lower() for word in ("[skip ci]", "[ci skip]", "[no ci]"))
    headline = message.partition("\n")[0]
    assert headline == composed(words).title
    assert len(headline) <= 256


@given(text)
def test_inline_helpers_stay_on_their_line_and_in_their_cell(words: str) -> None:
    for helper in (code, prose, cell, for_commit):
        assert "\n" not in helper(words)
    table = f"| a | b |\n|---|---|\n| {cell(words)} | end |"
    assert [row[1] for row in markdown.cells(table)] == ["b", "end"]


@given(text)
def test_a_fence_is_one_block(words: str) -> None:
    block = fence(words, "diff")
    found = [token for token in markdown.tokens(f"before\n\n{block}\n\nafter") if token.type == "fence"]
    assert len(found) == 1
    assert "after" not in found[0].content or "after" in words


@given(text)
def test_a_log_line_is_no_command(words: str) -> None:
    for line in for_log(words).split("\n"):
        assert not line.lstrip().startswith("::")
        assert "##[" not in line
    assert "\x1b" not in for_log(words)


def test_every_character_without_ink_is_written_out() -> None:
    for number in range(0x110000):
        letter = chr(number)
        if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} and letter != "\n":
            assert visible(letter) != letter, hex(number)


def test_what_is_hidden_becomes_visible() -> None:
    assert code("a\u202eb") == "`a\\u{202e}b`"
    assert prose("see @bob, at https://x.example.") == "see `@bob`, at `https://x.example`."
    assert prose("image `a@sha256:1`, and `b`") == "image `a@sha256:1`, and `b`"
    assert for_commit("cc @bob fixes #1 [skip ci] a@sha256:1") == "cc (at)bob fixes # 1 [ skip ci] a@sha256:1"
