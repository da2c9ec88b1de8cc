"""What a value after a telling name is: where it ends, and whether it can be a secret at all."""

from __future__ import annotations

import re

from gitops_bot.redaction.placeholders import HIDDEN_ALREADY

LONGEST = 8192
ENOUGH = 256
# References, masks and words that stand for no value.
_NO_SECRET = re.compile(
    r"(?:|''|\"\"|null|none|nil|true|false|yes|no|on|off|~|undefined|empty|unset|redacted|hidden|masked|string|bytes?"
    r"|[*xX.…•#-]{2,}|\*|<[^<>]{0,200}>|\(hidden\)|\(empty\)|\(absent\)"
    r"|\$\{?[A-Za-z_][\w.:-]{0,200}\}?|\$\([\w.-]{1,200}\)|\$?\{\{.{0,300}\}\}|%[sdvq]|%\(\w{1,40}\)s"
    r"|ENC\[[\w,:+/= ]{0,4096}\]|vault:[\w/#.-]{1,300}|ref\+\w.{0,300}|\{|\[|\||>)",
    re.IGNORECASE,
)
# With these a sentence goes on or ends: "password: must not be empty", "token: expired".
_PROSE = re.compile(
    r"(?:(?:must|may|can|cannot|should|is|are|was|not|no|has|have|been|the|a|an|bearer|basic|token|password|secret|key"
    r"|field|value|references|optional|default|duplicate|too|for|from|in|of|by|please|enter|use)[ \t]+\S"
    r"|(?:expired|invalid|required|missing|empty|unset|wrong|incorrect|forbidden|unauthorized|denied|unknown|unsupported"
    r"|mismatch|failed|error)(?![\w-]))",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"<[^<>]{1,300}>")
_PLAIN_WORD = re.compile(r"[a-z][a-z.-]*[.,;:!?)\]}]*|[A-Z][a-z]+[.,;:!?)\]}]*")
# A comma, semicolon or ampersand belongs to the value unless another field begins after it.
# Possessive repeats are for single characters alone: Python before 3.11.5 matches those of groups wrongly.
_UNQUOTED = re.compile(r"(?:[^\s\"'`<>,;&\\]++|[,;&](?![\s\"'}\])]|\Z|[\w.-]{1,40}[=:])|\\(?![nrtu\"']))+")
_TO_LINE_END = re.compile(r"[^\r\n]*+")
_COMMENT = re.compile(r"[ \t]#.*\Z")
BLOCK = re.compile(r"(?:![\w!]{1,20} )?[|>][-+0-9]{0,2}[ \t]*(?:#[^\n]*)?\r?\n")
QUOTED = re.compile(r"(\\{0,7})([\"'`])")


def holds_nothing(value: str) -> bool:
    """Return whether a value is a reference, a mask, a placeholder or no value."""
    return bool(_NO_SECRET.fullmatch(value.strip())) or bool(HIDDEN_ALREADY.match(value))


def is_told(text: str, start: int) -> bool:
    """Return whether what stands after a name and a colon is no value but a sentence, or says where the value is.

    So does `kubectl describe`: `<set to the key 'a' in secret 'b'>`.
    """
    return bool(_PROSE.match(text, start) or _REFERENCE.match(text, start))


def looks_secret(value: str, least: int) -> bool:
    """Return whether an unquoted value is long enough and no plain word or number."""
    if len(value) < least or _PLAIN_WORD.fullmatch(value) or value.rstrip(".,;:)]}").replace(".", "").isdecimal():
        return False
    return any(letter.isdigit() for letter in value) or not value.islower()


def quoted_end(text: str, start: int, delimiter: str) -> int:
    """Return where the closing delimiter of a value begins that starts at `start`.

    Where its line has none, the value ends with the line, or after the indented lines of a folded string.
    """
    line_end = text.find("\n", start)
    line_end = len(text) if line_end < 0 else line_end
    end = _closing(text, start, line_end, delimiter)
    folded = line_end
    while end < 0 and text.startswith(("\n ", "\n\t"), folded):
        following = text.find("\n", folded + 1, line_end + LONGEST)
        if following < 0 or ": " in text[folded:following]:
            break
        end, folded = _closing(text, folded, following, delimiter), following
    return line_end if end < 0 else end


def _closing(text: str, start: int, stop: int, delimiter: str) -> int:
    escapes = len(delimiter) - 1
    place = text.find(delimiter, start, stop)
    while place >= 0:
        quote = place + escapes
        before = quote - len(text[start:quote].rstrip("\\")) - start
        if before == escapes if escapes else before % 2 == 0:
            return quote - escapes
        place = text.find(delimiter, quote + 1, stop)
    return -1


def unquoted(text: str, start: int, longest: int | None = None) -> str:
    """Return the value without quotes that starts at `start`, up to a space or the next field.

    Who may not take it asks for no more than its beginning, or many names on one line would cost too much.
    """
    found = _UNQUOTED.match(text, start, len(text) if longest is None else start + longest)
    value = found.group() if found else ""
    while value and (value[-1] in ".:" or (value[-1] in ")]}" and value[-1] not in _opened(value))):
        value = value[:-1]
    return value


def _opened(value: str) -> set[str]:
    pairs = {"(": ")", "[": "]", "{": "}"}
    return {pairs[letter] for letter in value if letter in pairs}


def to_line_end(text: str, start: int) -> str:
    """Return what stands on the line from `start` on, without a comment or trailing space."""
    found = _TO_LINE_END.match(text, start)
    return _COMMENT.sub("", found.group() if found else "").rstrip()


def block_end(text: str, start: int, indentation: int) -> int:
    """Return where the lines end that are indented deeper than `indentation`, or empty, from `start` on."""
    place = start
    while place < len(text):
        end = text.find("\n", place)
        end = len(text) if end < 0 else end + 1
        line = text[place:end]
        bare = line.lstrip("+- \t") if line[:1] in "+-" else line.lstrip()
        if bare and len(line) - len(bare) <= indentation:
            break
        place = end
    return place
