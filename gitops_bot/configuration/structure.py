"""The keys of `.gitops-bot.yaml`. The JSON schema for editors is made from these structures.

Patterns are globs: `*` and `?` stay inside one name, `**` crosses folders. Times are in minutes, hours or days as the
key says.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Share = Annotated[int, Meta(ge=0, le=100)]
Count = Annotated[int, Meta(ge=0, le=1000)]
Lines = Annotated[int, Meta(ge=1, le=100_000)]
Minutes = Annotated[int, Meta(ge=0, le=43_200)]
Hours = Annotated[float, Meta(gt=0, le=8_784)]
Days = Annotated[int, Meta(ge=0, le=365)]
Patterns = tuple[str, ...]
Page = Annotated[str, Meta(pattern=r"^(https?://[A-Za-z0-9.:/_\[\]-]+)?$")]
TierName = Literal["commit", "auto-merge", "approve", "escalate"]
Dollars = Annotated[float, Meta(ge=0, le=1000)]
ClassName = Literal["canary-rollback", "release-rollback", "drift-resync", "resource-limit", "patch"]
Classes = tuple[Literal[ClassName, "all", "none"], ...]


class Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """A part of the file; its keys are written in kebab case."""


class Limits(Section, frozen=True):
    """How much may be under way: open pull requests at once, and what is written in one hour."""

    open: Count = 10
    hourly: Count = 10


class Size(Section, frozen=True):
    """How large one remediation may be: files, and changed lines in all of them."""

    files: Count = 10
    lines: Lines = 200


class Environment(Section, frozen=True):
    """An environment by the labels, namespaces, clusters or paths of its Applications; one that fits is enough."""

    name: str
    labels: dict[str, str] = {}
    namespaces: Patterns = ()
    clusters: Patterns = ()
    applications: Patterns = ()
    paths: Patterns = ()


class Environments(Section, frozen=True):
    """How an Application's environment is told.

    First the label `label`, then the first entry of `named` that fits, then a word of `non_production` or `prod` in the
    namespace or the name. What is none of `non_production` is production.
    """

    label: str = "env"
    named: tuple[Environment, ...] = ()
    non_production: tuple[str, ...] = ("dev", "development", "test", "testing", "qa", "staging", "stage", "preview")


class Match(Section, frozen=True):
    """What an override or a freeze is for: all keys that are given must fit, of each one pattern is enough.

    `paths` are edited files; `labels` are of the Application; `environments` are names, or `production`.
    """

    applications: Patterns = ()
    projects: Patterns = ()
    namespaces: Patterns = ()
    clusters: Patterns = ()
    labels: dict[str, str] = {}
    paths: Patterns = ()
    classes: tuple[ClassName, ...] = ()
    environments: Patterns = ()


class Override(Section, frozen=True):
    """Other rules for what `match` names; of several that set the same key, the last one in the file counts."""

    match: Match
    enabled: bool | None = None
    tier: TierName | None = None
    minimum_confidence: Share | None = None
    dwell_minutes: Minutes | None = None
    cool_down_minutes: Minutes | None = None


class Freeze(Section, frozen=True):
    """A window in which nothing is written: `start` is a cron expression in `time_zone`, `hours` how long it lasts.

    `allow` names classes that may be written all the same. Escalations are never held back.
    """

    name: str
    start: str
    hours: Hours
    time_zone: str = "UTC"
    match: Match = Match()
    allow: tuple[ClassName, ...] = ()


class ModelPrice(Section, frozen=True):
    """US dollars for a million tokens: sent, answered, read from the provider's cache and written to it.

    What is not given for the cache costs what is sent.
    """

    input: Dollars
    output: Dollars
    cached_input: Dollars | None = None
    cache_write: Dollars | None = None


class Model(Section, frozen=True):
    """A language model: its name at its provider, and where it is asked.

    `provider` is told from the name where it is not given. `base_url` is another server than the environment's, which
    then gets no key. `effort` is how much a reasoning model thinks. `answers` and `tools` say what an OpenAI-compatible
    endpoint can do, which is tried where they are not given.
    """

    name: Annotated[str, Meta(min_length=1)]
    provider: Literal["anthropic", "openai"] | None = None
    base_url: str = ""
    effort: Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] | None = None
    answers: Literal["schema", "json", "text"] | None = None
    tools: Literal["native", "text"] | None = None
    price: ModelPrice | None = None


class Models(Section, frozen=True):
    """Who judges where rules do not decide, in the order in which they are asked: `small` filters, `large` diagnoses.

    `prices` adds to the published ones, or corrects them, by the model's name.
    """

    enabled: bool = True
    small: tuple[Model, ...] = ()
    large: tuple[Model, ...] = ()
    prices: dict[str, ModelPrice] = {}


class Budget(Section, frozen=True):
    """US dollars that language models may cost: for one incident, and in one run."""

    incident: Dollars = 0.10
    run: Dollars = 1.00


class Runbooks(Section, frozen=True):
    """Where runbooks are found: globs in this repository, and folders beside it that the workflow checked out.

    Folders are relative to this repository's, such as `../runbooks`; each is searched for every Markdown file.
    `backend` says how: by words, or by words and embeddings that PostgreSQL or Weaviate keeps; `embeddings` names their
    model at the OpenAI-compatible endpoint.
    """

    patterns: Patterns = ("runbooks/**/*.md",)
    folders: tuple[str, ...] = ()
    backend: Literal["words", "pgvector", "weaviate"] = "words"
    embeddings: str = "text-embedding-3-small"


class Redaction(Section, frozen=True):
    """What is hidden from models and readers besides secrets and e-mail addresses."""

    ip_addresses: bool = False
    names: tuple[str, ...] = ()


class Configuration(Section, frozen=True):
    """The whole file; every key is optional."""

    enabled: bool = True
    auto_remediate: Classes | None = None
    minimum_confidence: Share = 75
    allowed_paths: Patterns = ()
    protected_paths: Patterns = ()
    protected_fields: Patterns = ()
    size: Size = Size()
    limits: Limits = Limits()
    dwell_minutes: Minutes = 0
    cool_down_minutes: Minutes = 10
    quarantine_days: Days = 7
    argocd_page: Page = ""
    auto_merge_without_checks: bool = False
    environments: Environments = Environments()
    overrides: tuple[Override, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    models: Models = Models()
    budget: Budget = Budget()
    runbooks: Runbooks = Runbooks()
    redaction: Redaction = Redaction()
