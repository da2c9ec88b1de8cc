"""Reading `.gitops-bot.yaml`: an error says its line and column, an unknown key comes with a suggestion.

The JSON schema for editors is `docs/schema/configuration.json`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, get_args

import msgspec

from gitops_bot.configuration.structure import Configuration, Freeze, Section
from gitops_bot.errors import ConfigurationError

if TYPE_CHECKING:
    from gitops_bot.model.json import Json


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
        configuration = msgspec.convert({} if value is None else value, Configuration)
    except msgspec.ValidationError as error:
        raise _explained(str(error), source, name) from None
    for number, freeze in enumerate(configuration.freezes):
        _check_freeze(freeze, partial(place, source, name, ["freezes", number]))
    return configuration


def _check_freeze(freeze: Freeze, where: Callable[[], str]) -> None:
    from zoneinfo import ZoneInfo

    from cronsim import CronSim, CronSimError

    try:
        zone = ZoneInfo(freeze.time_zone)
    except (KeyError, OSError, ValueError):
        raise ConfigurationError(
            f"the freeze `{freeze.name}` has an unknown time zone",
            where=where(),
            found=repr(freeze.time_zone),
            expected="a name of the IANA time zone database, such as Europe/Berlin",
            advice="Correct `time-zone`.",
        ) from None
    try:
        CronSim(freeze.start, datetime.now(zone))
    except CronSimError as error:
        raise ConfigurationError(
            f"the freeze `{freeze.name}` has no cron expression",
            where=where(),
            found=f"{freeze.start!r}: {error}",
            expected="minute, hour, day, month and weekday, such as `0 18 * * 5` (Fridays at 18:00)",
            advice="Correct `start`.",
        ) from None


_STEP = re.compile(r"\.(?P<key>[A-Za-z-]+)|\[(?P<index>\d+)\]")


def _explained(problem: str, source: bytes, name: str) -> ConfigurationError:
    text, _, path = problem.partition(" - at `$")
    steps = [found["key"] or int(found["index"]) for found in _STEP.finditer(path)]
    unknown = text.partition("unknown field `")[2].rstrip("`")
    word = text.partition("nvalid enum value '")[2].rstrip("'")
    key = next((step for step in reversed(steps) if isinstance(step, str)), "")
    possible = _possible(steps, key if word else "")
    advice = "See docs/configuration.md for all keys."
    if close := difflib.get_close_matches(unknown or word, possible, 1):
        advice = f"Did you mean `{close[0]}`?"
    what = f"unknown key `{unknown}`" if unknown else (f"`{key}`: " if key else "") + text[:1].lower() + text[1:]
    return ConfigurationError(
        f"the configuration is wrong: {what}",
        where=place(source, name, [*steps, unknown] if unknown else steps),
        expected=", ".join(possible) if unknown or word else "",
        advice=advice,
    )


def _possible(steps: Sequence[str | int], key: str) -> list[str]:
    """Return the keys that may stand where the steps lead; with `key`, the words that may stand as its value."""
    structure: type[Section] = Configuration
    for step in steps:
        for field in msgspec.structs.fields(structure):
            below = [one for one in _parts(field.type) if isinstance(one, type) and issubclass(one, Section)]
            if field.encode_name == step and below:
                structure = below[0]
    fields = msgspec.structs.fields(structure)
    if not key:
        return [field.encode_name for field in fields]
    return [one for field in fields if field.encode_name == key for one in _parts(field.type) if isinstance(one, str)]


def _parts(kind: object) -> Iterator[object]:
    """Yield a type with all that it is made of, the words of a literal among it."""
    yield kind
    for part in get_args(kind):
        yield from _parts(part)


def place(source: bytes, name: str, steps: Sequence[str | int]) -> str:
    """Return FILE:LINE:COLUMN of the key or list element to which the steps lead, of the nearest one that is there."""
    from ruamel.yaml import YAML
    from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

    node: Node | None = YAML(typ="rt", pure=True).compose(source.decode())
    mark = node.start_mark if node else None
    for step in steps:
        if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            mark = node.start_mark
        elif isinstance(node, MappingNode) and (found := [pair for pair in node.value if pair[0].value == step]):
            mark, node = found[0][0].start_mark, found[0][1]
        else:
            break
    return f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else f"{name}:1:1"


def configuration_schema() -> dict[str, Json]:
    """Return the JSON schema of the file, for editors."""
    schema: dict[str, Json] = msgspec.json.schema(Configuration)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": ".gitops-bot.yaml", **schema}
