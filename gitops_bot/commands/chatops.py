"""`gitops-bot chatops`: answer the comment that started the workflow; needs the forge's token, and no checkout."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare no options: all is in the event that GITHUB_EVENT_PATH names."""


def run(_: argparse.Namespace) -> int:
    """Answer the comment, and tell in one line what came of it. Returns 0, also where a command was refused."""
    from gitops_bot.chatops import answer_comment, read_comment
    from gitops_bot.commands.session import tell
    from gitops_bot.settings import read_settings
    from gitops_bot.untrusted import for_log, one_line
    from gitops_bot.wiring import Wiring

    settings, now = read_settings(), datetime.now(UTC)
    told = read_comment(settings.event_name, settings.event_path)
    with Wiring(settings, Path.cwd(), now) as wiring:
        summary = answer_comment(told, wiring.required_forge(), lambda: wiring.told_policy, now)
    tell(for_log(one_line(summary, 500)))
    return 0
