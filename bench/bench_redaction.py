"""How fast text is redacted, beside what Python itself does with the same text in the same run, and how work grows.

python -m bench.bench_redaction            figures as text
python -m bench.bench_redaction --json     the same for machines

`work` is the time for twice the text over the time for the text, the worst of many lines made to be slow: 2 is linear.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from gitops_bot.redaction import Wanted, redact, redact_json
from tests.redaction.test_properties import UNITS
from tests.support.planted import named, named_texts, planted_secrets, texts_with

RECORDINGS = Path(__file__).parents[1] / "fixtures" / "recordings"
LOG_LINE = (
    '2026-11-23T10:29:{:02d}Z INFO checkout-7d9f8b6c5-x2x1z msg="GET /orders/{}" status=200 duration=12ms '
    "trace=3f2b8c1e9d4a4b7c8e5f1a2b3c4d5e6f\n"
)
SIZE = 1_000_000
EVERYTHING = Wanted(ip_addresses=True, names=("Jane Doe",))


def seconds(action: Callable[[], object], *, rounds: int = 3) -> float:
    """The best of some calls."""
    taken = []
    for _ in range(rounds):
        started = time.process_time()
        action()
        taken.append(time.process_time() - started)
    return min(taken)


def texts() -> dict[str, str]:
    """A megabyte each of an ordinary log, of Argo CD's answers, and of nothing but secrets."""
    log = "".join(LOG_LINE.format(number % 60, number) for number in range(SIZE // len(LOG_LINE)))
    answers = "\n".join(path.read_text(encoding="utf-8") for path in sorted(RECORDINGS.glob("0[0-5]*/*.json")))
    planted = [text for value in planted_secrets().values() for text in texts_with(value).values()]
    planted += [text for name, value in named().values() for text in named_texts(name, value).values()]
    secrets = "\n".join(planted)
    return {
        "log": log,
        "Argo CD's answers": answers[:SIZE],
        "secrets": (secrets * (SIZE // len(secrets) + 1))[:SIZE],
    }


def growth() -> tuple[float, str, float]:
    """(the worst ratio of time for twice the text, its unit, the slowest megabytes a second)."""
    worst, unit_of_worst, slowest = 0.0, "", float("inf")
    for unit in UNITS:
        count = SIZE // 4 // len(unit)
        once, twice = unit * count, unit * (2 * count)
        base = seconds(lambda text=once: redact(text, wanted=EVERYTHING), rounds=3)  # type: ignore[misc]
        double = seconds(lambda text=twice: redact(text, wanted=EVERYTHING), rounds=3)  # type: ignore[misc]
        slowest = min(slowest, len(twice) / 1e6 / double)
        if double / base > worst:
            worst, unit_of_worst = double / base, unit
    return worst, unit_of_worst, slowest


def measure() -> dict[str, float]:
    """All figures by name."""
    figures: dict[str, float] = {}
    for name, text in texts().items():
        taken = seconds(lambda text=text: redact(text))  # type: ignore[misc]
        upper = seconds(text.upper)
        around = seconds(lambda text=text: json.loads(json.dumps(text)))  # type: ignore[misc]
        figures[f"{name} (MB/s)"] = len(text) / 1e6 / taken
        figures[f"{name}: times str.upper()"] = taken / upper
        figures[f"{name}: times a JSON round trip"] = taken / around
    answers = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(RECORDINGS.glob("03*/*.json"))]
    size = sum(len(json.dumps(answer)) for answer in answers)
    figures["Argo CD's answers as JSON values (MB/s)"] = size / 1e6 / seconds(lambda: redact_json(answers))
    line = LOG_LINE.format(1, 1)
    figures["one line (microseconds)"] = seconds(lambda: [redact(line) for _ in range(1_000)]) * 1e3
    worst, unit, slowest = growth()
    figures["work, the worst (2 is linear)"] = worst
    figures["lines made to be slow, the slowest (MB/s)"] = slowest
    print(f"the worst work is for lines of {unit!r}", file=sys.stderr)
    return figures


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--json", action="store_true")
    as_json = arguments.parse_args().json
    figures = measure()
    if as_json:
        print(json.dumps(figures, indent=2))
        return 0
    for name, value in figures.items():
        print(f"{name:52} {value:10,.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
