"""`gitops-bot locate`: the line in Git that sets a live field, proven by rendering. Reads files alone."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--repo", type=Path, default=Path(), metavar="DIR", help="the config repository, bare ones too")
    parser.add_argument(
        "--application",
        type=Path,
        required=True,
        metavar="FILE",
        help="the Application, as Argo CD's API gives it (JSON)",
    )
    parser.add_argument(
        "--fleet",
        type=Path,
        action="append",
        default=[],
        metavar="PATH",
        help="other Applications (JSON files, or folders of them), to tell who shares a file; may be repeated",
    )
    parser.add_argument(
        "--resource", required=True, metavar="GROUP/KIND/NAMESPACE/NAME", help="`core` for the core group"
    )
    parser.add_argument("--pointer", required=True, metavar="POINTER", help="the field, as an RFC 6901 pointer")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON instead of a text for people")


def run(arguments: argparse.Namespace) -> int:
    """Answer the question. Returns 0 for any answer, also for that Git does not express the field."""
    from gitops_bot.commands.session import tell
    from gitops_bot.locate.sites import answer_json, answer_text, find_sites, open_fleet, read_applications
    from gitops_bot.settings import read_settings

    resource = read_resource(arguments.resource)
    pointer = read_pointer(arguments.pointer)
    [application] = read_applications(arguments.application)
    others = [one for path in arguments.fleet for file in files_in(path) for one in read_applications(file)]
    fleet_of = {one.name: one for one in [*others, application]}
    with open_fleet(arguments.repo, tuple(fleet_of.values()), read_settings().tools_path) as fleet:
        answer = find_sites(fleet, application, resource, pointer)
        tell(
            answer_json(fleet, answer) if arguments.json else answer_text(fleet, application, resource, pointer, answer)
        )
    return 0


def read_resource(text: str) -> ResourceKey:
    """Return the object that GROUP/KIND/NAMESPACE/NAME names."""
