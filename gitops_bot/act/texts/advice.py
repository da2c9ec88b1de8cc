"""What a language model had to do with a conclusion: its reasoning, what it cited, what would refute it, its price."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Advised
from gitops_bot.model.dialogue import dollars
from gitops_bot.model.proposal import Proposal
from gitops_bot.untrusted import code, prose

_MOST_CASES = 3
_MOST_CITED = 20
_TIMES_LONGER = 2  # reasoning says more than a cause


def advice(proposal: Proposal, longest: int) -> str:
    """Return the section on what models concluded, nothing where rules did; texts are cut at some `longest` letters."""
    given = [(case.application, case.advice) for case in proposal.cases if case.advice]
    if not given:
        return ""
    parts = ["### How it was concluded"]
    for application, one in given[:_MOST_CASES]:
        parts.append(_paragraph(one, longest, code(application, 63) if len(given) > 1 else ""))
    if len(given) > _MOST_CASES:
        parts.append(f"*{len(given) - _MOST_CASES} more conclusions left out here.*")
    return "\n\n".join(parts)


def _paragraph(one: Advised, longest: int, whose: str) -> str:
    models = " and ".join(code(name, 80) for name in one.models)
    calls = f"{one.calls} call{'' if one.calls == 1 else 's'}"
    cited = "; ".join(
        f"{code(identifier, 10)} {code(row.signal, min(longest, 160))}"
        for identifier, row in list(one.cited.items())[:_MOST_CITED]
    )
    whom = f"{whose}: the" if whose else "The"
    lines = [
        f"{whom} rules leave this open ({code(one.rule, 60)}); {models} was asked.",
        f"- **Reasoning:** {prose(one.reasoning, longest * _TIMES_LONGER) or 'none was given'}",
        f"- **Rests on:** {cited}",
        f"- **What would change its mind:** {prose(one.would_change, longest) or 'it does not say'}",
        f"- **Price:** {dollars(one.dollars)} ({calls}, {one.tokens:,} tokens)",
    ]
    return "\n".join([lines[0], "", *lines[1:]])
