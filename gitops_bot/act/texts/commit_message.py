"""The commit message: what, why, and the trailers by which a later run knows its own commits."""

from __future__ import annotations

import re
import textwrap

from gitops_bot.model.diagnosis import Action, Evidence
from gitops_bot.model.proposal import Proposal
from gitops_bot.untrusted import for_commit

_MOST_EVIDENCE = 5
_MOST_APPLICATIONS = 20
_INCIDENT = re.compile(r"^Gitops-Bot-Incident: ([0-9a-f]{12})$", re.MULTILINE)


def commit_message(proposal: Proposal, headline: str, action: Action, confidence: int, trace: str = "") -> str:
    """Return the whole message; the first line is `headline`, the last paragraph the trailers. `trace` is an id."""
    paragraphs = [headline, *(_wrapped(_sentence(for_commit(one.cause, 600))) for one in proposal.cases[:3])]
    if proposal.origin:
        origin = proposal.origin
        subject, author = for_commit(origin.subject, 100), for_commit(author_name(origin.author), 60)
        words = f'It began with {origin.commit[:12]} "{subject}" by {author}.'
        paragraphs.append(_wrapped(words))
    rows = [row for one in proposal.cases for row in one.evidence][:_MOST_EVIDENCE]
    if rows:
        paragraphs.append("\n".join(["Evidence:", *(_row(row) for row in rows)]))
    if not proposal.edits and action is Action.FORCE_SYNC:
        paragraphs.append("No file changes: a new commit is what makes Argo CD sync once more.")
    paragraphs.append(trailers(proposal, action, confidence, trace))
    return "\n\n".join(dict.fromkeys(paragraphs)) + "\n"


def trailers(proposal: Proposal, action: Action, confidence: int, trace: str = "") -> str:
    """Return the trailers."""
    names = ", ".join(for_commit(name, 63) for name in proposal.applications[:_MOST_APPLICATIONS])
    lines = [
        f"Gitops-Bot-Incident: {proposal.fingerprint}",
        f"Gitops-Bot-Action: {action.value}",
        f"Gitops-Bot-Confidence: {confidence}",
        *([f"Gitops-Bot-Applications: {names}"] if names else []),
        *([f"Gitops-Bot-Trace: {trace}"] if trace else []),
    ]
    return "\n".join(lines)


def incident_of(message: str) -> str:
    """Return the fingerprint that a commit message's last paragraph names, empty where it names none."""
    found = _INCIDENT.findall(message.rstrip().rpartition("\n\n")[2])
    return str(found[-1]) if found else ""


def author_name(author: str) -> str:
    """Return the name alone out of Git's `NAME <ADDRESS>`."""
    return author.partition("<")[0].strip() or author


def _row(row: Evidence) -> str:
    where = f" ({for_commit(row.where, 80)})" if row.where else ""
    text = f"- {for_commit(row.signal, 120)}: {for_commit(row.value, 200)}{where}"
    return textwrap.fill(text, 72, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?', '…')) else '.'}"


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 72, break_long_words=False, break_on_hyphens=False)
