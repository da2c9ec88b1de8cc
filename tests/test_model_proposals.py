"""From a model's answer to a proposal: located, proven, judged, worded and checked again like any other."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from msgspec.structs import replace

from gitops_bot.act import Context, compose
from gitops_bot.guard import Policy, judge
from gitops_bot.model.diagnosis import MODEL, Diagnosis, case_of
from gitops_bot.model.incident import Incident, Trouble
from gitops_bot.model.json import Json
from gitops_bot.model.plan import Remediation, Tier
from gitops_bot.model.proposal import Proposal
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import WorkloadUnhealthy
from gitops_bot.reason import diagnose
from tests.reason.agent.examples import MEMORY, answer, ask, set_field
from tests.support.estate import Estate
from tests.support.fixtures import estate
from tests.support.manifests import deployment
from tests.support.scripted import ScriptedModel, says

__all__ = ["estate"]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LIMITED = "resources:\n  limits:\n    memory: 500Mi\n"
CONTEXT = Context(server_url="https://forge.example", repository="acme/fleet", branch="main", commit="c" * 40)


def opened(made: Estate) -> Diagnosis:
    """What rules make of a Deployment that is not healthy for a reason that they do not know."""
    commit = made.commit({"shop/app.yaml": deployment("shop", extra=LIMITED), "other/app.yaml": deployment("other")})
    application = made.application("shop", commit)
    made.application("other", commit)
    resource = ResourceKey("apps", "Deployment", "shop", "shop")
    signal = WorkloadUnhealthy(application="shop", resource=resource, health="Degraded", message="a strange state")
    incident = Incident(application=application, trouble=Trouble.HEALTH, resource=resource, signals=(signal,))
    return diagnose(incident)


def concluded(before: Diagnosis, remedy: dict[str, Json], action: str = "pr_only", **changes: Json) -> Diagnosis:
    said = answer(remedy, action, evidence=["E1"], cause_class="out-of-memory", **changes)
    return ask(ScriptedModel(says(said)), about=before).diagnoses[0]


def more_memory(value: str) -> dict[str, Json]:
    return set_field(MEMORY, value, "apps/Deployment/shop/shop")


@pytest.mark.parametrize(("value", "tier"), [("600Mi", Tier.AUTO_MERGE), ("2Gi", Tier.APPROVE)])
def test_a_field_is_set_where_git_sets_it_and_nothing_else_moves(estate: Estate, value: str, tier: Tier) -> None:
    proposal = estate.one(concluded(opened(estate), more_memory(value)))
    assert proposal.refusal == ""
    assert estate.changed_lines(proposal) == {
        "shop/app.yaml": ["-              memory: 500Mi", f"+              memory: {value}"]
    }
    assert [one.application for one in proposal.rendered] == ["shop"]
    assert judge(proposal, Policy(), (), NOW).tier is tier


def test_a_field_that_nothing_renders_is_refused_by_the_proof(estate: Estate) -> None:
    elsewhere = MEMORY.replace("containers/0", "containers/7")
    proposal = estate.one(concluded(opened(estate), set_field(elsewhere, "1Gi", "apps/Deployment/shop/shop")))
    assert proposal.edits == ()
    assert proposal.refusal
    assert judge(proposal, Policy(), (), NOW).tier is Tier.ESCALATE


def test_the_name_of_the_cause_stays_whatever_the_model_calls_it_and_wants(estate: Estate) -> None:
    before = opened(estate)
    (alone,) = {case.named for case in estate.one(before).cases}
    for said in (
        concluded(before, more_memory("600Mi")),
        concluded(before, more_memory("700Mi"), diagnosis="another sentence"),
        concluded(before, {"kind": "escalate", "reason": "look"}, "escalate"),
    ):
        assert said.rule == MODEL
        assert {case.named for case in estate.one(said).cases} == {alone}
    first, second = (estate.one(concluded(before, more_memory(value))).fingerprint for value in ("600Mi", "700Mi"))
    assert first == second


def test_the_plan_holds_it_and_the_same_words_come_of_the_facts_again(estate: Estate) -> None:
    proposal = estate.one(concluded(opened(estate), more_memory("600Mi")))
    verdict = judge(proposal, Policy(), (), NOW)
    made = compose(proposal, verdict, CONTEXT)
    read = msgspec.json.decode(msgspec.json.encode(made), type=Remediation)
    assert read == made
    assert read.cases[0].advice is not None
    facts = Proposal(**{name: getattr(read, name) for name in Proposal.__struct_fields__})
    assert compose(facts, verdict, CONTEXT) == made
    assert "**Price:** $0.0020 (1 call, 1,200 tokens)" in made.body


def test_a_case_says_that_a_model_concluded_it(estate: Estate) -> None:
    before = opened(estate)
    assert not case_of(before).by_model
    found = concluded(before, more_memory("600Mi"))
    assert case_of(found).by_model
    assert case_of(replace(found, advice=None)).by_model
