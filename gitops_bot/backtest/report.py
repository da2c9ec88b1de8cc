"""A backtest's figures as a person reads them, and as a machine does."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from gitops_bot.backtest.playing import Decision
from gitops_bot.backtest.scoring import Score, action_is_right, class_is_right


def as_text(score: Score, decisions: Sequence[Decision], reasoner: str) -> str:
    """Return the figures, the confusion table, and one line for each case that went wrong."""
    acted, healthy = score.acted_on_healthy
    average = score.seconds / score.cases * 1000 if score.cases else 0.0
    lines = [
        f"{score.cases} cases, reasoned by {reasoner}",
        f"  class accuracy     {_share(score.classes)}",
        f"  action accuracy    {_share(score.actions)}",
        f"  object             {_share(score.resources)}",
        f"  remedy             {_share(score.remedies)}",
        f"  acted on healthy   {acted} of {healthy}",
        f"  abstentions        {score.abstained}",
        f"  cost               ${score.dollars:.4f}",
        f"  time               {score.seconds:.2f} s, {average:.1f} ms a case",
        "",
        "confusion (expected → concluded):",
        *_confusion(score),
    ]
    wrong = [one for one in decisions if class_is_right(one) is False or action_is_right(one) is False]
    if wrong:
        lines += ["", f"wrong ({len(wrong)}):", *(_wrong(one) for one in wrong)]
    return "\n".join(lines) + "\n"


def _share(share: tuple[int, int]) -> str:
    right, stated = share
    return f"{right / stated:.3f} ({right} of {stated})" if stated else "not stated"


def _confusion(score: Score) -> list[str]:
    width = max((len(expected) for expected, _ in score.confusion), default=0)
    found: list[str] = []
    for expected in sorted({expected for expected, _ in score.confusion}):
        rows = {told: count for (wanted, told), count in score.confusion.items() if wanted == expected}
        ranked = sorted(rows.items(), key=lambda item: (-item[1], item[0]))
        marked = (f"{told} {count}" if told == expected else f"≠ {told} {count}" for told, count in ranked)
        found.append(f"  {expected:<{width}}  {', '.join(marked)}")
    return found


def _wrong(decision: Decision) -> str:
    expected = decision.case.expected
    wanted = ", ".join(filter(None, (expected.cause_class, expected.action)))
    told = f"{decision.cause_class}, {decision.action} ({decision.confidence} %)"
    return f"  {decision.case.name}: expected {wanted}; concluded {told}"


def as_json(score: Score, decisions: Sequence[Decision], reasoner: str) -> str:
    """Return one JSON document: the figures, the confusion as rows, and every decision."""
    acted, healthy = score.acted_on_healthy
    document = {
        "reasoner": reasoner,
        "cases": score.cases,
        "class_accuracy": _ratio(score.classes),
        "action_accuracy": _ratio(score.actions),
        "resource_accuracy": _ratio(score.resources),
        "remedy_accuracy": _ratio(score.remedies),
        "acted_on_healthy": acted,
        "healthy": healthy,
        "abstentions": score.abstained,
        "dollars": float(score.dollars),
        "seconds": round(score.seconds, 4),
        "confusion": [
            {"expected": expected, "concluded": told, "cases": count}
            for (expected, told), count in score.confusion.items()
        ],
        "decisions": [_decision(one) for one in decisions],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _ratio(share: tuple[int, int]) -> float | None:
    right, stated = share
    return round(right / stated, 4) if stated else None


def _decision(decision: Decision) -> dict[str, object]:
    expected = decision.case.expected
    return {
        "case": decision.case.name,
        "expected": {
            "class": expected.cause_class,
            "resource": expected.resource,
            "action": expected.action,
            "remedy": expected.remedy,
        },
        "class": decision.cause_class,
        "resource": decision.resource,
        "action": decision.action,
        "wanted": decision.wanted,
        "remedy": decision.remedy,
        "confidence": decision.confidence,
        "cause": decision.cause,
        "class_right": class_is_right(decision),
        "action_right": action_is_right(decision),
        "milliseconds": round(decision.seconds * 1000, 2),
        "dollars": float(decision.dollars),
    }
