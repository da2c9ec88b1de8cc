"""`gitops-bot apply PLAN`: check a plan and carry it out; needs a token that may write, and no other credential."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("plan", type=Path, metavar="PLAN", help="the document that `gitops-bot plan --output` wrote")
    parser.add_argument("--json", action="store_true", help="print the receipts as JSON instead of a text")


def run(arguments: argparse.Namespace) -> int:
    """Carry the plan out and tell about it. Returns 1 where something could not be written."""
    import msgspec

    from gitops_bot.commands.session import colourful, conclude, open_session, tell
    from gitops_bot.notify import receipts_text
    from gitops_bot.plan_document import read_plan

    with open_session(Path.cwd(), datetime.now(UTC), "apply") as session:
        plan = read_plan(arguments.plan, session.settings.plan_digest)
        receipts = session.apply(plan)
        if arguments.json:
            tell(msgspec.json.encode(receipts).decode())
        else:
            tell(receipts_text(receipts, colour=colourful()))
        session.publish(plan, receipts)
        return conclude(None, receipts)
