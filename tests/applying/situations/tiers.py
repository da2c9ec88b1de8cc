"""Situations of the tiers: commits, branches that are protected, pull requests that merge by themselves."""

from __future__ import annotations

from dataclasses import replace

from gitops_bot.sandbox.forge import Protection, Ruleset
from tests.applying.scene import Scene
from tests.applying.situation import Act, Situation, configured, finds_healthy, later, sees, then, tier
from tests.applying.situations.ended import MAIN
from tests.applying.situations.opened import ada_commits

MERGING = ("pull open, 1 ahead, merges by itself",)
UNCHECKED = "auto-merge-without-checks: true\noverrides: [{match: {}, tier: auto-merge}]\n"


def protected(**rules: object) -> Act:
    """A branch protection, such as `contexts=("render",)`."""
    return lambda scene: scene.forge.protect("main", Protection(**rules))  # type: ignore[arg-type]


def ruled(**rules: object) -> Act:
    """A ruleset."""
    return lambda scene: scene.forge.add_ruleset(Ruleset(**rules))  # type: ignore[arg-type]


def allows_no_auto_merge(scene: Scene) -> None:
    scene.forge.state.settings = replace(scene.forge.state.settings, allow_auto_merge=False)


def passes(scene: Scene) -> None:
    scene.forge.report(scene.pull_branch(1), "render")


CHECKED = protected(contexts=("render",))
TIERS = (
    Situation(
        "one cause in three applications",
        lambda _: None,
        sees("catalog", "checkout", "ledger", path="apps/shared.yaml"),
        ("pull open, 1 ahead",),
        "Needs approval 1",
        says=("catalog and 2 more: roll back 1.9.1",),
    ),
    Situation(
        "a commit",
        tier("commit"),
        sees(),
        ("main: 1 of the bot",),
        writes=("POST /api/graphql",),
        again=sees(tag="1.8.0"),
    ),
    Situation(
        "a commit that Argo CD has not seen yet",
        then(tier("commit"), sees()),
        sees(tag="1.8.0", seen=False),
        ("main: 1 of the bot",),
        quiet=True,
    ),
    Situation(
        "a commit that was seen just now",
        then(tier("commit"), sees()),
        sees(tag="1.8.0"),
        ("main: 1 of the bot",),
        quiet=True,
    ),
    Situation(
        "a commit, and healed",
        then(tier("commit"), sees()),
        finds_healthy("catalog"),
        ("main: 1 of the bot",),
        quiet=True,
    ),
    Situation(
        "a commit that did not help",
        then(tier("commit"), sees(), later(minutes=30)),
        sees(tag="1.8.0"),
        ("issue open", "main: 1 of the bot"),
        "Escalated 1",
    ),
    Situation(
        "a commit on a protected branch",
        then(tier("commit"), protected(approvals=1)),
        sees(),
        ("pull open, 1 ahead",),
        "Needs approval 1",
        says=(
            "> `main` takes no direct commits, so this is a pull request.",
            "**Merging:** by itself once",
            "<!-- gitops-bot:rebuild -->",
        ),
    ),
    Situation(
        "a commit on a branch with a required check",
        then(tier("commit"), CHECKED),
        sees(),
        MERGING,
        "Open 1",
        says=("> `main` takes no direct commits",),
    ),
    Situation(
        "a commit on a branch with a ruleset",
        then(tier("commit"), ruled(contexts=("render",), approvals=0)),
        sees(),
        MERGING,
        "Open 1",
    ),
    Situation(
        "other edits where a commit had become a pull request",
        then(tier("commit"), CHECKED, sees()),
        sees(tag="1.8.0"),
        MERGING,
        "Open 1",
        says=("> `main` takes no direct commits",),
    ),
    Situation("merging by itself", then(tier("auto-merge"), CHECKED), sees(), MERGING, "Open 1"),
    Situation(
        "merging by itself under a ruleset",
        then(tier("auto-merge"), ruled(contexts=("render",))),
        sees(),
        MERGING,
        "Open 1",
    ),
    Situation(
        "merging by itself, nothing new",
        then(tier("auto-merge"), CHECKED, sees()),
        sees(),
        MERGING,
        "Open 1",
        quiet=True,
    ),
    Situation(
        "merging by itself, with commits of somebody else",
        then(tier("auto-merge"), CHECKED, sees(), ada_commits),
        sees(),
        ("pull open, 2 ahead",),
        "Needs approval 1",
        writes=("POST /api/graphql", "PATCH /issues/2"),
    ),
    Situation(
        "the check passes",
        then(tier("auto-merge"), CHECKED, sees(), passes),
        sees(tag="1.8.0"),
        ("pull merged", MAIN),
        "Recently healed 1",
    ),
    Situation("no check is required", tier("auto-merge"), sees(), ("pull open, 1 ahead",), "Needs approval 1"),
    Situation(
        "no check is required and the policy asks for none",
        configured(UNCHECKED),
        sees(),
        ("pull merged", MAIN),
        "Recently healed 1",
        again=sees(tag="1.8.0"),
    ),
    Situation(
        "no check is required, the policy asks for none, and a person must approve",
        then(configured(UNCHECKED), protected(approvals=1)),
        sees(),
        MERGING,
        "Open 1",
    ),
    Situation(
        "auto-merge is not allowed in the repository",
        then(tier("auto-merge"), CHECKED, allows_no_auto_merge),
        sees(),
        ("pull open, 1 ahead",),
        "Needs approval 1",
    ),
    Situation(
        "there is a merge queue",
        then(tier("auto-merge"), ruled(contexts=("render",), merge_queue="SQUASH")),
        sees(),
        MERGING,
        "Open 1",
    ),
    Situation(
        "the tier is lowered",
        then(tier("auto-merge"), CHECKED, sees(), tier("approve")),
        sees(),
        ("pull open, 1 ahead",),
        "Needs approval 1",
        writes=("POST /api/graphql", "PATCH /pulls/1", "PATCH /issues/2"),
    ),
    Situation(
        "the tier is lowered and the edits are others",
        then(tier("auto-merge"), CHECKED, sees(), tier("approve")),
        sees(tag="1.8.0"),
        ("pull open, 1 ahead",),
        "Needs approval 1",
    ),
    Situation("the tier is raised", then(CHECKED, sees(), tier("auto-merge")), sees(), MERGING, "Open 1"),
    Situation(
        "the tier is raised and the edits are others",
        then(CHECKED, sees(), tier("auto-merge")),
        sees(tag="1.8.0"),
        MERGING,
        "Open 1",
    ),
    Situation(
        "the tier becomes an escalation while a pull request is open",
        then(sees(), tier("escalate")),
        sees(),
        ("pull closed as superseded, no branch, 1 said", "issue open"),
        "Escalated 1",
        says=("This can no longer be vouched for",),
    ),
    Situation(
        "the tier becomes a commit while a pull request is open",
        then(sees(), tier("commit")),
        sees(),
        ("pull open, 1 ahead",),
        "Needs approval 1",
    ),
)
