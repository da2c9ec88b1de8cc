"""A GraphQL document, parsed: operations, fields with arguments and aliases, fragments, directives, values."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

TOKEN = re.compile(
    r"""(?P<skip>(?:[\s,\ufeff]|\#[^\n]*)+)
    |(?P<block>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\")
    |(?P<text>"(?:[^"\\\n]|\\.)*")
    |(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<name>[A-Za-z_]\w*)
    |(?P<mark>\.\.\.|[!$()\[\]{}:=@|&])""",
    re.VERBOSE,
)
DEEPEST = 50


class DocumentError(Exception):
    """The document is no GraphQL; the text goes to the caller."""


@dataclass(frozen=True)
class Variable:
    """A place where a variable's value belongs."""

    name: str


Value: TypeAlias = "bool | int | float | str | Variable | list[Value] | dict[str, Value] | None"


@dataclass(frozen=True)
class Field:
    """A field that is asked for; `key` is its alias or its name; `line` and `column` count from 1."""

    key: str
    name: str
    arguments: Mapping[str, Value]
    directives: Mapping[str, Mapping[str, Value]]
    selections: tuple[Selection, ...]
    line: int
    column: int


@dataclass(frozen=True)
class Spread:
    """A fragment: `fragment` names one, else its `selections` stand here, for objects of `on` (empty: for all)."""

    fragment: str
    on: str
    directives: Mapping[str, Mapping[str, Value]]
    selections: tuple[Selection, ...] = ()


Selection: TypeAlias = "Field | Spread"


@dataclass(frozen=True)
class VariableDefinition:
    """A variable that an operation takes."""

    type: str
    default: Value = None

    @property
    def required(self) -> bool:
        """Whether a caller must give it."""
        return self.type.endswith("!") and self.default is None


@dataclass(frozen=True)
class Operation:
    """A query or a mutation."""

    kind: str
    name: str
    variables: Mapping[str, VariableDefinition]
    selections: tuple[Selection, ...]


@dataclass
class Document:
    """All operations and fragments of a request."""

    operations: list[Operation] = field(default_factory=list)
    fragments: dict[str, Spread] = field(default_factory=dict)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    position: int


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens: list[_Token] = []
        position = 0
        while position < len(source):
            found = TOKEN.match(source, position)
            if found is None:
                raise DocumentError(f"Parse error on {source[position]!r} at {self._place(position)}")
            if found.lastgroup != "skip":
                self.tokens.append(_Token(found.lastgroup or "", found.group(), position))
            position = found.end()
        self.tokens.append(_Token("end", "", len(source)))
        self.next = 0
        self.depth = 0

    def _place(self, position: int) -> str:
        line, column = self.line_and_column(position)
        return f"[{line}, {column}]"

    def line_and_column(self, position: int) -> tuple[int, int]:
        before = self.source[:position]
        return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1

    @property
    def token(self) -> _Token:
        return self.tokens[self.next]

    def at(self, text: str) -> bool:
        return self.token.text == text and self.token.kind in {"mark", "name"}

    def take(self, text: str) -> bool:
        if self.at(text):
            self.next += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.take(text):
            raise self.error(repr(text))

    def error(self, expected: str) -> DocumentError:
        found = self.token.text or "end of document"
        return DocumentError(f"Parse error on {found!r} at {self._place(self.token.position)}: expected {expected}")

    def name(self) -> str:
        if self.token.kind != "name":
            raise self.error("a name")
        self.next += 1
        return self.tokens[self.next - 1].text

    def document(self) -> Document:
        result = Document()
        while self.token.kind != "end":
            if self.take("fragment"):
                name = self.name()
                self.expect("on")
                on = self.name()
                result.fragments[name] = Spread(name, on, self.directives(), self.selections())
            else:
                result.operations.append(self.operation())
        if not result.operations:
            raise DocumentError("A query attribute must be specified and must be a string.")
        return result

    def operation(self) -> Operation:
        if self.at("{"):
            return Operation("query", "", {}, self.selections())
        if not (self.at("query") or self.at("mutation")):
            raise self.error("query or mutation")
        kind = self.name()
        name = self.name() if self.token.kind == "name" else ""
        variables: dict[str, VariableDefinition] = {}
        if self.take("("):
            while not self.take(")"):
                self.expect("$")
                variable = self.name()
                self.expect(":")
                type_name = self.type()
                variables[variable] = VariableDefinition(type_name, self.value() if self.take("=") else None)
        self.directives()
        return Operation(kind, name, variables, self.selections())

    def type(self) -> str:
        if self.take("["):
            inner = f"[{self.type()}]"
            self.expect("]")
        else:
            inner = self.name()
        return f"{inner}!" if self.take("!") else inner

    def selections(self) -> tuple[Selection, ...]:
        self.expect("{")
        self.depth += 1
        if self.depth > DEEPEST:
            raise DocumentError(f"Query has a depth above {DEEPEST}")
        result: list[Selection] = []
        while not self.take("}"):
            result.append(self.spread() if self.take("...") else self.field())
        self.depth -= 1
        if not result:
            raise self.error("a field")
        return tuple(result)

    def spread(self) -> Spread:
        if self.token.kind == "name" and not self.at("on"):
            return Spread(self.name(), "", self.directives())
        on = self.name() if self.take("on") else ""
        return Spread("", on, self.directives(), self.selections())

    def field(self) -> Field:
        line, column = self.line_and_column(self.token.position)
        key = name = self.name()
        if self.take(":"):
            name = self.name()
        arguments = self.arguments()
        directives = self.directives()
        return Field(key, name, arguments, directives, self.selections() if self.at("{") else (), line, column)

    def arguments(self) -> dict[str, Value]:
        result: dict[str, Value] = {}
        if self.take("("):
            while not self.take(")"):
                name = self.name()
                self.expect(":")
                result[name] = self.value()
        return result

    def directives(self) -> dict[str, Mapping[str, Value]]:
        result: dict[str, Mapping[str, Value]] = {}
        while self.take("@"):
            name = self.name()
            result[name] = self.arguments()
        return result

    def value(self) -> Value:
        token = self.token
        if self.take("$"):
            return Variable(self.name())
        if self.take("["):
            items: list[Value] = []
            while not self.take("]"):
                items.append(self.value())
            return items
        if self.take("{"):
            members: dict[str, Value] = {}
            while not self.take("}"):
                name = self.name()
                self.expect(":")
                members[name] = self.value()
            return members
        self.next += 1
        return self._scalar(token)

    def _scalar(self, token: _Token) -> Value:
        if token.kind == "text":
            return str(json.loads(token.text))
        if token.kind == "block":
            return token.text[3:-3].replace('\\"""', '"""').strip("\n")
        if token.kind == "number":
            return float(token.text) if any(mark in token.text for mark in ".eE") else int(token.text)
        if token.kind == "name":
            words: dict[str, Value] = {"true": True, "false": False, "null": None}
            return words.get(token.text, token.text)
        self.next -= 1
        raise self.error("a value")


def parse(source: str) -> Document:
    """Parse a document. Raises DocumentError."""
    try:
        return _Parser(source).document()
    except json.JSONDecodeError as error:
        raise DocumentError(f"Parse error in a string: {error.msg}") from error
