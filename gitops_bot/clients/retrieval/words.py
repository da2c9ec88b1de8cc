"""Text as the words that retrieval compares: names taken apart, endings cut, what the field means by them added.

`KubePodCrashLooping`, `kube_pod_crash_looping` and "the pod is crash looping" come out alike, and "keeps restarting"
means the same. Pure functions of text and of the tables in `vocabulary`.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from msgspec import Struct

from gitops_bot.clients.retrieval import colloquial, vocabulary

LONGEST_WORD = 60
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:'[a-z]+)?|\d+(?:th|xx)|[345]\d\d\b|\b1\d\d\b")
# The parts of a CamelCase name: an abbreviation before a word, a word, an abbreviation, each with its digits.
_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+\d*|[A-Z]+\d*|\d+")
_PLURAL_OF_ABBREVIATION = re.compile(r"(?<=[A-Z]{2})s(?=[A-Z]|$)")
_ENDINGS = ("ations", "ation", "ating", "ated", "ates", "ate", "ions", "ion", "ings", "ing", "ed", "es", "ly", "e", "s")
_UNCUT = ("eed", "ss", "us", "is")
_VOWEL = re.compile(r"[aeiouy]")


class Said(Struct, frozen=True):
    """A text taken apart: its words in order (stems, stop words too), its CamelCase names, and what it means where.

    A name is as `squashed`; a meaning stands with the place of its first word and the number of its words.
    """

    words: tuple[str, ...]
    names: tuple[str, ...]
    meanings: tuple[tuple[str, int, int], ...]


def take_apart(text: str, *, asked: bool = False) -> Said:
    """Return the text's stems, the names in it, and its meanings; `asked`: it is what a person asks."""
    taken = [_word(found) for found in _WORD.findall(text)]
    stems = _joined([stem for stems, _ in taken for stem in stems])
    return Said(tuple(stems), tuple(name for _, name in taken if name), tuple(_meanings(stems, asked=asked)))


def terms(text: str) -> list[str]:
    """Return what to index of a text: its words without stop words, its names (`=`), and its meanings (`~`)."""
    if not text:
        return []
    said, stops = take_apart(text), _stops()
    plain = [word for word in said.words if word not in stops]
    return [*plain, *[f"={name}" for name in said.names], *[f"~{meaning}" for meaning, _, _ in said.meanings]]


def alert_names(text: str) -> list[str]:
    """Return what may be alerts' names in the text: CamelCase of two parts or more, and no word of Kubernetes' own."""
    return [found for found in _WORD.findall(text) if _word(found)[1] and _word(found)[1] not in _no_alerts()]


@lru_cache(maxsize=1 << 16)
def _word(written: str) -> tuple[tuple[str, ...], str]:
    """Return the stems of one written word, and it squashed where it is a CamelCase name."""
    parts = _parts(written)
    meant = [_aliases().get(part, part) for part in parts]
    named = len(parts) > 1 and len(written) <= LONGEST_WORD
    return tuple(part if is_stop(part) else stem(part) for part in meant), squashed(written) if named else ""


def _parts(word: str) -> list[str]:
    plain = word[:LONGEST_WORD].partition("'")[0]
    if plain.islower() or plain[0].isdigit() or plain.lower() in _aliases():
        return [plain.lower()]
    return [part.lower() for part in _PART.findall(_PLURAL_OF_ABBREVIATION.sub("", plain))]


def stem(word: str) -> str:
    """Return the word without its ending: `scheduling`, `schedules` and `scheduled` are one."""
    if len(word) < 4 or word.endswith(_UNCUT):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    for ending in _ENDINGS:
        rest = word[: -len(ending)]
        if word.endswith(ending) and len(rest) >= 3 and _VOWEL.search(rest):
            doubled = len(ending) > 1 and len(rest) > 3 and rest[-1] == rest[-2] and rest[-1] not in "lsz"
            return rest[:-1] if doubled else rest
    return word


def _joined(stems: list[str]) -> list[str]:
    """Return the stems, those of a compound that is written apart as one."""
    compounds = _compounds()
    joined: list[str] = []
    before = ""
    for word in stems:
        if word in compounds and (whole := compounds[word].get(before)):
            joined[-1] = before = whole
        else:
            joined.append(word)
            before = word
    return joined


def _meanings(stems: list[str], *, asked: bool) -> list[tuple[str, int, int]]:
    expressions, beginnings = _expressions(asked=asked), _beginnings(asked=asked)
    return [
        (meaning, start, length)
        for start, word in enumerate(stems)
        if word in beginnings
        for length in beginnings[word]
        if start + length <= len(stems)
        for meaning in expressions.get(tuple(stems[start : start + length]), ())
    ]


def is_stop(word: str) -> bool:
    """Return whether a word of `Said` says nothing by itself (a stop word is never cut to a stem)."""
    return word in _stops()


def contrasts() -> tuple[tuple[str, ...], ...]:
    """Return the terms that exclude each other, a tuple each."""
    lines = (line.split(",") for line in vocabulary.CONTRASTS.strip().splitlines())
    return tuple(tuple(word.strip() if "~" in word else stem(word.strip()) for word in line) for line in lines)


def squashed(name: str) -> str:
    """Return a name as it is compared: `kube-pod-crash-looping` and `KubePodCrashLooping` are the same."""
    return re.sub(r"[\W_]", "", name).lower()


def alert_name(query: str) -> str:
    """Return the name of the alert that a query begins with, as written; empty where it begins with none."""
    first = query.split(maxsplit=1)[0].strip(":`*\"'[]().,") if query.strip() else ""
    return first if alert_names(first) == [first] else ""


@cache
def _no_alerts() -> frozenset[str]:
    return frozenset(squashed(name) for name in vocabulary.NO_ALERTS.split())


@cache
def _stops() -> frozenset[str]:
    return frozenset(vocabulary.STOP_WORDS.split())


@cache
def _aliases() -> dict[str, str]:
    return dict(entry.split() for entry in vocabulary.ALIASES.split(","))


@cache
def _compounds() -> dict[str, dict[str, str]]:
    """Return the whole by its second and its first part."""
    table: dict[str, dict[str, str]] = {}
    for entry in vocabulary.COMPOUNDS.split(","):
        first, second = entry.split()
        table.setdefault(stem(second), {})[stem(first)] = stem(first + second)
    return table


@cache
def _expressions(*, asked: bool) -> dict[tuple[str, ...], tuple[str, ...]]:
    table: dict[tuple[str, ...], dict[str, None]] = {}
    for line in re.split(r"\n(?=    \S)", vocabulary.CONCEPTS + (colloquial.ASKED.lstrip("\n") if asked else "")):
        meaning, _, expressions = line.partition(":")
        for expression in expressions.split(","):
            stems = _joined([stem for word in _WORD.findall(expression) for stem in _word(word)[0]])
            table.setdefault(tuple(stems), {})[meaning.strip()] = None
    return {stems: tuple(meanings) for stems, meanings in table.items() if stems}


@cache
def _beginnings(*, asked: bool) -> dict[str, tuple[int, ...]]:
    lengths: dict[str, set[int]] = {}
    for stems in _expressions(asked=asked):
        lengths.setdefault(stems[0], set()).add(len(stems))
    return {first: tuple(sorted(found)) for first, found in lengths.items()}
