"""Which series or streams a query selects, read off its text strictly: what is not understood is refused.

PromQL and LogQL write selectors alike. This decides what a model may ask of a server that many teams share, so it errs
on the side of refusing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from gitops_bot.clients.tooling.tool import ToolRefused
from gitops_bot.clients.tooling.wording import plain

NAMESPACE_LABELS = ("namespace", "k8s_namespace_name", "kubernetes_namespace_name", "exported_namespace")
# Of nodes and of the control plane: they tell of no team's workloads. A name with a colon is a recording rule, of which
# that cannot be told.
_CLUSTER_WIDE = re.compile(r"(kube_node|node|machine|apiserver|coredns|etcd)_[A-Za-z0-9_]+")
_TOKEN = re.compile(
    r"""(?P<space>[ \t\n]+)
      | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)
      | (?P<word>[A-Za-z_:][A-Za-z0-9_:]*)
      | (?P<number>\.?\d[\w.]*)
      | (?P<sign>=~|!~|!=|==|/(?![/*])|[^"'`\#/\s])
    """,
    re.VERBOSE,
)
_LABELS_FOLLOW = frozenset({"by", "without", "on", "ignoring", "group_left", "group_right"})
_WORDS = frozenset({"and", "or", "unless", "bool", "offset", "atan2", "inf", "nan"})
_OPERATORS = ("=", "!=", "=~", "!~")


class Selector(Struct, frozen=True, kw_only=True):
    """One selector: the metric's name (empty where braces alone select) and its matchers as (label, operator, value).

    A value is None where an escape in it makes it doubtful.
    """

    name: str = ""
    matchers: tuple[tuple[str, str, str | None], ...] = ()

    def within(self, namespaces: frozenset[str]) -> bool:
        """Return whether it selects nothing outside of the namespaces."""
        return any(
            label in NAMESPACE_LABELS and value is not None and _allowed(operator, value, namespaces)
            for label, operator, value in self.matchers
        )

    @property
    def cluster_wide(self) -> bool:
        """Whether it selects what nodes and the control plane tell of themselves."""
        return bool(_CLUSTER_WIDE.fullmatch(self.name))


def _allowed(operator: str, value: str, namespaces: frozenset[str]) -> bool:
    # Servers anchor regular expressions, and a namespace's name holds no character that means something in one.
    values = value.split("|") if operator == "=~" else [value] if operator == "=" else []
    return bool(values) and all(one in namespaces for one in values)


def check_streams(query: str, namespaces: frozenset[str]) -> None:
    """Raise ToolRefused where a LogQL query selects streams of other namespaces, or is not understood."""
    tokens = _tokens(query)
    if any(text.startswith("'") for _, text in tokens):
        raise ToolRefused("a string in single quotes", expected='"…" or `…`')
    found = [one for one in _selectors(tokens) if one.matchers or not one.name]
    if not found:
        raise ToolRefused("the query selects no stream", expected=_expected(namespaces))
    _check(found, namespaces)


def check_series(query: str, namespaces: frozenset[str]) -> None:
    """Raise ToolRefused where a PromQL query selects series of other namespaces, or is not understood."""
    _check([one for one in _selectors(_tokens(query)) if not one.cluster_wide], namespaces)


def _check(selectors: list[Selector], namespaces: frozenset[str]) -> None:
    for selector in selectors:
        if not selector.within(namespaces):
            raise ToolRefused(
                f"{plain(selector.name, 80) or 'a selector'} is not bound to this incident's namespace",
                expected=f"{_expected(namespaces)} in each selector",
            )


def _expected(namespaces: frozenset[str]) -> str:
    return " or ".join(f'{{namespace="{one}"}}' for one in sorted(namespaces)) or "no namespace is known: ask nothing"


def _tokens(query: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    position = 0
    while position < len(query):
        match = _TOKEN.match(query, position)
        if match is None:
            # Servers differ in what a comment is, and a comment could hide from here where a string begins.
            raise ToolRefused(
                "the query is not understood",
                found=plain(query[position:], 60),
                expected="strings that end on their line, and no comments",
            )
        if match.lastgroup != "space":
            found.append((match.lastgroup or "", match.group()))
        position = match.end()
    return found


def _selectors(tokens: list[tuple[str, str]]) -> Iterator[Selector]:
    place = 0
    while place < len(tokens):
        kind, text = tokens[place]
        after = tokens[place + 1][1] if place + 1 < len(tokens) else ""
        place += 1
        if text == "[":
            place = _end(tokens, place, "]")
        elif text == "{":
            matchers, place = _matchers(tokens, place)
            yield Selector(matchers=matchers)
        elif kind == "word" and text.lower() in _LABELS_FOLLOW:
            place = _end(tokens, place + 1, ")") if after == "(" else place
        elif kind == "word" and text.lower() not in _WORDS and after == "{":
            matchers, place = _matchers(tokens, place + 1)
            yield Selector(name=text, matchers=matchers)
        elif kind == "word" and text.lower() not in _WORDS and after != "(" and after.lower() not in ("by", "without"):
            yield Selector(name=text)


def _end(tokens: list[tuple[str, str]], place: int, closing: str) -> int:
    while place < len(tokens) and tokens[place][1] != closing:
        if tokens[place][1] in ("{", "["):
            raise ToolRefused("the query is not understood", expected=f"a {closing} before the next bracket")
        place += 1
    return place + 1


def _matchers(tokens: list[tuple[str, str]], place: int) -> tuple[tuple[tuple[str, str, str | None], ...], int]:
    """Return the matchers from after an opening brace, and the place after the closing one."""
    found: list[tuple[str, str, str | None]] = []
    while place < len(tokens):
        if tokens[place][1] == "}":
            return tuple(found), place + 1
        three = [*tokens[place : place + 3], *[("", "")] * 3][:3]
        (kind, label), (_, operator), (value_kind, value) = three
        if kind == "string" and operator in (",", "}"):
            place += 1  # a metric's name in quotes
        elif kind in ("word", "string") and operator in _OPERATORS and value_kind == "string":
            found.append((label if kind == "word" else _unquoted(label) or "", operator, _unquoted(value)))
            place += 3
        else:
            break
        if place < len(tokens) and tokens[place][1] == ",":
            place += 1
        elif place >= len(tokens) or tokens[place][1] != "}":
            break
    raise ToolRefused(
        "a selector in the query is not understood", expected='label="value" pairs with commas between, in braces'
    )


def _unquoted(text: str) -> str | None:
    inner = text[1:-1]
    return None if "\\" in inner and text[0] != "`" else inner
