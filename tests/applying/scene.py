"""A forge with a small configuration repository, and runs of the bot over it as the product does them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from gitops_bot.act import Context, compose, disclosable
from gitops_bot.applying import Carrier, Moment
from gitops_bot.checking import check_plan
from gitops_bot.clients.editing import make_edit
from gitops_bot.clients.forge import Forge, Pacing
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.clients.written import written_before
from gitops_bot.configuration import parse_configuration
from gitops_bot.guard import Policy, judge, planned_change
from gitops_bot.model.change import Receipt
from gitops_bot.model.diagnosis import RevertRelease, case_of
from gitops_bot.model.difference import FieldChange, ObjectChange
from gitops_bot.model.incident import Skipped
from gitops_bot.model.plan import Check, Edit, FieldPatch, Operation, Plan, RenderedChange
from gitops_bot.model.proposal import Proposal
from gitops_bot.model.resource import ResourceKey
from gitops_bot.plan_document import decode_plan, encode_plan
from gitops_bot.proposing import fingerprint
from gitops_bot.sandbox.forge import Forge as SandboxForge
from gitops_bot.sandbox.forge import ManualClock
from gitops_bot.sandbox.http import serve
from gitops_bot.settings import read_settings
from gitops_bot.wiring import policy_of
from tests.act.bench import Line
from tests.act.examples import application, diagnosis
from tests.applying.onlooker import CONFIGURATION, NAME, OWNER, REPOSITORY, Onlooker

BOT = "bot-token"
APPLICATIONS = ("catalog", "checkout", "ledger", "search")
FILES = {
    **{f"apps/{name}/values.yaml": f"image:\n  tag: 1.9.1\nreplicas: 2 # of {name}\n" for name in APPLICATIONS},
    "apps/shared.yaml": "image:\n  tag: 1.9.1\n",
    "README.md": "fleet\n",
}


def path_of(application: str) -> str:
    """The file that an application is set by."""
    return f"apps/{application}/values.yaml"


class Killed(Exception):
    """The bot's process has ended: what waits for a dead line to come back never wakes up."""


class Scene(Onlooker):
    """What is on the forge, what the bot sees of the estate, and its runs.

    Time stands still unless it is moved, or the bot waits. The bot's clone is the forge's own repository: as if it had
    just been fetched. Its requests pass `line`; those of people do not.
    """

    def __init__(self, forge: SandboxForge, clock: ManualClock) -> None:
        super().__init__(forge)
        self.clock = clock
        self.line = Line(forge.handle)
        self._server = serve(self.line)
        forge.base_url = self._server.url
        self.repository = ConfigRepository.open(forge.state.git.folder)
        self.token = BOT
        self.environment: Mapping[str, str] = {}
        self.cache: Path | None = None
        self.folder = forge.state.git.folder.parent
        self.server_url = self._server.url
        self.started = self.head
        self._began = 0

    def close(self) -> None:
        self.repository.close()
        self._server.close()
        self.forge.close()

    # -- the estate

    def wish(
        self,
        *applications: str,
        path: str = "",
        tag: str = "1.9.0",
        cause: str = "out-of-memory",
        refusal: str = "",
        env: str = "production",
        seen: bool = True,
        proof: tuple[Check, ...] = (),
        **changes: object,
    ) -> Proposal:
        """What the bot wants for applications in trouble: their tag set. `changes` are of the diagnosis.

        `seen` says whether Argo CD has compared them with the head of main.
        """
        names = applications or ("catalog",)
        where = path or path_of(names[0])
        remedy = RevertRelease(resource=ResourceKey("apps", "Deployment", names[0], names[0]), fields=("/spec",))
        given = {"cause_class": cause, "remedy": remedy, "confidence": 95, **changes}
        compared = self.head if seen else self.started
        cases = (diagnosis(application=application(one, env=env), **given) for one in names)
        named = [fingerprint((one,), "Deployment", (one,), cause) for one in names]
        return Proposal(
            fingerprint=named[0] if refusal else fingerprint((where,), "", ("image.tag",), cause),
            cases=tuple(case_of(one, compared, known) for one, known in zip(cases, named, strict=True)),
            edits=() if refusal else (self.edit(where, tag),),
            rendered=()
            if refusal
            else tuple(RenderedChange(application=one, objects=(moved(one, tag),)) for one in names),
            proof=proof,
            refusal=refusal,
        )

    def edit(self, path: str, tag: str) -> Edit:
        before = self.repository.read(self.head, path) or b""
        present = re.search(r"tag: (\S+)", before.decode())
        operations = (
            Operation(op="test", path="/image/tag", value=present[1] if present else None),
            Operation(op="replace", path="/image/tag", value=tag),
        )
        return make_edit(path, before, FieldPatch(document=0, operations=operations), self.repository)[0]

    # -- the bot

    @property
    def head(self) -> str:
        return self.forge.branch_commit("main")

    def client(self) -> Forge:
        root = self._server.url

        def sleep(seconds: float) -> None:
            if self.line.dies_at is not None:
                raise Killed
            self.clock.advance(seconds=seconds)

        return Forge(
            api_url=f"{root}/api/v3",
            graphql_url=f"{root}/api/graphql",
            server_url=self.server_url,
            repository=REPOSITORY,
            token=self.token,
            cache=self.cache,
            pacing=Pacing(clock=self.clock.seconds, sleep=sleep),
            sleep=sleep,
            now=self.clock.seconds,
            timeout=5,
        )

    def run(self, *wanted: Proposal, healthy: tuple[str, ...] = ()) -> tuple[Receipt, ...]:
        """Plan and apply, each as a process of its own."""
        return self.apply(self.plan(*wanted, healthy=healthy))

    def plan(self, *wanted: Proposal, healthy: tuple[str, ...] = (), skipped: tuple[Skipped, ...] = ()) -> Plan:
        empty = Plan(
            created_at=self.clock(),
            repository=REPOSITORY,
            branch="main" if wanted else "",
            commit=self.head if wanted else None,
            remediations=(),
            skipped=skipped,
            healthy=healthy,
        )
        with self.client() as forge:
            remembered = forge.remembered()
        policy = self._policy(remembered.stopped)
        compared = {case.application: case.compared for one in wanted for case in one.cases}
        changes = written_before(self.repository, self.head, remembered.changes, compared)
        made = []
        for proposal in map(disclosable, wanted):
            verdict = judge(proposal, policy, changes, self.clock.now)
            made.append(compose(proposal, verdict, self._context))
            if not verdict.waiting:
                changes = (*changes, planned_change(proposal, verdict, self.clock.now))
        plan = replace(
            empty,
            remediations=tuple(one for one in made if not one.waiting),
            held=tuple(one for one in made if one.waiting),
        )
        return decode_plan(encode_plan(plan), "plan.json")

    def apply(self, plan: Plan) -> tuple[Receipt, ...]:
        self._began = len(self.line.seen)
        with self.client() as forge:
            branch = forge.repository().default_branch
            remembered = forge.remembered()
            policy = self._policy(remembered.stopped)
            check_plan(plan, self.repository, replace(self._context, branch=branch), policy, self.clock.now)
            changes = written_before(self.repository, self.head, remembered.changes, plan.compared)
            moment = Moment(policy=policy, changes=changes, dashboard=remembered.dashboard, now=self.clock.now)
            return tuple(Carrier(plan, self.repository, forge, moment).carry_out())

    @property
    def _context(self) -> Context:
        return Context(server_url=self.server_url, repository=REPOSITORY, branch="main", commit=self.head)

    def _policy(self, stopped: str) -> Policy:
        source = self.repository.read(self.head, CONFIGURATION) or b""
        policy = policy_of(parse_configuration(source, CONFIGURATION), read_settings(self.environment))
        return replace(policy, stopped=policy.stopped or stopped)

    # -- what it asked for

    @property
    def requests(self) -> list[tuple[str, str]]:
        """The bot's requests since it began to apply the last plan."""
        return self.line.seen[self._began :]

    @property
    def writes(self) -> list[str]:
        """The bot's writing requests of the last run, below the repository."""
        root = f"/api/v3/repos/{REPOSITORY}"
        return [f"{method} {path.removeprefix(root)}" for method, path in self.requests if method != "GET"]


def moved(name: str, tag: str) -> ObjectChange:
    image = "spec.template.spec.containers[0].image"
    field = FieldChange(
        f"/{image.replace('.', '/')}", image, f"registry.example/{name}:1.9.1", f"registry.example/{name}:{tag}"
    )
    return ObjectChange(ResourceKey("apps", "Deployment", name, name), (field,))


def open_scene(origin: Path, workspace: Path) -> Scene:
    clock = ManualClock()
    forge = SandboxForge.open(origin, owner=OWNER, name=NAME, workspace=workspace, token=BOT, clock=clock)
    return Scene(forge, clock)
