"""`gitops-bot sandbox`: serve a sandbox until it is told to stop."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path
from types import FrameType


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to its parser."""
    parser.add_argument(
        "--recording",
        action="append",
        required=True,
        metavar="DIR[@COMMIT]",
        help="a folder of recorded Argo CD answers and the commit it belongs to; several: the sandbox switches between "
        "them as the branch moves",
    )
    parser.add_argument("--repository", type=Path, required=True, metavar="GITDIR", help="a Git folder or a bundle")
    parser.add_argument("--at", metavar="COMMIT", help="where the default branch starts")
    parser.add_argument("--port", type=int, default=0, metavar="N", help="default: a free one")
    parser.add_argument("--json", action="store_true", help="print nothing but the environment, as one JSON line")


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM; print the environment to export as one JSON line on standard output. Returns 0.

    Raises GitopsBotError where a recording, the repository or the port is not usable.
    """
    from gitops_bot.sandbox.server import RecordingAt, Sandbox, describe

    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        stopped.set()

    previous = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        recordings = [RecordingAt.parse(text) for text in arguments.recording]
        with Sandbox.start(recordings, arguments.repository, arguments.at, arguments.port) as sandbox:
            sys.stdout.write(json.dumps(sandbox.environment) + "\n")
            sys.stdout.flush()
            if not arguments.json:
                sys.stderr.write(describe(sandbox.environment))
                sys.stderr.flush()
            stopped.wait()
    finally:
        for each, handler in previous.items():
            signal.signal(each, handler)
    return 0
