"""What happens next: after the merge, how to undo it, how to silence it."""

from __future__ import annotations

from gitops_bot.clients.forge import AGAIN_LABEL
from gitops_bot.marker import REBUILD, box
from gitops_bot.model.plan import Tier
from gitops_bot.model.proposal import Proposal, Verdict
from gitops_bot.untrusted import code

# The box of a pull request that has its branch built anew.
REBUILD_WORDS = "Build this branch anew at the next run; commits of others on it are dropped."
_MOST_NAMES = 10


def consequences(proposal: Proposal, verdict: Verdict, branch: str) -> str:
    """Return the section for a change, or for an issue where a person is needed."""
    if verdict.tier is Tier.ESCALATE:
        return (
            "### What happens next\n\n"
            "- The bot looks again at every run and writes nothing for this cause while this issue is open.\n"
            "- Closed as *completed*, it is done: should the trouble be there still, a new issue tells.\n"
            "- Closed as *not planned*, this cause is silenced. "
            f"To lift that, reopen the issue or add the label `{AGAIN_LABEL}`."
        )
    lines = ["### What happens next", "", *_after(proposal, verdict, branch), _undo(proposal, verdict)]
    if verdict.tier is Tier.COMMIT:
        lines.append(
            "- **To be asked first:** take the class out of AUTO_REMEDIATE_CLASSES; the bot then opens a pull request."
        )
        return "\n".join(lines)
    lines.append(
        "- **To silence it:** close this pull request without merging; this cause is then left alone. "
        f"To lift that, reopen it or add the label `{AGAIN_LABEL}`."
    )
    lines += ["", box(REBUILD, REBUILD_WORDS)]
    return "\n".join(lines)


def _after(proposal: Proposal, verdict: Verdict, branch: str) -> list[str]:
    automated = sorted({one.application for one in proposal.cases if one.automated})
    manual = sorted({one.application for one in proposal.cases if not one.automated})
    when = f"Once it is on {code(branch)}" if verdict.tier is Tier.COMMIT else "After the merge"
    lines = []
    if verdict.tier is Tier.AUTO_MERGE:
        lines.append("- **Merging:** by itself, as soon as the required checks pass.")
    if automated:
        lines.append(
            f"- **{when}:** Argo CD applies it to {_names(automated)} within about 3 minutes (automated sync)."
        )
    if manual:
        lines.append(f"- **{when}, someone must sync** {_names(manual)}: the sync is manual.")
    return lines


def _undo(proposal: Proposal, verdict: Verdict) -> str:
    if not proposal.edits:
        return "- **To undo it:** there is nothing to undo, no file changes; live changes made by hand are overwritten."
    if verdict.tier is Tier.COMMIT:
        return (
            "- **To undo it:** `git revert` the commit; within a day the bot asks a person instead of writing it again."
        )
    return "- **To undo it:** use *Revert* on the merged pull request, or `git revert` its merge commit."


def _names(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(code(name, 63) for name in names[:_MOST_NAMES]) + more
