"""What happens next: after the merge, how to undo it, how to silence it."""

from __future__ import annotations

from msgspec.structs import replace

from gitops_bot.clients.forge import AGAIN_LABEL
from gitops_bot.marker import REBUILD, box
from gitops_bot.model.plan import Remediation, Tier
from gitops_bot.model.proposal import Proposal, Verdict, proposal_of, verdict_of
from gitops_bot.untrusted import code

# The box of a pull request that has its branch rebuilt.
REBUILD_WORDS = "Rebuild this branch at the next run; commits of others on it are dropped."
_MOST_NAMES = 10


def consequences(proposal: Proposal, verdict: Verdict, branch: str) -> str:
    """Return the section for a change, or for an issue where a person is needed."""
    if verdict.tier is Tier.ESCALATE:
        return (
            "### What happens next\n\n"
            "- The bot looks again at every run and writes nothing for this cause while this issue is open.\n"
            "- **To be done with it:** close this as *completed*; if the trouble is still there, a new one opens.\n"
            "- **To silence it:** close it as *not planned*; this cause is then left alone. "
            f"To lift that, reopen it or add the label `{AGAIN_LABEL}`."
        )
    lines = ["### What happens next", "", *_after(proposal, verdict, branch), _undo(proposal, verdict)]
    if verdict.tier is Tier.COMMIT:
        lines.append(
            "- **To be asked first:** take its class (see the checks) out of `AUTO_REMEDIATE_CLASSES`; "
            "the bot then opens a pull request."
        )
        return "\n".join(lines)
    lines.append(
        "- **To silence it:** close this pull request without merging; this cause is then left alone. "
        f"To lift that, reopen it or add the label `{AGAIN_LABEL}`."
    )
    lines += ["", box(REBUILD, REBUILD_WORDS)]
    return "\n".join(lines)


def pull_request_body(remediation: Remediation, branch: str) -> str:
    """Return the body for a pull request to `branch`: also where the policy let the remedy be committed directly."""
    if remediation.tier is not Tier.COMMIT:
        return remediation.body
    proposal, verdict = proposal_of(remediation), verdict_of(remediation)
    merged = replace(verdict, tier=Tier.AUTO_MERGE)
    return remediation.body.replace(consequences(proposal, verdict, branch), consequences(proposal, merged, branch), 1)


def _after(proposal: Proposal, verdict: Verdict, branch: str) -> list[str]:
    automated = sorted({one.application for one in proposal.cases if one.automated})
    manual = sorted({one.application for one in proposal.cases if not one.automated})
    when = f"Once it is on {code(branch)}" if verdict.tier is Tier.COMMIT else "After the merge"
    lines = []
    if verdict.tier is Tier.AUTO_MERGE:
        lines.append(
            "- **Merging:** by itself once the required checks pass; "
            "where no check is required, or auto-merge is off, a person merges it."
        )
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
