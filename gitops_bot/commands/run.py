"""`gitops-bot run`: plan and apply in one process, for a simple start."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--plan", type=Path, metavar="FILE", help="keep the plan here (JSON)")
    parser.add_argument("--json", action="store_true", help="print plan and receipts as JSON instead of a text")


def run(arguments: argparse.Namespace) -> int:
    """Look, decide, write, and tell about it. Returns 1 where something could not be judged or written."""
    import msgspec

    from gitops_bot.commands.session import colourful, conclude, open_session, tell
    from gitops_bot.notify import run_text
    from gitops_bot.plan_document import write_plan

    with open_session(Path.cwd(), datetime.now(UTC)) as session:
        plan = session.plan()
        if arguments.plan:
            write_plan(plan, arguments.plan)
        receipts = session.apply(plan)
        if arguments.json:
            tell(msgspec.json.encode({"plan": plan, "receipts": receipts}).decode())
        else:
            tell(run_text(plan, receipts, colour=colourful()))
        session.publish(plan, receipts)
        return conclude(plan, receipts)
