"""Secrets of several lines: private keys, and the data of Secrets in manifests."""

from __future__ import annotations

import re

from gitops_bot.redaction.placeholders import HIDDEN_ALREADY, Mask
from gitops_bot.redaction.values import block_end

LARGEST_KEY = 16_384
_BEGIN = re.compile(
    r"-{4,5} ?BEGIN (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?[ -]{0,2}-{3,5}|PuTTY-User-Key-File-\d"
)
_END = re.compile(
    r"-{4,5} ?END (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?[ -]{0,2}-{3,5}|Private-MAC: [0-9a-f]{40,64}"
)
_KIND = re.compile(r"\\{0,7}[\"']?kind\\{0,7}[\"']?:[ \t]{0,8}\\{0,7}[\"']?Secret(?![A-Za-z])")
_DATA_LINE = re.compile(r"^([-+ \t]*)(?:data|stringData):[ \t]*\r?\n", re.MULTILINE)
_DATA_MAP = re.compile(r"\\{0,7}[\"']?(?:stringData|data)\\{0,7}[\"']?:\s{0,40}\{([^{}]{1,65536}+)\}")
_ENTRY_LINE = re.compile(r"([-+ \t]*[\"']?[\w.-]{1,253}[\"']?:[ \t]*)(\S[^\n]*)?(\n|\Z)")
_PAIR = re.compile(
    r"(\\{0,7}[\"']?[\w.-]{1,253}\\{0,7}[\"']?:\s{0,40})"
    r"(\"(?:[^\"\\]|\\.){0,65536}\"|(\\{1,7}\").{0,65536}?(?<!\\)\3|[^\s,\"'\\{}]{1,65536}+)"
)
_DOCUMENT = re.compile(r"^[-+ ]?---[^\n]*\n", re.MULTILINE)


def without_private_keys(text: str, mask: Mask) -> str:
    """Return the text with each armoured private key replaced; one without an end goes on for at most 16 KiB."""
    if "PRIVATE KEY" not in text and "PuTTY-User-Key" not in text:
        return text
    parts: list[str] = []
    position = 0
    ends = [found.end() for found in _END.finditer(text)]
    ends.reverse()
    for begin in _BEGIN.finditer(text):
        if begin.start() < position:
            continue
        while ends and ends[-1] < begin.end():
            ends.pop()
        near = bool(ends) and ends[-1] - begin.start() <= LARGEST_KEY
        end = ends[-1] if near else min(len(text), begin.start() + LARGEST_KEY)
        parts += text[position : begin.start()], mask("private-key", text[begin.start() : end])
        position = end
    return "".join([*parts, text[position:]])


def without_secret_data(text: str, mask: Mask) -> str:
    """Return the text with the values under `data` and `stringData` of each Secret's manifest (YAML, JSON) replaced."""
    if "Secret" not in text or not _KIND.search(text):
        return text
    parts: list[str] = []
    position = 0
    for border in [*(found.end() for found in _DOCUMENT.finditer(text)), len(text)]:
        document = text[position:border]
        parts.append(_document(document, mask) if _KIND.search(document) else document)
        position = border
    return "".join(parts)


def _document(text: str, mask: Mask) -> str:
    text = _DATA_MAP.sub(lambda found: _pairs(found, mask), text)
    parts: list[str] = []
    position = 0
    for found in _DATA_LINE.finditer(text):
        if found.start() < position:
            continue
        end = block_end(text, found.end(), len(found.group(1)))
        parts += text[position : found.end()], _lines(text[found.end() : end], mask)
        position = end
    return "".join([*parts, text[position:]])


def _pairs(found: re.Match[str], mask: Mask) -> str:
    start = found.start(1) - found.start()
    inside = _PAIR.sub(lambda pair: pair.group(1) + _hidden(pair.group(2), mask), found.group(1))
    return f"{found.group()[:start]}{inside}}}"


def _hidden(value: str, mask: Mask) -> str:
    bare = value.strip("\\\"'")
    return value if not bare or HIDDEN_ALREADY.match(bare) else value.replace(bare, mask("secret-data", bare), 1)


def _lines(block: str, mask: Mask) -> str:
    """Replace the value of each key of the block, with the lines that go on below it."""
    kept: list[str] = []
    position = 0
    while position < len(block):
        entry = _ENTRY_LINE.match(block, position)
        if entry is None:
            end = block.find("\n", position)
            end = len(block) if end < 0 else end + 1
            rest = block[position:end]
            hidden = not rest.strip() or rest.lstrip("-+ \t").startswith("#") or HIDDEN_ALREADY.search(rest)
            kept.append(rest if hidden else f"{mask('secret-data', rest.strip())}\n")
            position = end
            continue
        indentation = len(entry.group(1)) - len(entry.group(1).lstrip("-+ \t"))
        end = block_end(block, entry.end(), indentation)
        value = (entry.group(2) or "") + block[entry.end() : end]
        shown = value if not value.strip() or HIDDEN_ALREADY.match(value.strip()) else mask("secret-data", value)
        kept.append(f"{entry.group(1)}{shown}{entry.group(3) if end == entry.end() or shown != value else ''}")
        position = end
    return "".join(kept)
