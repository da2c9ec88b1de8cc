"""What a team decides: read from the default branch, never from the branch under judgement."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from msgspec import Struct, field

from gitops_bot.configuration import Configuration
from gitops_bot.errors import ConfigurationError
from gitops_bot.model.plan import Tier

CANARY_ROLLBACK = "canary-rollback"
RELEASE_ROLLBACK = "release-rollback"
DRIFT_RESYNC = "drift-resync"
RESOURCE_LIMIT = "resource-limit"
PATCH = "patch"

CLASSES = (CANARY_ROLLBACK, RELEASE_ROLLBACK, DRIFT_RESYNC, RESOURCE_LIMIT, PATCH)


class Rule(Struct, frozen=True, kw_only=True):
    """The tier of one class, in production and elsewhere."""

    production: Tier
    elsewhere: Tier


DEFAULT_TIERS: dict[str, Rule] = {
    CANARY_ROLLBACK: Rule(production=Tier.COMMIT, elsewhere=Tier.COMMIT),
    RELEASE_ROLLBACK: Rule(production=Tier.APPROVE, elsewhere=Tier.APPROVE),
    DRIFT_RESYNC: Rule(production=Tier.APPROVE, elsewhere=Tier.COMMIT),
    RESOURCE_LIMIT: Rule(production=Tier.AUTO_MERGE, elsewhere=Tier.AUTO_MERGE),
    PATCH: Rule(production=Tier.APPROVE, elsewhere=Tier.APPROVE),
}


class Policy(Struct, frozen=True, kw_only=True):
    """The policy in force.

    `ceiling` names the classes that may be remediated without a person (None: all that the tiers allow). `stopped` is
    the reason why the kill switch is on, empty where it is off. Times are in minutes.
    """

    configuration: Configuration = Configuration()
    stopped: str = ""
    ceiling: tuple[str, ...] | None = None
    tiers: dict[str, Rule] = field(default_factory=lambda: dict(DEFAULT_TIERS))
    settle_minutes: int = 20
    repeat_minutes: int = 24 * 60


def parse_classes(words: Iterable[str]) -> tuple[str, ...]:
    """Return the classes that `words` name (`all`, `none`, or names with hyphens or underscores).

    Raises ConfigurationError for a word that names none, with the closest that does.
    """
    chosen: list[str] = []
    for word in words:
        name = word.strip().lower().replace("_", "-")
        if name == "all":
            chosen.extend(CLASSES)
        elif name in CLASSES:
            chosen.append(name)
        elif name not in {"", "none"}:
            close = difflib.get_close_matches(name, CLASSES, 1)
            raise ConfigurationError(
                "an unknown remediation class",
                where="AUTO_REMEDIATE_CLASSES or `auto-remediate`",
                found=repr(word),
                expected=", ".join((*CLASSES, "all", "none")),
                advice=f"Did you mean `{close[0]}`?" if close else "Correct the word; nothing was changed.",
            )
    return tuple(dict.fromkeys(chosen))
