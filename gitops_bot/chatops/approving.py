"""`approve <sha>`: the pull request merges by itself, if its head is the commit that was looked at."""

from __future__ import annotations

from datetime import datetime

from gitops_bot.act.proposing import Target, auto_merge
from gitops_bot.act.texts.body import moment
from gitops_bot.chatops.subject import Answer, Asked, done, refused
from gitops_bot.clients.forge import PullRequest
from gitops_bot.configuration import Match
from gitops_bot.guard import Policy
from gitops_bot.guard.freezes import ends_at, mark
from gitops_bot.guard.patterns import fits
from gitops_bot.marker import Marker
from gitops_bot.untrusted import code, prose

_WHOLE = 40
_MERGED = "It is merged."
_BUTTON = "A person may still merge it with the button."


def approve(asked: Asked) -> Answer:
    """Let the pull request merge by itself once its checks pass, or at once where they have; bound to its head."""
    about = asked.about
    if not about.is_pull:
        return refused("An issue cannot be approved: nothing was proposed here.")
    if not about.is_open and not about.merged:
        return refused("This pull request is closed. Reopen it, and approve it then.")
    wrong = _another_commit(asked)
    if wrong:
        return refused(wrong)
    if about.merged:
        return done(_MERGED)
    held = _held(asked)
    if held:
        return refused(f"{held} {_BUTTON}")
    if about.merging:
        return done(f"It merges by itself already, as soon as its requirements are met: {code(about.head)}.")
    return _merge(asked)


def _another_commit(asked: Asked) -> str:
    """Return why the approval is not one of the bot's own commit at the head, empty where it is."""
    given, head = asked.command.argument, asked.about.head
    if not head.startswith(given):
        return f"The head is {code(head)}, and not {code(given)}: look at it, and approve that."
    if len(given) < _WHOLE and asked.forge.commit_named(given) != head:
        return f"{code(given)} may be another commit as well: write all of {code(head)}."
    if asked.marker.written != head:
        return (
            f"The head {code(head)} is not the commit that the bot wrote, so the bot does not vouch for it. "
            "`/gitops-bot rebase` rebuilds the branch without the commits of others; or merge it with the button."
        )
    return ""


def _held(asked: Asked) -> str:
    policy = asked.policy()
    if policy.stopped:
        return f"The kill switch is on: {prose(policy.stopped)}."
    freeze = _freeze(policy, asked.marker, asked.now)
    if freeze:
        return freeze
    default = asked.forge.repository().default_branch
    if asked.about.base != default:
        return (
            f"It would be merged into {code(asked.about.base)}, and the bot proposes changes to {code(default)} only."
        )
    return ""


def _freeze(policy: Policy, marker: Marker, now: datetime) -> str:
    """Return the freeze that is on, unless it is known to be for others: from what the bot wrote, or by their names."""
    for freeze in policy.configuration.freezes:
        until = ends_at(freeze, now)
        named = freeze.match.applications
        others = bool(named) and not any(fits(named, name) for name in marker.applications)
        if until is None or others or mark(freeze, policy) in marker.spared:
            continue
        said = f"The freeze {code(freeze.name)} lasts until {moment(until)}."
        if freeze.match == Match() and not freeze.allow:
            return said
        return f"{said} Should it not be for this, `/gitops-bot rebase` has the next run note that; approve it then."
    return ""


def _merge(asked: Asked) -> Answer:
    about = asked.about
    pull = PullRequest(
        number=about.number,
        node_id=about.node_id,
        url=about.url,
        title=about.title,
        body=about.body,
        head=about.branch,
        head_commit=about.head,
        author=about.author,
    )
    unchecked = asked.policy().configuration.auto_merge_without_checks
    target = Target(branch=about.base, commit=about.head, now=asked.now, unchecked=unchecked)
    came = auto_merge(asked.forge, pull, target)
    said = prose(f"{came.remark[:1].upper()}{came.remark[1:]}")
    if came.merged:
        return done(f"{said}: {code(about.head)}.")
    if came.merging:
        return done(f"{said}: {code(about.head)}. Should the bot have to change it, a person approves it anew.")
    now = asked.forge.conversation(about.number)
    if now.merged and now.head == about.head:
        # By another run of ours, or by a person, while this one looked.
        return done(_MERGED)
    return refused(f"{said}. {_BUTTON}")
