"""What scripted models do about the crashing release of ledger."""

from __future__ import annotations

from gitops_bot.sandbox.models import Answer, Call, Called
from gitops_bot.sandbox.models.steps import Move

SMALL, LARGE = "claude-haiku-5-5", "claude-sonnet-5-5"
LEDGER = "apps/Deployment/ledger/ledger"
IMAGE = "/spec/template/spec/containers/0/image"
LOOK = Call(
    calls=(
        Called(name="git_log"),
        Called(name="argocd_tree"),
        Called(name="locate", arguments={"kind": "Deployment", "name": "ledger", "pointer": IMAGE}),
        Called(name="runbook_search", arguments={"query": "pods are ended by SIGTERM"}),
    )
)
WORTH: Move = Answer(
    json={"verdicts": [{"incident": "I1", "worth": True, "same_cause_as": "", "rank": 1, "why": "pods are ended"}]}
)
NOT_WORTH: Move = Answer(
    json={"verdicts": [{"incident": "I1", "worth": False, "same_cause_as": "", "rank": 1, "why": "it passes"}]}
)


def concluded(**changes: object) -> Answer:
    """A good answer, with changes."""
    answer = {
        "reasoning": "E1 shows the new container ended by SIGTERM again and again, while E2 shows the old one running.",
        "diagnosis": "Release 5.2.0 of ledger does not come up in time and is ended from outside.",
        "cause_class": "release-crash",
        "evidence": ["E1", "E2"],
        "action": "rollback",
        "remedy": {"kind": "revert-release", "resource": LEDGER, "fields": ["/spec/template"]},
        "confidence": 90,
        "would_change": "Restarts of the old pods as well.",
    }
    return Answer(json={**answer, **changes})
