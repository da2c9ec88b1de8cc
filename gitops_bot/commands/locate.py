"""`gitops-bot locate`: the line in Git that sets a live field, proven by rendering. Reads files alone."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

from gitops_bot.errors import ConfigurationError
from gitops_bot.model.application import Application
from gitops_bot.model.resource import ResourceKey


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--repo", type=Path, default=Path(), metavar="DIR", help="the config repository, bare or not")
    parser.add_argument(
        "--application", type=Path, required=True, metavar="FILE", help="the Application, or Flux object, as JSON"
    )
    parser.add_argument(
        "--fleet",
        type=Path,
        action="append",
        default=[],
        metavar="PATH",
        help="other Applications (a JSON file, or a folder of them), to tell who shares a file; may be repeated",
    )
    parser.add_argument(
        "--resource", required=True, metavar="GROUP/KIND/NAMESPACE/NAME", help="the object; `core` for the core group"
    )
    parser.add_argument("--pointer", required=True, metavar="POINTER", help="the field, as an RFC 6901 pointer")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON instead of a text for people")


def run(arguments: argparse.Namespace) -> int:
    """Answer the question. Returns 0 for every answer, also where Git does not express the field."""
    from gitops_bot.locate.sites import answer_json, answer_text, find_sites, open_fleet, read_files
    from gitops_bot.settings import read_settings

    resource = read_resource(arguments.resource)
    pointer = read_pointer(arguments.pointer)
    asked, *others = read_files([arguments.application, *(file for path in arguments.fleet for file in files_in(path))])
    application = _only(asked, arguments.application)
    fleet_of = {one.name: one for one in [*(one for file in others for one in file), application]}
    with open_fleet(arguments.repo, tuple(fleet_of.values()), read_settings().tools_path) as fleet:
        answer = find_sites(fleet, application, resource, pointer)
        if arguments.json:
            print(answer_json(answer))
        else:
            print(answer_text(fleet, application, resource, pointer, answer))
    return 0


def read_resource(text: str) -> ResourceKey:
    """Return the object that GROUP/KIND/NAMESPACE/NAME names; ConfigurationError for another form."""
    parts = text.split("/")
    if len(parts) != 4 or not parts[1] or not parts[3]:
        raise ConfigurationError(
            "--resource does not name an object",
            found=repr(text),
            expected="GROUP/KIND/NAMESPACE/NAME, such as apps/Deployment/shop/cart",
            advice="`core` stands for the core group; a cluster-wide object has an empty namespace.",
        )
    group, kind, namespace, name = parts
    return ResourceKey("" if group == "core" else group, kind, namespace, name)


def read_pointer(text: str) -> str:
    """Return the pointer; ConfigurationError where it is none."""
    if (text and not text.startswith("/")) or re.search(r"~(?![01])", text):
        raise ConfigurationError(
            "--pointer is no RFC 6901 pointer", found=repr(text), expected="such as /spec/replicas, `~1` for a slash"
        )
    return text


def _only(found: tuple[Application, ...], path: Path) -> Application:
    if len(found) != 1:
        raise ConfigurationError("The file holds no single Application", where=str(path), found=f"{len(found)} of them")
    return found[0]


def files_in(path: Path) -> Iterator[Path]:
    """Yield the JSON files in a folder, or the file itself."""
    if path.is_dir():
        yield from sorted(path.rglob("*.json"))
    else:
        yield path
