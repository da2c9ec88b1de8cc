"""`gitops-bot demo`: recorded incidents of a real Argo CD, played against a sandbox on this machine, and healed."""

from __future__ import annotations

import argparse
from pathlib import Path

FIXTURES = Path(__file__).parents[2] / "fixtures"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--fixtures", type=Path, default=FIXTURES, metavar="DIR", help="where the recordings are")
    parser.add_argument("--serve", action="store_true", help="keep the last forge open, to look at in a browser")


def run(arguments: argparse.Namespace) -> int:
    """Play the stories whose tools are installed, and say what was left out. Returns 0, or 1 where one went wrong."""
    from gitops_bot.clients.rendering import find_tools
    from gitops_bot.commands.stories import Stage, crashing_canary, several_incidents
    from gitops_bot.errors import ConfigurationError
    from gitops_bot.settings import read_settings

    if not (arguments.fixtures / "recordings").is_dir():
        raise ConfigurationError(
            "the demo's recordings are not here",
            where=str(arguments.fixtures),
            expected="the folder `fixtures` of a checkout of gitops-bot",
            advice="Clone the repository and run `make demo` there.",
        )
    path = read_settings().tools_path
    stage = Stage(arguments.fixtures, path, find_tools(path))
    healed = [crashing_canary(stage), several_incidents(stage, serve=arguments.serve)]
    return 0 if all(healed) else 1
