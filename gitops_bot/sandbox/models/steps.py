"""What a scripted model does: one step for each question, from Python or from a JSON file.

{"steps": [{"do": "call", "calls": [{"name": "git_log", "arguments": {"path": "apps"}}]},
           {"do": "answer", "json": {"action": "escalate"}}], "for-ever": false}
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

from gitops_bot.errors import ConfigurationError
from gitops_bot.model.json import Json


class Spoken(Struct, frozen=True):
    """One message of a question: who said it, and its text with what was called or handed back in it."""

    role: str
    text: str


class Asked(Struct, frozen=True, kw_only=True):
    """One question as it came in, the same for both formats. `body` is the request's JSON, without headers."""

    wire: Literal["anthropic", "openai"]
    model: str
    instructions: str
    said: tuple[Spoken, ...]
    tools: tuple[str, ...]
    schema: Json
    body: dict[str, Json]

    @property
    def last(self) -> str:
        """The text of the last message."""
        return self.said[-1].text if self.said else ""


class Step(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="do"):
    """One thing that a model does. The fields of an answer that are not said are as a good model has them."""


class Answer(Step, frozen=True, tag="answer"):
    """Answers with a JSON value; `usage` False leaves out what it cost."""

    json: Json
    thinking: str = ""
    usage: bool = True


class Write(Step, frozen=True, tag="write"):
    """Writes text that need not be JSON."""

    text: str
    thinking: str = ""
    usage: bool = True


class Called(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One tool call; arguments that are a string are given as they are, broken JSON for instance."""

    name: str
    arguments: Json = {}


class Call(Step, frozen=True, tag="call"):
    """Calls tools, which need not be any that it has."""

    calls: tuple[Called, ...]
    text: str = ""
    thinking: str = ""
    usage: bool = True


class Refuse(Step, frozen=True, tag="refuse"):
    """Declines to answer."""

    text: str = "I can't help with that."


class Truncate(Step, frozen=True, tag="truncate"):
    """Comes to the limit of its answer in the middle of it."""

    text: str = '{"diagnosis": "The conta'


class Empty(Step, frozen=True, tag="empty"):
    """Ends its turn without a word."""


class Huge(Step, frozen=True, tag="huge"):
    """Writes so many characters."""

    size: int = 20 * 1024 * 1024


class Fail(Step, frozen=True, tag="fail"):
    """The server answers with an error; `retry_after` in seconds where it names a time."""

    status: int
    message: str = "scripted failure"
    code: str = ""
    retry_after: float | None = None


class Raw(Step, frozen=True, tag="raw"):
    """The server answers with any bytes, a proxy's page for instance."""

    body: str
    status: int = 200
    content_type: str = "text/html"


class Hang(Step, frozen=True, tag="hang"):
    """The server never answers; the connection ends when the server is closed."""


class Stall(Step, frozen=True, tag="stall"):
    """The server begins an answer and sends no more than half of it."""


class Drop(Step, frozen=True, tag="drop"):
    """The server closes the connection without an answer."""


Steps = Answer | Write | Call | Refuse | Truncate | Empty | Huge | Fail | Raw | Hang | Stall | Drop
Move: TypeAlias = Steps | Callable[[Asked], Steps]


class Script(Struct, frozen=True, kw_only=True):
    """The steps of one model, in order; `for_ever` repeats the last. A step may be a function of the question."""

    steps: tuple[Move, ...]
    for_ever: bool = False

    @classmethod
    def of(cls, *steps: Move, for_ever: bool = False) -> Script:
        """Return a script of these steps."""
        return cls(steps=steps, for_ever=for_ever)


class _Written(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    steps: tuple[Steps, ...]
    for_ever: bool = False


def read_scripts(path: Path) -> dict[str, Script]:
    """Return the scripts of a JSON file by the model's name: one object of them, or one script, for every model (`*`).

    Raises ConfigurationError where the file holds something else.
    """
    try:
        source = path.read_bytes()
        raw = msgspec.json.decode(source)
        one = isinstance(raw, dict) and "steps" in raw
        written = {"*": msgspec.convert(raw, _Written)} if one else msgspec.convert(raw, dict[str, _Written])
    except (OSError, msgspec.DecodeError) as error:
        raise ConfigurationError("the script of a model cannot be read", where=str(path), found=str(error)) from error
    return {name: Script(steps=script.steps, for_ever=script.for_ever) for name, script in written.items()}
