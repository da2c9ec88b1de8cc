"""Text from clusters, Git and alerts, made safe for the places where people read it.

Whatever comes in, nothing comes out that is a mention, a link, an image, HTML, a reference to an issue, a workflow
command or an invisible character. Pure functions; `limit` counts characters and cut text ends in an ellipsis.
"""

from __future__ import annotations

import re

# Control, format, surrogate, private-use and separator characters, and letters that have no ink. Line feeds stay.
_UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    "\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\uf8ff\ufeff\uffa0\ufff9-\ufffb\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)
_CODE_SPAN = re.compile(r"`([^`\n]*)`")
# A word of these characters alone has no meaning in Markdown; a word with any other is shown as code.
_PLAIN_WORD = re.compile(r"(?:[^\W_]|[.,;:()'\"%/+=?!–—…→≥≤×-])*")
_LINK_LIKE = re.compile(r"://|www\.|mailto:|xmpp:|:\w+:|\bGH-\d", re.IGNORECASE)
_LINE_START = re.compile(r"[-+=:]|\d+[.)]|#")
_LONGEST_RUN = 16
_LONG_RUN = re.compile(r"`{17,}")
_BACKTICKS = re.compile(r"`+")
_SKIP_WORDS = re.compile(r"\[(?=\s*(?:skip|no|ci|actions)[ -])", re.IGNORECASE)


def visible(text: str) -> str:
    """Return the text with every control, direction and zero-width character written out as `\\u{…}`; lines stay."""
    plain = text.replace("\r\n", "\n").replace("\t", "    ")
    return _UNSEEN.sub(lambda found: f"\\u{{{ord(found.group()):x}}}", plain)


def clip(text: str, limit: int) -> str:
    """Return at most `limit` characters of the text."""
    return text if len(text) <= limit else f"{text[: max(limit - 1, 0)]}…"


def clip_bytes(text: str, limit: int) -> str:
    """Return the longest start of the text that takes at most `limit` bytes of UTF-8."""
    return text.encode()[: max(limit, 0)].decode(errors="ignore")


def one_line(text: str, limit: int = 300) -> str:
    """Return the text on one line, without invisible characters."""
    return clip(visible(" ".join(text[: limit * 8].split())), limit)


def code(text: str, limit: int = 200) -> str:
    """Return the text as an inline code span that it cannot end; nothing for no text."""
    line = one_line(text, limit)
    if not line:
        return ""
    runs = {len(run) for run in _BACKTICKS.findall(line)}
    ticks = "`" * next(size for size in range(1, len(runs) + 2) if size not in runs)
    padding = " " if line[0] == "`" or line[-1] == "`" else ""
    return f"{ticks}{padding}{line}{padding}{ticks}"


def cell(text: str, limit: int = 300) -> str:
    """Return the text as prose for a table's cell: a pipe does not end the cell."""
    # A backslash already before the pipe is read differently by different renderers: there a look-alike stands in.
    return re.sub(r"(\\?)\|", lambda found: "\\│" if found.group(1) else "\\|", prose(text, limit))


def prose(text: str, limit: int = 600) -> str:
    """Return the text as one paragraph of Markdown in which doubtful words, and what stood in backticks, are code."""
    line = one_line(text, limit)
    shown: list[str] = []
    position = 0
    for span in _CODE_SPAN.finditer(line):
        shown += [_word(word) for word in re.findall(r"\s+|\S+", line[position : span.start()])]
        shown.append(code(span.group(1).strip(), limit))
        position = span.end()
    shown += [_word(word) for word in re.findall(r"\s+|\S+", line[position:])]
    if shown and _LINE_START.match(shown[0]):
        shown[0] = code(shown[0])
    return _apart(shown)


def _word(word: str) -> str:
    if word.isspace() or (_PLAIN_WORD.fullmatch(word) and not _LINK_LIKE.search(word)):
        return word
    stem, tail = _without_tail(word)
    return code(stem, len(stem)) + tail


def _apart(parts: list[str]) -> str:
    """Join the parts; two code spans never touch, or they would be read as one."""
    whole = ""
    for part in parts:
        whole += f" {part}" if whole.endswith("`") and part.startswith("`") else part
    return whole


def _without_tail(word: str) -> tuple[str, str]:
    """Return a word and the punctuation that ends the clause rather than the word."""
    stem = word.rstrip(".,;:!?")
    return (stem, word[len(stem) :]) if stem else (word, "")


def fence(text: str, language: str = "") -> str:
    """Return the text as a fenced block whose fence is longer than any run of backticks inside (long runs are cut)."""
    body = _LONG_RUN.sub(lambda run: f"{run.group()[:_LONGEST_RUN]}…", visible(text).strip("\n"))
    ticks = "`" * max(3, 1 + max((len(run) for run in _BACKTICKS.findall(body)), default=0))
    return f"{ticks}{language}\n{body}\n{ticks}"


def for_log(text: str) -> str:
    """Return the text for a job's log: a line that the runner would take for a command is broken visibly."""
    return "\n".join(_log_line(line) for line in visible(text).split("\n"))


def _log_line(line: str) -> str:
    harmless = line.replace("##[", "## [")
    return harmless.replace("::", ": :", 1) if harmless.lstrip().startswith("::") else harmless


def for_commit(text: str, limit: int = 300) -> str:
    """Return the text on one line of a commit message: no mention, no reference, no word that skips checks."""
    line = re.sub(r"(?<!\w)@(?=\w)", "(at)", one_line(text, limit))
    line = re.sub(r"#(?=\d)", "# ", line)
    line = re.sub(r"\bGH-(?=\d)", "GH ", line, flags=re.IGNORECASE)
    return _SKIP_WORDS.sub("[ ", line.replace("://", ":/ /"))
