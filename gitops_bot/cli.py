"""The command line: `gitops-bot COMMAND`. Exit codes: 0 done, 1 expected failure, 2 usage, 3 bug.

Nothing is imported before a command is known, not even argparse: start-up is measured.
"""

from __future__ import annotations

import sys

from gitops_bot import __version__
from gitops_bot.errors import GitopsBotError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "demo": ("play recorded incidents against a sandbox and show what comes of them", "gitops_bot.commands.demo"),
    "sandbox": ("serve a recorded Argo CD and a forge on loopback", "gitops_bot.sandbox.command"),
    "run": ("look, plan and apply in one process", "gitops_bot.commands.run"),
    "plan": ("look and write down what should be done; writes nothing to Git", "gitops_bot.commands.plan"),
    "apply": ("check a plan and carry it out", "gitops_bot.commands.apply"),
    "chatops": ("answer the command in a comment that started the workflow", "gitops_bot.commands.chatops"),
    "locate": ("tell which line in Git sets a live field", "gitops_bot.commands.locate"),
    "backtest": (
        "play past incidents against the reasoning and tell how often it is right",
        "gitops_bot.commands.backtest",
    ),
    "runbooks": ("find the runbook that fits an alert or a few words", "gitops_bot.commands.runbooks"),
}


def overview() -> str:
    """Return the text of `gitops-bot --help`."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {summary}" for name, (summary, _) in COMMANDS.items()]
    return "\n".join(
        [
            "usage: gitops-bot COMMAND [options]",
            "",
            "Watches a GitOps estate and repairs it through Git alone, with proof.",
            "",
            "commands:",
            *lines,
            "",
            "`gitops-bot COMMAND --help` shows a command's options; `gitops-bot --version` the version.",
        ]
    )


def main(words: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    if not words or words[0] in ("-h", "--help", "help"):
        print(overview())
        return 0 if words else 2
    if words[0] == "--version":
        print(__version__)
        return 0
    name, *rest = words
    if name not in COMMANDS:
        print(_unknown(name), file=sys.stderr)
        return 2
    import argparse
    import importlib

    summary, module = COMMANDS[name]
    command = importlib.import_module(module)
    parser = argparse.ArgumentParser(prog=f"gitops-bot {name}", description=f"{summary[0].upper()}{summary[1:]}.")
    command.add_arguments(parser)
    code: int = command.run(parser.parse_args(rest))
    return code


def _unknown(name: str) -> str:
    import difflib

    close = difflib.get_close_matches(name, COMMANDS, 1)
    hint = f"Did you mean `{close[0]}`?" if close else "`gitops-bot --help` lists the commands."
    return f"gitops-bot: there is no command {name!r}. {hint}"


def _reader_gone() -> int:
    """Return the exit code for output that nobody reads to its end (`gitops-bot plan | head`): that is no failure."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def entry() -> None:
    """Run and exit: the one place where any exception ends."""
    try:
        code = main(sys.argv[1:])
    except GitopsBotError as error:
        print(f"gitops-bot: {error}", file=sys.stderr)
        code = 1
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:
        code = _reader_gone()
    except Exception:  # noqa: BLE001  the one top handler: a bug shows its traceback and exits 3
        import traceback

        traceback.print_exc()
        print("gitops-bot: this is a bug in the bot, not in your setup.", file=sys.stderr)
        code = 3
    sys.exit(code)
