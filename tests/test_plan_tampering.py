"""A plan that is not ours any more, byte for byte, is refused whole: 200 random tamperings and 50 crafted ones."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from gitops_bot.act import Context
from gitops_bot.checking import check_plan
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.errors import PlanRefused
from gitops_bot.guard import Policy
from gitops_bot.model.plan import Plan
from gitops_bot.plan_document import decode_plan, encode_plan
from tests.end_to_end.conftest import Play, play

__all__ = ["play"]
ANNOUNCED = 200
Document = dict[str, object]


@dataclass
class Desk:
    """A real plan of three pull requests, and all that `apply` checks it against."""

    source: bytes
    repository: ConfigRepository
    context: Context
    now: datetime

    def check(self, source: bytes, digest: str = "") -> None:
        """Read and check a document as `apply` does."""
        check_plan(decode_plan(source, "plan.json", digest), self.repository, self.context, Policy(), self.now)

    def forged(self, change: Callable[[Document], object]) -> bytes:
        """The document with a change and a digest that fits it: what somebody makes who has read our source."""
        document = json.loads(self.source)
        change(document)
        document["digest"] = ""

        return encode_plan(msgspec.convert(document, Plan))


@pytest.fixture
def desk(play: Play) -> Iterator[Desk]:
    estate = play("03-many-incidents@01b9168")
    target = estate.checkout / "plan.json"
    assert estate.bot("plan", "--output", str(target)).code == 0
    environment = estate.sandbox.environment
    with ExitStack() as stack:
        repository = stack.enter_context(ConfigRepository.open(Path(estate.checkout)))
        context = Context(
            server_url=environment["GITHUB_SERVER_URL"], repository=environment["GITHUB_REPOSITORY"], branch="main"
        )
        yield Desk(target.read_bytes(), repository, context, datetime.now(UTC))


def test_the_plan_as_it_was_made_is_accepted(desk: Desk) -> None:
    desk.check(desk.source)
    desk.check(desk.source, json.loads(desk.source)["digest"])
    desk.check(desk.forged(lambda _: None))


def test_two_hundred_random_tamperings_are_refused(desk: Desk) -> None:
    chance = random.Random(20261123)  # noqa: S311 (repeatable, not secret)
    for number in range(ANNOUNCED):
        spoiled = (_leaf if number % 2 else _bytes)(desk.source, chance)
        assert spoiled != desk.source
        with pytest.raises(PlanRefused):
            desk.check(spoiled)


def _bytes(source: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(source))
    end = min(len(source), start + chance.choice([0, 1, 1, 8, 500]))
    piece = bytes(chance.choice(b' "{}[],:0aZ\\\n') for _ in range(chance.choice([0, 1, 1, 9])))
    spoiled = source[:start] + piece + source[end:]
    return spoiled if spoiled != source else source[:start]


def _leaf(source: bytes, chance: random.Random) -> bytes:
    """Change one value, in the way that a person with an editor would: everything else stays."""
    document = json.loads(source)
    places = [place for place in _places(document) if place[1] != "digest"]
    holder, key = chance.choice(places)
    value = holder[key]  # type: ignore[index]
    other: object = f"{value} " if isinstance(value, str) else not value if isinstance(value, bool) else "x"
    holder[key] = (value + 1) if isinstance(value, int) and not isinstance(value, bool) else other  # type: ignore[index]
    return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"


def _places(value: object) -> Iterator[tuple[object, object]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        if isinstance(inner, dict | list):
            yield from _places(inner)
        else:
            yield value, key


def first(document: Document) -> dict[str, object]:
    """The first remediation, or what is in it at some keys."""
    remediations = document["remediations"]
    assert isinstance(remediations, list)
    return remediations[0]  # type: ignore[no-any-return]


def within(*keys: str | int) -> Callable[[Document], dict[str, object]]:
    def find(document: Document) -> dict[str, object]:
        found: object = first(document)
        for key in keys:
            found = found[key]  # type: ignore[index]
        return found  # type: ignore[return-value]

    return find


def put(find: Callable[[Document], dict[str, object]], key: str, value: object) -> Callable[[Document], object]:
    """A change that gives a key another value (a function of the old one, where it is one)."""

    def change(document: Document) -> None:
        holder = find(document)
        holder[key] = value(holder[key]) if callable(value) else value

    return change


EDIT, CASE = within("edits", 0), within("cases", 0)
OPERATIONS = within("edits", 0, "change")
OTHER = "0123456789abcdef0123456789abcdef01234567"
A_REVERSAL = {"type": "hunk-reversal", "commits": [OTHER]}
A_TOUCH = {"type": "comment-touch", "text": "# hello"}


def whole(key: str, value: object) -> Callable[[Document], object]:
    return put(lambda document: document, key, value)


CRAFTED: dict[str, Callable[[Document], object]] = {
    "another repository": whole("repository", "evil/fleet"),
    "another branch": whole("branch", "release"),
    "another commit": whole("commit", OTHER),
    "no commit": whole("commit", None),
    "from yesterday": whole("created_at", lambda _: (datetime.now(UTC) - timedelta(days=1)).isoformat()),
    "61 minutes old": whole("created_at", lambda _: (datetime.now(UTC) - timedelta(minutes=61)).isoformat()),
    "from tomorrow": whole("created_at", lambda _: (datetime.now(UTC) + timedelta(days=1)).isoformat()),
    "twice the same": whole("remediations", lambda old: [*old, old[0]]),
    "held as well": lambda document: document.update(held=[first(document)]),
    "a workflow": put(EDIT, "path", ".github/workflows/deploy.yml"),
    "git's own": put(EDIT, "path", ".git/config"),
    "outside": put(EDIT, "path", "../outside.yaml"),
    "absolute": put(EDIT, "path", "/etc/passwd"),
    "not normal": put(EDIT, "path", lambda path: f"./{path}"),
    "backslashes": put(EDIT, "path", "catalog\\values.yaml"),
    "another file": put(EDIT, "path", ".gitops-bot.yaml"),
    "another base": put(EDIT, "base", OTHER),
    "no base": put(EDIT, "base", None),
    "another result": put(EDIT, "result", OTHER),
    "a deletion": put(EDIT, "result", None),
    "another diff": put(EDIT, "diff", lambda diff: diff.replace("1.9.0", "1.8.0")),
    "no diff": put(EDIT, "diff", ""),
    "another change": put(EDIT, "change", A_REVERSAL),
    "a harmless change": put(EDIT, "change", A_TOUCH),
    "one more edit": put(first, "edits", lambda old: [*old, {**old[0], "path": "README.md"}]),
    "no edit": put(first, "edits", []),
    "straight to the branch": put(first, "tier", "commit"),
    "merged by itself": put(first, "tier", "auto_merge"),
    "a person's matter": put(first, "tier", "escalate"),
    "another action": put(first, "action", "force_sync"),
    "another remedy": put(first, "remedy", {"type": "leave-alone", "reason": "all is well"}),
    "a case that leaves it alone": put(CASE, "remedy", {"type": "leave-alone", "reason": "all is well"}),
    "another remedy in the case": put(CASE, "remedy", {"type": "resync", "resources": []}),
    "surer": put(first, "confidence", 99),
    "surer in the case": put(CASE, "confidence", 99),
    "less sure": put(CASE, "confidence", 10),
    "another cause": put(first, "cause", "somebody said so"),
    "another cause in the case": put(CASE, "cause", "somebody said so"),
    "another rule": put(CASE, "rule", "none-of-ours"),
    "another class of cause": put(CASE, "cause_class", "image-not-found"),
    "no evidence": put(CASE, "evidence", []),
    "a link in the title": put(first, "title", "[free](https://evil.example)"),
    "a mention in the body": put(first, "body", lambda body: f"@everyone\n\n{body}"),
    "an image in the body": put(first, "body", lambda body: f"{body}![x](https://evil.example/x.png)"),
    "another message": put(first, "commit_message", lambda text: f"{text}\nCo-authored-by: Eve <eve@evil.example>\n"),
    "another branch name": put(first, "branch", "main"),
    "somebody's branch": put(first, "branch", "renovate/all"),
    "another fingerprint": put(first, "fingerprint", "ffffffffffff"),
    "other applications": put(first, "applications", ["payments-production"]),
    "another application in the case": put(CASE, "application", "payments-production"),
    "all checks passed": put(first, "checks", []),
    "a check that was not asked": put(
        first, "checks", lambda old: [*old, {"name": "ok", "passed": True, "detail": "", "lift": ""}]
    ),
    "another render": put(first, "rendered", []),
    "another rendered text": put(first, "rendered_diff", "nothing moves"),
    "no proof": put(first, "proof", []),
    "other readers": put(first, "readers", ["nobody"]),
    "another origin": put(first, "origin", None),
    "made up words": put(first, "how", "trust me"),
}


def test_there_are_fifty_crafted_tamperings() -> None:
    assert len(CRAFTED) >= 50


def test_no_crafted_tampering_is_accepted_even_with_a_digest_that_fits(desk: Desk) -> None:
    accepted = []
    for name, change in CRAFTED.items():
        try:
            desk.check(desk.forged(change))
        except PlanRefused:
            continue
        accepted.append(name)
    assert accepted == []


def test_what_a_forger_may_say_of_the_cluster_is_told_by_the_announced_digest(desk: Desk) -> None:
    """Whether an Application is production only the cluster knows: that is what the second way of the digest is for."""
    announced = json.loads(desk.source)["digest"]
    forged = desk.forged(put(CASE, "labels", {"env": "staging"}))
    with pytest.raises(PlanRefused, match="not the one that was announced"):
        desk.check(forged, announced)
