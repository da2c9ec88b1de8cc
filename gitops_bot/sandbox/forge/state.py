"""The forge's whole state: the bare repository, the records beside it, and the urls under which all of it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from gitops_bot.sandbox.forge.git import FileChange, Repository, Signature
from gitops_bot.sandbox.forge.limits.rates import Limits
from gitops_bot.sandbox.forge.records import (
    Account,
    CheckRun,
    Comment,
    Dispatch,
    Issue,
    Label,
    Protection,
    Ruleset,
    Settings,
    Status,
    Token,
)
from gitops_bot.sandbox.http import Json

DEFAULT_LABELS = (("bug", "d73a4a"), ("documentation", "0075ca"), ("enhancement", "a2eeef"), ("question", "d876e3"))


def timestamp(moment: datetime) -> str:
    """A time as GitHub writes it: UTC, whole seconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Occurrence:
    """Something that happened and that webhooks tell: `more` holds what only this kind of event has."""

    name: str
    action: str
    actor: Account
    issue: Issue | None = None
    comment: Comment | None = None
    more: Mapping[str, Json] = field(default_factory=dict)


@dataclass
class State:
    """Everything that one forge knows; changed under the forge's lock only.

    `pages_url` is the root of the pages where it is not `base_url`, the API's. `former_names` are what the repository
    was called before. `clock` gives the present in UTC; `tokens` says what a secret stands for, `people` are the
    accounts that have none. `happened` is what no webhook has told yet. Ids count up from 1, so that the same calls
    always get the same ids.
    """

    owner: str
    name: str
    default_branch: str
    git: Repository
    clock: Callable[[], datetime]
    bot: Account
    base_url: str = "http://127.0.0.1"
    pages_url: str = ""
    former_names: set[str] = field(default_factory=set)
    created_at: datetime = field(init=False)
    pushed_at: datetime = field(init=False)
    settings: Settings = field(default_factory=Settings)
    issues: dict[int, Issue] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    statuses: list[Status] = field(default_factory=list)
    check_runs: dict[int, CheckRun] = field(default_factory=dict)
    protections: dict[str, Protection] = field(default_factory=dict)
    rulesets: list[Ruleset] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    dispatches: list[Dispatch] = field(default_factory=list)
    verified: set[str] = field(default_factory=set)
    tokens: dict[str, Token] = field(default_factory=dict)
    people: dict[str, Account] = field(default_factory=dict)
    happened: list[Occurrence] = field(default_factory=list)
    mergeability: dict[tuple[str, str], bool] = field(default_factory=dict)
    differences: dict[tuple[str, str], tuple[FileChange, ...]] = field(default_factory=dict)
    limits: Limits = field(init=False)
    _last_id: int = 0

    def __post_init__(self) -> None:
        self.created_at = self.pushed_at = self.clock()
        self.limits = Limits(self.clock)
        for name, color in DEFAULT_LABELS:
            self.ensure_label(name, color)

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return f"{self.owner}/{self.name}"

    @property
    def api(self) -> str:
        """The REST API's root."""
        return f"{self.base_url}/api/v3"

    @property
    def repository_api(self) -> str:
        """The repository's url in the REST API."""
        return f"{self.api}/repos/{self.full_name}"

    @property
    def html(self) -> str:
        """The repository's page."""
        return f"{self.pages_url or self.base_url}/{self.full_name}"

    def owner_account(self) -> Account:
        """The organisation that owns the repository."""
        return Account(self.owner, "Organization")

    def new_id(self) -> int:
        """The next id, unique over every kind of record."""
        self._last_id += 1
        return self._last_id

    def new_number(self) -> int:
        """The next number of an issue or a pull request."""
        return len(self.issues) + 1

    def tell(
        self,
        name: str,
        action: str,
        actor: Account,
        issue: Issue | None = None,
        comment: Comment | None = None,
        **more: Json,
    ) -> None:
        """Note what happened, for webhooks; it is told with the state as it stands at the end of the request."""
        self.happened.append(Occurrence(name, action, actor, issue, comment, more))

    def account(self, login: str) -> Account | None:
        """The account called `login`, letter case apart."""
        known = (*self.people.values(), *(token.account for token in self.tokens.values()))
        return next((each for each in known if each.login.lower() == login.lower()), None)

    def ensure_label(self, name: str, color: str = "ededed", description: str = "") -> Label:
        """The label called `name` (letter case apart), made where it does not exist: issues may name new labels."""
        key = name.lower()
        if key not in self.labels:
            self.labels[key] = Label(self.new_id(), name, color, description)
        return self.labels[key]

    def comments_of(self, number: int) -> list[Comment]:
        """A conversation's comments, oldest first."""
        return [comment for comment in self.comments.values() if comment.issue == number]

    def signature(self, account: Account | None = None) -> Signature:
        """Who makes a commit on the web, and when: now."""
        who = account or self.bot
        login = who.login
        return Signature(login, f"{who.id}+{login}@users.noreply.127.0.0.1", self.clock())


def path_quote(path: str) -> str:
    """A path or a branch as it stands in a url."""
    return quote(path.encode("utf-8", "surrogateescape"), safe="/")
