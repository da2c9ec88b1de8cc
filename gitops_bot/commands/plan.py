"""`gitops-bot plan`: look, and write down what should be done. Writes nothing to Git."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--output", type=Path, metavar="FILE", help="where the plan goes (JSON)")
    parser.add_argument("--json", action="store_true", help="print the plan as JSON instead of a text for people")


def run(arguments: argparse.Namespace) -> int:
    """Make the plan, write it where asked, and tell about it. Returns 1 where something could not be judged."""
    from gitops_bot.commands.session import colourful, conclude, open_session, tell
    from gitops_bot.notify import plan_text
    from gitops_bot.plan_document import encode_plan, write_plan

    with open_session(Path.cwd(), datetime.now(UTC), "plan") as session:
        plan = session.plan()
        if arguments.output:
            write_plan(plan, arguments.output)
        tell(encode_plan(plan).decode() if arguments.json else plan_text(plan, colour=colourful()))
        session.publish(plan)
        return conclude(plan)
