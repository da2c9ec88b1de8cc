"""Candidates made by hand, for proofs."""

from __future__ import annotations

from gitops_bot.clients.editing import make_edit
from gitops_bot.clients.fleet import Fleet
from gitops_bot.model.difference import FieldChange, ObjectChange
from gitops_bot.model.plan import FieldPatch, Operation
from gitops_bot.model.proposal import Candidate, Intent
from gitops_bot.model.resource import ResourceKey

IMAGE = "/spec/template/spec/containers/0/image"
IMAGE_LABEL = "spec.template.spec.containers[app].image"


def replacing(fleet: Fleet, subject: str, path: str, intent: Intent, **fields: object) -> Candidate:
    """A candidate that replaces fields (`spec/replicas` as `spec__replicas`) of a file's first document."""
    operations = tuple(
        Operation(op="replace", path="/" + name.replace("__", "/"), value=value)  # type: ignore[arg-type]
        for name, value in fields.items()
    )
    before = fleet.repository.read(fleet.commit, path)
    edit, after = make_edit(path, before, FieldPatch(document=0, operations=operations), fleet.repository)
    return Candidate(subject=subject, edits=(edit,), contents={path: after}, intent=intent)


def suspect(name: str, label: str = IMAGE_LABEL) -> ObjectChange:
    """The image of the Deployment `name` in the namespace of the same name."""
    return ObjectChange(ResourceKey("apps", "Deployment", name, name), (FieldChange(IMAGE, label, "app:1", "app:2"),))
