"""The plan as a file: written once, read strictly. Its JSON schema is `docs/schema/plan.json`.

`digest` is the SHA-256 of the document as it is written with an empty digest: one byte that is different, and the plan
is refused. It guards against damage. Against a forger who makes a new digest the job that plans tells it as an output,
by another way than the file; and `apply` makes everything in the plan anew that can be.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

import msgspec

from gitops_bot.errors import PlanRefused
from gitops_bot.model.json import Json
from gitops_bot.model.plan import Plan

LARGEST = 32 * 1024 * 1024
SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"


def encode_plan(plan: Plan) -> bytes:
    """Return the document: JSON, indented, keys in the order of the schema, times in UTC."""
    return _encoded(msgspec.structs.replace(plan, digest=digest_of(plan)))


def _encoded(plan: Plan) -> bytes:
    return msgspec.json.format(msgspec.json.encode(plan), indent=2) + b"\n"


def digest_of(plan: Plan) -> str:
    """Return the digest that the document of a plan bears."""
    return hashlib.sha256(_encoded(msgspec.structs.replace(plan, digest=""))).hexdigest()


def write_plan(plan: Plan, path: Path) -> None:
    """Write the document whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(encode_plan(plan))
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def read_plan(path: Path, digest: str = "") -> Plan:
    """Read and check the document. Raises PlanRefused where it is missing, too large, no JSON, or not of the schema.

    `digest` is what the planning job said of it by another way, empty where it said nothing.
    """
    try:
        size = path.stat().st_size
        source = path.read_bytes() if size <= LARGEST else b""
    except OSError as error:
        raise PlanRefused(
            "the plan cannot be read",
            where=str(path),
            found=error.strerror or str(error),
            advice="Make one with `gitops-bot plan --output PATH`.",
        ) from None
    if size > LARGEST:
        raise PlanRefused(
            "the plan is too large", where=str(path), found=f"{size} bytes", expected=f"at most {LARGEST}"
        )
    return decode_plan(source, str(path), digest)


def decode_plan(source: bytes, name: str, digest: str = "") -> Plan:
    """Decode the document's bytes strictly. Raises PlanRefused with the place at fault."""
    try:
        plan = msgspec.json.decode(source, type=Plan)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PlanRefused(
            "the plan is not one of ours",
            where=name,
            found=str(error),
            expected="a document of docs/schema/plan.json, version 1, as `gitops-bot plan` wrote it",
            advice="Nothing was written. Plan again.",
        ) from None
    if encode_plan(plan) != source:
        raise PlanRefused(
            "the plan was changed after it was made",
            where=name,
            found=f"a document whose digest is {digest_of(plan)[:12]}",
            expected=f"the one that it names, {plan.digest[:12] or 'none'}, byte for byte",
            advice="Nothing was written. Plan again, and hand the file on as it is.",
        )
    if digest and digest != plan.digest:
        raise PlanRefused(
            "the plan is not the one that was announced",
            where=name,
            found=plan.digest[:12],
            expected=f"{digest[:12]}, as the planning job's output `plan-digest` says",
            advice="Nothing was written. Look at who can write this workflow's artifacts.",
        )
    return plan


def plan_schema() -> dict[str, Json]:
    """Return the JSON schema of the document."""
    schema: dict[str, Json] = msgspec.json.schema(Plan)
    return {"$schema": SCHEMA_ID, "title": "gitops-bot plan", **schema}
