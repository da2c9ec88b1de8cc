"""What an OpenAI-compatible endpoint can do: assumed or configured at first, corrected when it refuses a request."""

from __future__ import annotations

import re
from typing import Literal

import msgspec
from msgspec import Struct

Answers = Literal["schema", "json", "text"]
Tools = Literal["native", "text"]
_REFUSES = re.compile(
    r"not support|unsupported|unknown|unrecognized|unrecognised|not permitted|extra (?:fields|inputs)|not allowed|"
    r"invalid schema|not implemented|requires|not available|deprecated|unexpected",
    re.IGNORECASE,
)


class Features(Struct, frozen=True, kw_only=True):
    """How an endpoint is spoken to.

    `answers` is how the final answer's shape is told: constrained by the schema, JSON of any shape, or in the prompt
    alone. `together` says that a constrained answer leaves room for tool calls; where it does not, the shape is told in
    the prompt as long as there are tools. `effort` is sent as it is, with native tools `effort_with_tools` instead.
    """

    answers: Answers = "schema"
    tools: Tools = "native"
    together: bool = False
    strict: bool = True
    limit: Literal["max_completion_tokens", "max_tokens"] = "max_tokens"
    limit_is_known: bool = False
    effort: str = ""
    effort_with_tools: str = ""
    effort_is_known: bool = False

    @classmethod
    def assumed(cls, host: str, *, effort: str, answers: Answers | None, tools: Tools | None) -> Features:
        """Return what may be assumed of the server at `host`: OpenAI's own has all, of others only what is common."""
        official = host == "api.openai.com" or host.endswith(".openai.azure.com")
        return cls(
            answers=answers or "schema",
            tools=tools or "native",
            together=official,
            strict=official,
            limit="max_completion_tokens" if official else "max_tokens",
            effort=effort,
            effort_with_tools=effort,
        )

    def without(self, said: str, *, with_tools: bool) -> Features | None:
        """Return the features without the one that a refusal's words name, None where they name none that can go.

        `with_tools` says that the refused request offered native tools.
        """
        if not _REFUSES.search(said):
            return None
        words = said.lower()
        change = msgspec.structs.replace
        if "reasoning_effort" in words and "tools" in words and with_tools and not self.effort_is_known:
            return change(self, effort_with_tools="none", effort_is_known=True)
        if "reasoning_effort" in words and (self.effort or self.effort_with_tools):
            return change(self, effort="", effort_with_tools="", effort_is_known=True)
        if re.search(r"max_(?:completion_)?tokens", words) and not self.limit_is_known:
            other = "max_tokens" if self.limit == "max_completion_tokens" else "max_completion_tokens"
            return change(self, limit=other, limit_is_known=True)
        if self.strict and ("strict" in words or "invalid schema" in words or "additionalproperties" in words):
            return change(self, strict=False)
        if re.search(r"response_format|json_schema|json_object|json mode|structured", words) and self.answers != "text":
            return change(self, answers="json" if self.answers == "schema" else "text")
        if "tool" in words and with_tools and self.tools == "native":
            return change(self, tools="text")
        return None
