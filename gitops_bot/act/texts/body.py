"""The body of a pull request or an issue: what an on-call engineer reads to judge the change in half a minute."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from gitops_bot.act.texts.advice import advice
from gitops_bot.act.texts.commit_message import author_name
from gitops_bot.act.texts.consequences import consequences
from gitops_bot.act.texts.context import Context
from gitops_bot.act.texts.rendered import objects_text
from gitops_bot.act.texts.tables import checks_table, evidence_table
from gitops_bot.model.difference import ObjectChange
from gitops_bot.model.plan import Edit, GitChange, RenderedChange, Tier
from gitops_bot.model.proposal import Proposal, Verdict
from gitops_bot.untrusted import clip_bytes, code, fence, prose, visible

LARGEST = 60_000
_LARGEST_FILE_DIFFS = 16_000
_LARGEST_PROSE = 7_000
_LEAST_RENDERED = 1_500
_MOST_NAMES = 20
_LONGEST_LINK = 300
_HUNK = re.compile(r"@@ -(\d+)")


def body(proposal: Proposal, verdict: Verdict, context: Context, marker: str) -> str:
    """Return the Markdown, at most 60,000 bytes of UTF-8: the rendered diff is cut first, then the file diffs.

    What a reviewer decides by stands first: the trouble, the change, and then why. `marker` is the hidden metadata and
    stands last; a cut is said where it was made.
    """
    escalated = verdict.tier is Tier.ESCALATE
    opening = [
        _fitting(lambda longest: _opening(proposal, verdict, context, longest)),
        _fitting(lambda longest: _escalation(verdict, longest)) if escalated else "",
    ]
    reasons = [
        "### Cause\n\n" + _cause(proposal, context.page),
        "### Evidence\n\n" + evidence_table(proposal),
        _fitting(lambda longest: advice(proposal, longest)),
    ]
    unchanged = _unchanged(proposal)
    closing = [
        consequences(proposal, verdict, context.branch),
        checks_table(verdict),
        _signature(proposal, context),
        marker,
    ]
    room = LARGEST - 500 - sum(len(part.encode()) + 2 for part in (*opening, *reasons, unchanged, *closing))
    files = _files(proposal, verdict, context, min(room - _LEAST_RENDERED, _LARGEST_FILE_DIFFS))
    change = [files, _rendered(proposal, room - len(files.encode())), unchanged]
    middle = [*reasons, *change] if escalated else [*change, *reasons]
    return "\n\n".join(part for part in (*opening, *middle, *closing) if part) + "\n"


def _fitting(write: Callable[[int], str]) -> str:
    """Return what `write` gives for the largest limit of characters with which it takes at most 7,000 bytes."""
    texts = (write(longest) for longest in (600, 200, 60))
    return next((text for text in texts if len(text.encode()) <= _LARGEST_PROSE), write(20))


def moment(time: datetime | None) -> str:
    """Return `2026-11-23 10:27 UTC`, or nothing."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if time else ""


def _opening(proposal: Proposal, verdict: Verdict, context: Context, longest: int) -> str:
    names = _names(proposal.applications, context)
    since = min((one.since for one in proposal.cases if one.since), default=None)
    began = f" since **{moment(since)}**" if since else ""
    causes = list(dict.fromkeys(f"{one.cause[:1].upper()}{one.cause[1:]}" for one in proposal.cases))
    many = len(proposal.applications) > 1
    state = ("have been" if many else "has been") if since else ("are" if many else "is")
    if len(causes) == 1:
        said = f". {_ended(prose(causes[0], longest))}"
    else:
        said = ":\n\n" + "\n".join(f"- {_ended(prose(cause, longest))}" for cause in causes[:5]) if causes else "."
    return f"{names} {state} in trouble{began}{said}\n\n{_deed(proposal, verdict)}"


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?", "…")) else f"{sentence}."


def _deed(proposal: Proposal, verdict: Verdict) -> str:
    confidence = min((one.confidence for one in proposal.cases), default=0)
    passed = sum(check.passed for check in verdict.checks)
    sure = f"Confidence **{confidence}** of 100, {passed} of {len(verdict.checks)} checks passed."
    if verdict.tier is Tier.ESCALATE:
        return f"**A person is needed: nothing was changed in Git.** {sure}"
    files = sorted({edit.path for edit in proposal.edits})
    if not files:
        return f"**What this does:** an empty commit, which makes Argo CD sync once more. {sure}"
    where = " and ".join(code(path) for path in files[:2]) + (f" and {len(files) - 2} more" if len(files) > 2 else "")
    how = f" ({prose(proposal.how, 200)})" if proposal.how else ""
    return f"**What this does:** changes {where}{how}. {sure}"


def _escalation(verdict: Verdict, longest: int) -> str:
    failed = [check for check in verdict.checks if not check.passed]
    lines = ["### Why the bot does not act", ""]
    for check in failed[:10]:
        lift = f" To lift it: {prose(check.lift, longest)}." if check.lift else ""
        lines.append(f"- **{prose(check.name, 80)}**: {prose(check.detail, longest)}.{lift}")
    return "\n".join(lines) if failed else ""


def _cause(proposal: Proposal, page: str) -> str:
    if proposal.origin is None:
        return "No change in Git is known that began it."
    return _origin(proposal.origin, page)


def _origin(origin: GitChange, page: str) -> str:
    link = f"[`{origin.commit[:7]}`]({page}/commit/{origin.commit})"
    deployed = f", deployed {moment(origin.deployed_at)}" if origin.deployed_at else ""
    good = ""
    if origin.good:
        good = f" Before it, [`{origin.good[:7]}`]({page}/commit/{origin.good}) was deployed."
    subject, author = (
        code(origin.subject, 120) or "(no subject)",
        prose(author_name(origin.author), 80) or "an unknown author",
    )
    return f"It began with {link} {subject} by {author}, committed {moment(origin.committed_at)}{deployed}.{good}"


def _files(proposal: Proposal, verdict: Verdict, context: Context, room: int) -> str:
    if not proposal.edits:
        return ""
    heading = "### What was considered" if verdict.tier is Tier.ESCALATE else "### What changes"
    shown: list[str] = []
    for edit in proposal.edits:
        text = _file(edit, context, room)
        if not text:
            left = len(proposal.edits) - len(shown)
            shown.append(f"*{left} more file{'' if left == 1 else 's'} left out here: see the commit.*")
            break
        shown.append(text)
        room -= len(text.encode())
    return "\n\n".join([heading, *shown])


def _file(edit: Edit, context: Context, room: int) -> str:
    """Return one file's diff within `room` bytes, or nothing where there is no room for any of it."""
    if room < _LEAST_RENDERED:
        return ""
    link = context.line(edit.path, _first_line(edit.diff)) if edit.base else ""
    name = code(edit.path)
    return f"{f'[{name}]({link})' if link else name}\n\n{_capped_fence(edit.diff, room - 1_500)}"


def _first_line(diff: str) -> int:
    """Return the number of the first line that a diff changes, in the file as it was; 0 where the diff tells none."""
    number = 0
    for line in diff.splitlines():
        hunk = _HUNK.match(line)
        if hunk:
            number = int(hunk.group(1))
        elif number and line.startswith(("-", "+")):
            return number
        elif number:
            number += 1
    return 0


def _capped_fence(text: str, room: int) -> str:
    seen = visible(text[: room * 8])
    cut = clip_bytes(seen, room)
    if cut == seen and len(text) <= room * 8:
        return fence(seen, "diff")
    whole = cut.rpartition("\n")[0] or cut
    return f"{fence(whole, 'diff')}\n\n*Cut here: {max(len(text) - len(whole), 1)} characters more.*"


def _rendered(proposal: Proposal, room: int) -> str:
    if not proposal.rendered:
        return ""
    blocks = [f"<details><summary>{_moves(proposal)}</summary>"]
    parts = [(one.application, objects_text(one.objects)) for one in proposal.rendered]
    for index, (name, text) in enumerate(parts):
        if room < _LEAST_RENDERED:
            blocks.append(f"*{len(parts) - index} more applications left out for want of room.*")
            break
        if not text:
            blocks.append(f"{code(name, 100)} renders again, with no difference from its last good state.")
            continue
        label = f"{code(name, 100)} ({_count(proposal.rendered[index])}):"
        block = _capped_fence(text, room - 600)
        room -= len(block.encode()) + len(label.encode()) + 4
        blocks.append(f"{label}\n\n{block}")
    return "\n\n".join([*blocks, "</details>"])


def _moves(proposal: Proposal) -> str:
    fields, many = sum(map(_fields, proposal.rendered)), len(proposal.rendered)
    if not fields:
        return "Rendered before and after: as in the last good state"
    where = f"{many} application{'' if many == 1 else 's'}"
    return f"Rendered before and after: {_counted(fields)} in {where}, and nothing else"


def _count(one: RenderedChange) -> str:
    return _counted(_fields(one))


def _fields(one: RenderedChange) -> int:
    return sum(len(change.fields) or _whole(change) for change in one.objects)


def _counted(fields: int) -> str:
    return f"{fields} field{'' if fields == 1 else 's'}"


def _whole(change: ObjectChange) -> int:
    return 1 if change.added or change.removed else 0


def _unchanged(proposal: Proposal) -> str:
    if not proposal.edits or proposal.refusal:
        return ""
    if not proposal.readers:
        return "No other application reads these files."
    many = len(proposal.readers)
    who = f"{many} other application{'' if many == 1 else 's'}"
    return f"{who} read{'s' if many == 1 else ''} these files: unchanged ({_names(proposal.readers)})."


def _names(names: tuple[str, ...], context: Context | None = None) -> str:
    if not names:
        return "The estate"
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(_application(name, context) for name in names[:_MOST_NAMES]) + more


def _application(name: str, context: Context | None) -> str:
    link = context.application(name) if context else ""
    return f"[{code(name, 63)}]({link})" if 0 < len(link) <= _LONGEST_LINK else code(name, 63)


def _signature(proposal: Proposal, context: Context) -> str:
    traced = f", trace `{context.trace}`" if context.trace else ""
    return (
        f"<sub>gitops-bot, rule `{_rule(proposal)}`, incident `{proposal.fingerprint}`{traced}. "
        "Where commands are set up, a comment `/gitops-bot help` lists them.</sub>"
    )


def _rule(proposal: Proposal) -> str:
    return "".join(
        letter for letter in (proposal.cases[0].rule if proposal.cases else "none") if letter.isalnum() or letter == "-"
    )
