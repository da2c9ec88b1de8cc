"""What language models had to do with a run, in lines for people. Pure."""

from __future__ import annotations

from gitops_bot.model.plan import Reasoned

_MOST_OPEN = 20


def reasoned_lines(reasoned: Reasoned) -> list[str]:
    """Return why none answered, what was asked and its price, and what they left to the rules; none where none was."""
    lines = [reasoned.note] if reasoned.note else []
    if reasoned.bill.lines:
        lines.append(str(reasoned.bill))
    lines += [f"{one.application}: the rules' conclusion stands, {one.reason}" for one in reasoned.open[:_MOST_OPEN]]
    if len(reasoned.open) > _MOST_OPEN:
        lines.append(f"{len(reasoned.open) - _MOST_OPEN} more that no model decided")
    return lines
