"""`.gitops-bot.yaml`: what a team may set. An unknown key is an error with its line, its column and a suggestion.

The JSON schema for editors is `docs/schema/configuration.json`, made from these structures.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta, Struct

from gitops_bot.errors import ConfigurationError

if TYPE_CHECKING:
    from gitops_bot.model.json import Json

Share = Annotated[int, Meta(ge=0, le=100)]
Count = Annotated[int, Meta(ge=0, le=1000)]


class Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """A part of the file; its keys are written in kebab case."""


class Limits(Section, frozen=True):
    """How much may be under way: open pull requests at once, and new ones in one hour."""

    open: Count = 10
    hourly: Count = 10


class Environments(Section, frozen=True):
    """How an application's environment is told: the label that names it, and the values that are not production."""

    label: str = "env"
    non_production: tuple[str, ...] = ("dev", "development", "test", "testing", "qa", "staging", "stage", "preview")


class Configuration(Section, frozen=True):
    """The whole file; every key is optional."""

    enabled: bool = True
    auto_remediate: tuple[str, ...] | None = None
    minimum_confidence: Share = 75
    protected_paths: tuple[str, ...] = ()
    limits: Limits = Limits()
    environments: Environments = Environments()


def parse_configuration(source: bytes, name: str) -> Configuration:
    """Decode the file's bytes (none: the defaults). Raises ConfigurationError at the line and column at fault."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    loader = YAML(typ="safe", pure=True)
    try:
        value: Json = loader.load(source.decode()) if source.strip() else None
    except UnicodeDecodeError as error:
        raise ConfigurationError("the configuration is not UTF-8", where=name, found=str(error)) from None
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        raise ConfigurationError(
            "the configuration is no YAML",
            where=where,
            found=str(getattr(error, "problem", error)),
            advice="Mend the file; nothing was changed.",
        ) from None
    try:
        return msgspec.convert({} if value is None else value, Configuration)
    except msgspec.ValidationError as error:
        raise _explained(str(error), source, name) from None


def _explained(problem: str, source: bytes, name: str) -> ConfigurationError:
    text, _, path = problem.partition(" - at `$")
    steps = [step for step in path.rstrip("`").replace("[...]", "").split(".") if step]
    unknown = text.partition("unknown field `")[2].rstrip("`")
    line, column, siblings = _position(source, steps, unknown)
    advice = "See docs/configuration.md for all keys."
    if unknown and (close := difflib.get_close_matches(unknown, _keys(steps), 1)):
        advice = f"Did you mean `{close[0]}`?"
    what = f"unknown key `{unknown}`" if unknown else text[:1].lower() + text[1:]
    return ConfigurationError(
        f"the configuration is wrong: {what}",
        where=f"{name}:{line}:{column}",
        found=", ".join(siblings) if unknown and siblings else "",
        expected=", ".join(_keys(steps)) if unknown else "",
        advice=advice,
    )


def _keys(steps: list[str]) -> list[str]:
    sections: dict[str, type[Section]] = {"limits": Limits, "environments": Environments}
    structure = sections.get(steps[0], Configuration) if steps else Configuration
    return [field.encode_name for field in msgspec.structs.fields(structure)]


def _position(source: bytes, steps: list[str], unknown: str) -> tuple[int, int, list[str]]:
    from ruamel.yaml import YAML
    from ruamel.yaml.nodes import MappingNode, Node

    node: Node | None = YAML(typ="rt", pure=True).compose(source.decode())
    mark = node.start_mark if node else None
    for step in [*steps, unknown] if unknown else steps:
        if not isinstance(node, MappingNode):
            break
        for key, value in node.value:
            if key.value == step:
                mark, node = key.start_mark, value
                break
    siblings = [key.value for key, _ in node.value] if isinstance(node, MappingNode) and not unknown else []
    return (mark.line + 1 if mark else 1), (mark.column + 1 if mark else 1), siblings


def configuration_schema() -> dict[str, Json]:
    """Return the JSON schema of the file, for editors."""
    schema: dict[str, Json] = msgspec.json.schema(Configuration)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": ".gitops-bot.yaml", **schema}
