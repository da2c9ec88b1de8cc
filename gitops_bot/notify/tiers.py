"""What a tier becomes, in the words of people."""

from __future__ import annotations

from gitops_bot.model.plan import Tier

KIND = {
    Tier.COMMIT: "commit",
    Tier.AUTO_MERGE: "auto-merge",
    Tier.APPROVE: "pull request",
    Tier.ESCALATE: "escalation",
}
