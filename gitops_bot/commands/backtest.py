"""`gitops-bot backtest`: play past incidents against the reasoning, and tell how often it is right. Writes nothing."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gitops_bot.backtest import Reasoner


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--cases", type=Path, required=True, metavar="DIR", help="a folder of cases (docs/backtest.md)")
    parser.add_argument(
        "--reasoner",
        choices=("rules", "models"),
        default="rules",
        help="the rules alone (the default), or the rules and the models that .gitops-bot.yaml names",
    )
    parser.add_argument(
        "--split", default="", metavar="NAME", help="only these cases: `development`, `held-out` or a name of your own"
    )
    parser.add_argument("--json", action="store_true", help="print figures and decisions as one JSON document")


def run(arguments: argparse.Namespace) -> int:
    """Play all cases. Returns 0 whatever the figures are."""
    from gitops_bot.backtest import as_json, as_text, play, read_cases, scored
    from gitops_bot.errors import ConfigurationError

    read = read_cases(arguments.cases)
    cases = [case for case in read if arguments.split in ("", case.split)]
    if not cases:
        splits = ", ".join(sorted({case.split for case in read}))
        raise ConfigurationError("No case is of that split", found=arguments.split, expected=splits)
    with _reasoner(arguments.reasoner) as reasoner:
        decisions = [play(case, reasoner) for case in cases]
    tell = as_json if arguments.json else as_text
    print(tell(scored(decisions), decisions, arguments.reasoner), end="")
    return 0


@contextmanager
def _reasoner(name: str) -> Iterator[Reasoner]:
    from gitops_bot.backtest import rules_alone, with_models

    if name == "rules":
        yield rules_alone
        return
    from gitops_bot.errors import ConfigurationError
    from gitops_bot.settings import read_settings
    from gitops_bot.wiring import local_configuration
    from gitops_bot.wiring.counselling import counsel_of, marks_of

    with ExitStack() as stack:
        configuration = local_configuration(Path())
        access, marks = read_settings().models, marks_of(configuration.redaction)
        counsel, remark = counsel_of(configuration, access, marks, None, lambda _: (), stack)
        if not counsel.large:
            raise ConfigurationError(
                "There is no model to ask",
                where="environment",
                found=remark or "no credential",
                expected="ANTHROPIC_API_KEY, OPENAI_API_KEY, or models in .gitops-bot.yaml",
                advice="docs/models.md tells how models are named; `--reasoner rules` needs none.",
            )
        yield with_models(counsel)
