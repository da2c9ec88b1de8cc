"""Applications on a real repository, and what goes wrong with them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

import msgspec

from gitops_bot.clients.editing import recompute
from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering import Renderer, Tools
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.clients.workspace import Workspace
from gitops_bot.model.application import Application
from gitops_bot.model.diagnosis import Diagnosis, Remedy, RevertRelease
from gitops_bot.model.incident import Incident, Skipped, Trouble
from gitops_bot.model.proposal import Proposal
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import ContainerFailing, Generation, RenderFailing, SyncRefused, Workload
from gitops_bot.proposing import propose
from tests.support.repository import Repository

URL = "https://git.example.com/acme/fleet.git"
TEMPLATE = "/spec/template"
Json = dict[str, object]


class Estate:
    """A repository, its Applications and the fleet that they make; closes what it opens."""

    def __init__(self, folder: Path, tools: Tools) -> None:
        self.repository = Repository(folder / "origin")
        self.checkout = self.repository.path
        self.applications: dict[str, Application] = {}
        self._folder = folder
        self._tools = tools
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def commit(self, files: dict[str, str | bytes | None], message: str = "Change", **options: tuple[str, ...]) -> str:
        return self.repository.commit(files, message, **options)

    def deployed_at(self, commit: str) -> datetime:
        """When Argo CD deployed a commit: a minute after it was made."""
        return self.repository.times[commit] + timedelta(minutes=1)

    def application(self, name: str, *deployed: str, **spec: object) -> Application:
        """An Application on the folder of its name, with these commits in its history, oldest first.

        `spec` are the API's own names; `sources` replaces the one source, `annotations` goes to the metadata; `before`
        are the source's options at all deployments but the last one.
        """
        annotations = spec.pop("annotations", None)
        before = spec.pop("before", {})
        source: Json = {"repoURL": URL, "path": name, "targetRevision": "main"}
        for part in ("path", "helm", "kustomize", "directory", "targetRevision", "repoURL"):
            if part in spec:
                source[part] = spec.pop(part)
        given = spec.pop("sources", None)
        sources: Json = {"sources": given} if given else {"source": source}
        several = len(given) if isinstance(given, list) else 0
        earlier: Json = {"source": {**source, **before}} if before else sources  # type: ignore[dict-item]
        entries = [
            self._entry(number, one, sources if number == len(deployed) - 1 else earlier, several)
            for number, one in enumerate(deployed)
        ]
        application = msgspec.convert(
            {
                "metadata": {"name": name, "namespace": "argocd", "annotations": annotations},
                "spec": {"project": "default", "destination": {"namespace": name}, **sources, **spec},
                "status": {"history": entries, "sync": {"revision": deployed[-1] if deployed else ""}},
            },
            Application,
            strict=False,
        )
        self.applications[name] = application
        return application

    def _entry(self, number: int, commit: str, sources: Json, several: int) -> Json:
        at = self.deployed_at(commit) if commit in self.repository.times else self.repository.now
        revision: Json = {"revisions": [commit] * several} if several else {"revision": commit}
        return {"id": number, "deployedAt": at, "deployStartedAt": at, **revision, **sources}

    def fleet(self) -> Fleet:
        """The fleet at the branch's head."""
        head = self.repository.head
        config = self._stack.enter_context(ConfigRepository.open(self.checkout))
        workspace = Workspace(config, head, self._folder / f"workspace-{len(list(self._folder.iterdir()))}")
        renderer = Renderer(workspace, self._tools)
        return Fleet(self.applications.values(), config, workspace, renderer, commit=head, branch="main", urls=(URL,))

    def crash(self, name: str, **options: object) -> Diagnosis:
        """The newest pods of a Deployment of the Application crash; see `crash`."""
        last = self.applications[name].history[-1:]
        at = last[0].deployed_at if last else None
        return crash(self.applications[name], **{"born": at, **options})  # type: ignore[arg-type]

    def propose(self, *diagnoses: Diagnosis) -> tuple[tuple[Proposal, ...], tuple[Skipped, ...]]:
        return propose(self.fleet(), diagnoses)

    def one(self, *diagnoses: Diagnosis) -> Proposal:
        """The only proposal."""
        proposals, skipped = self.propose(*diagnoses)
        assert skipped == ()
        [proposal] = proposals
        return proposal

    def after(self, proposal: Proposal) -> dict[str, bytes | None]:
        """What the edits make of their files, computed anew as `apply` does."""
        with ConfigRepository.open(self.repository.path) as config:
            head = self.repository.head
            files = {edit.path: config.read(head, edit.path) for edit in proposal.edits}
            return recompute(proposal.edits, files, config)

    @staticmethod
    def changed_lines(proposal: Proposal) -> dict[str, list[str]]:
        """The lines that go and come, by file."""
        return {
            edit.path: [line for line in edit.diff.splitlines()[2:] if line[:1] in ("+", "-")]
            for edit in proposal.edits
        }


def crash(
    application: Application,
    *,
    born: datetime | None = None,
    since: datetime | None = None,
    workload: str = "",
    kind: str = "Deployment",
    fields: Iterable[str] = (TEMPLATE,),
    older_healthy: int = 0,
    restarts: int = 4,
    rule: str = "release-crash",
    pod: str = "x1",
) -> Diagnosis:
    """Pods of the newest generation crash: it was made at `born` and has failed since `since` (default: as long)."""
    name = workload or application.name
    key = ResourceKey("apps", kind, application.spec.destination.namespace, name)
    generations = [Generation(name=f"{name}-2", created=born, revision=2, pods=1)]
    if older_healthy:
        generations.append(Generation(name=f"{name}-1", revision=1, pods=older_healthy, healthy_pods=older_healthy))
    signal = ContainerFailing(
        application=application.name,
        resource=ResourceKey("", "Pod", key.namespace, f"{name}-2-{pod}"),
        workload=key,
        container="app",
        restarts=restarts,
        since=since or born,
    )
    incident = Incident(
        application=application,
        trouble=Trouble.RUNTIME,
        resource=key,
        signals=(signal,),
        since=since or born,
        workload=Workload(key=key, generations=tuple(generations)) if born else None,
    )
    return diagnosed(incident, RevertRelease(resource=key, fields=tuple(fields)), rule)


def diagnosed(incident: Incident, remedy: Remedy, rule: str) -> Diagnosis:
    return Diagnosis(
        incident=incident, rule=rule, cause_class=rule, cause="it fails", evidence=(), confidence=90, remedy=remedy
    )


def unrendered(application: Application, since: datetime | None = None) -> Diagnosis:
    """Argo CD cannot render the Application."""
    signal = RenderFailing(application=application.name, resource=application.key, message="failed", since=since)
    incident = Incident(
        application=application, trouble=Trouble.RENDER, resource=application.key, signals=(signal,), since=since
    )
    return diagnosed(incident, RevertRelease(), "render-failure")


def refused(application: Application, resource: ResourceKey, revision: str, *fields: str) -> Diagnosis:
    """The cluster refuses an object."""
    signal = SyncRefused(application=application.name, resource=resource, message="invalid", revision=revision)
    incident = Incident(application=application, trouble=Trouble.SYNC, resource=resource, signals=(signal,))
    return diagnosed(incident, RevertRelease(resource=resource, fields=fields), "sync-invalid-value")
