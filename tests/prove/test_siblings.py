"""Of many Applications that one file declares, an edit of one renders no other: what they are made of stays."""

from __future__ import annotations

from gitops_bot.model.proposal import Candidate, FieldsBecome, Proof
from gitops_bot.model.resource import ResourceKey
from gitops_bot.prove import prove
from tests.support.candidates import IMAGE
from tests.support.estate import Estate
from tests.support.families import FAMILY, VALUES, child, values
from tests.support.manifests import CHART_DEPLOYMENT

NAMES = ("shop", "cart", "mail", "news")


def proven(estate: Estate, after: dict[str, str], **healthy: str) -> tuple[Proof, int]:
    """Prove that app:2 of the shop becomes app:1; return the proof, and how many renders it took."""
    images = dict.fromkeys(NAMES, "app:1") | {"shop": "app:2"} | healthy
    good = estate.commit({**FAMILY, VALUES: values(**images)})
    estate.application("estate", good)
    for name, image in images.items():
        child(estate, name, good, image=image)
    fleet = estate.fleet()
    fleet.search_definition(fleet.applications["shop"])
    intent = FieldsBecome(resource=ResourceKey("apps", "Deployment", "shop", "shop"), values=((IMAGE, "app:1"),))
    contents: dict[str, bytes | None] = {path: content.encode() for path, content in after.items()}
    proof = prove(fleet, Candidate(subject="shop", edits=(), contents=contents, intent=intent), {})
    return proof, fleet.renderer.render_count


def test_siblings_that_are_declared_as_before_are_named_and_not_rendered(charted: Estate) -> None:
    proof, renders = proven(charted, {VALUES: values(**dict.fromkeys(NAMES, "app:1"))})
    assert proof.refusal == ""
    assert proof.moved == ("shop", "estate")
    assert proof.readers == ("cart", "mail", "news")
    assert proof.checks[0].detail.endswith("the edited files declare cart, mail, news too, and as before")
    # Two of the parent, two of the child, and one of each to see what varies by chance.
    assert renders == 6


def test_a_sibling_that_is_declared_otherwise_is_rendered_and_refuses_the_edit(charted: Estate) -> None:
    proof, _ = proven(charted, {VALUES: values(**{**dict.fromkeys(NAMES, "app:1"), "mail": "app:9"})})
    assert proof.refusal == "the edit would also change estate, mail, where nothing is wrong"
    assert proof.readers == ("cart", "news")


def test_a_sibling_that_reads_an_edited_file_itself_is_rendered(charted: Estate) -> None:
    template = CHART_DEPLOYMENT.replace("default 1", "default 2")
    after = {VALUES: values(**dict.fromkeys(NAMES, "app:1")), "web/templates/app.yaml": template}
    proof, _ = proven(charted, after)
    assert "would also change cart, mail, news" in proof.refusal


def test_a_sibling_that_is_not_declared_any_more_is_no_bystander(charted: Estate) -> None:
    left = {name: "app:1" for name in NAMES if name != "news"}
    proof, _ = proven(charted, {VALUES: values(**left)})
    assert "news" in proof.refusal
