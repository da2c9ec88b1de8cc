"""How often the rules alone are right about the corpus in fixtures/diagnosis, what they would do where nothing is
wrong, and how long a case takes beside plain JSON parsing of what it rests on.

python -m bench.bench_diagnosis            figures as text
python -m bench.bench_diagnosis --json     the same for machines

`goal` is what issue 6 asks for. Texts are plain kubectl, Argo CD, Flux and Helm output and logs; recordings are Argo
CD's own answers; `blind` are texts by somebody who had not seen the reader's answers. Times: the best of five rounds.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from gitops_bot.backtest import Case, Score, play, read_cases, rules_alone, scored

CORPUS = Path(__file__).parents[1] / "fixtures" / "diagnosis"
RECORDINGS = CORPUS.parent
GOALS = {
    "held-out: class accuracy": 0.90,
    "held-out: action accuracy": 0.90,
    "held-out, texts: class accuracy": 0.80,
    "held-out, texts: action accuracy": 0.85,
}


def is_text(case: Case) -> bool:
    return "recording" not in case.inputs


def selections(cases: Sequence[Case]) -> dict[str, list[Case]]:
    """The halves, each as a whole and by the form of its evidence."""
    chosen: dict[str, list[Case]] = {}
    for split in ("development", "held-out"):
        half = [case for case in cases if case.split == split]
        chosen[split] = half
        chosen[f"{split}, texts"] = [case for case in half if is_text(case)]
        chosen[f"{split}, recordings"] = [case for case in half if not is_text(case)]
    return chosen


def figures_of(score: Score) -> dict[str, float]:
    shares = {
        "class accuracy": score.classes,
        "action accuracy": score.actions,
        "object accuracy": score.resources,
        "remedy accuracy": score.remedies,
    }
    acted, healthy = score.acted_on_healthy
    figures: dict[str, float] = {"cases": score.cases}
    figures |= {name: round(right / stated, 4) for name, (right, stated) in shares.items() if stated}
    return {**figures, "healthy or noise": healthy, "acted on healthy": acted, "abstentions": score.abstained}


def parsed(case: Case) -> object:
    """Parse what the case rests on: its texts as one JSON document, or every body that its recording holds."""
    if is_text(case):
        return json.loads(msgspec.json.encode(case.inputs))
    folder = RECORDINGS / str(case.inputs["recording"])
    return [json.loads(file.read_bytes() or b"null") for file in folder.glob("*.json")]


def best(action: Callable[[], object]) -> float:
    """Milliseconds of the best of five calls."""
    taken = []
    for _ in range(5):
        started = time.perf_counter()
        action()
        taken.append(time.perf_counter() - started)
    return min(taken) * 1000


def times(cases: Sequence[Case]) -> dict[str, float]:
    figures: dict[str, float] = {}
    for form, chosen in {
        "texts": [case for case in cases if is_text(case)],
        "recordings": [case for case in cases if not is_text(case)],
    }.items():
        judged = best(lambda chosen=chosen: [play(case, rules_alone) for case in chosen])  # type: ignore[misc]
        plain = best(lambda chosen=chosen: [parsed(case) for case in chosen])  # type: ignore[misc]
        figures[f"time, {form}: ms a case"] = round(judged / len(chosen), 2)
        figures[f"time, {form}: times parsing the same as JSON"] = round(judged / plain, 1)
    return figures


def measure() -> dict[str, float]:
    """All figures by name."""
    cases = read_cases(CORPUS)
    figures: dict[str, float] = {}
    blind = [case for case in cases if case.folder.name == "blind"]
    for name, chosen in {"all": list(cases), **selections(cases), "blind": blind}.items():
        score = scored(play(case, rules_alone) for case in chosen)
        figures |= {f"{name}: {figure}": value for figure, value in figures_of(score).items()}
    return figures | times(cases)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--json", action="store_true")
    as_json = arguments.parse_args().json
    figures = measure()
    if as_json:
        print(json.dumps(figures, indent=2))
        return 0
    for name, value in figures.items():
        goal = f"   goal {GOALS[name]:.2f}" if name in GOALS else "   goal 0" if name.endswith("on healthy") else ""
        print(f"{name:56} {value:10,.3f}{goal}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
