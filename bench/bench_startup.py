"""Start-up: `python -m gitops_bot --help` beside an empty Python, and which heavy libraries a command loads.

Ratios of medians, measured in turn in one run. Goal: at most 3 times an empty `python -c pass`.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

ROUNDS = 25
HEAVY = ("anthropic", "github", "git", "httpx", "ruamel.yaml", "msgspec", "argparse")


def seconds(*words: str) -> float:
    """Return how long one Python process takes."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *words], check=True, capture_output=True)
    return time.perf_counter() - start


def loaded(module: str) -> list[str]:
    """Return which heavy libraries importing a module loads."""
    code = f"import sys, {module}; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()


def main() -> None:
    """Measure and print."""
    empty, start = [], []
    for _ in range(ROUNDS):
        empty.append(seconds("-c", "pass"))
        start.append(seconds("-m", "gitops_bot", "--help"))
    ratio = statistics.median(start) / statistics.median(empty)
    print(f"start-up: --help takes {ratio:.2f} x an empty python (goal: <= 3)")
    for module in ("gitops_bot.cli", "gitops_bot.commands.plan", "gitops_bot.observe", "gitops_bot.pipeline"):
        print(f"import {module} loads: {', '.join(loaded(module)) or 'nothing heavy'}")
    print("goal: neither anthropic nor github on a path that needs neither")


if __name__ == "__main__":
    main()
