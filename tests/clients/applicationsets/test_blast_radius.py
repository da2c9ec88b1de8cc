"""Who is touched by an edit of an ApplicationSet, or of a file that it is made of."""

from __future__ import annotations

import pytest

from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering import NotRenderable
from gitops_bot.model.proposal import Candidate, FieldsBecome
from gitops_bot.model.resource import ResourceKey
from gitops_bot.prove import prove
from tests.clients.applicationsets.edge import FILES, OWN, ROOT_APPLICATION, SET, MakeFleet, learned, live


def test_readers_of_a_generators_file_are_all_that_are_generated(fleet_of: MakeFleet) -> None:
    fleet = fleet_of(live("us"), live("eu"), ROOT_APPLICATION)
    assert [one.name for one in fleet.readers(["regions/us.json"])] == ["edge-eu", "edge-us"]
    assert [one.name for one in fleet.readers(["sets/edge.yaml"])] == ["edge-eu", "edge-us", "root"]
    assert [one.name for one in fleet.readers(["sites/two/map.yaml"])] == []
    assert [one.name for one in fleet.readers(["README.md"])] == []


def test_a_directory_counts_only_when_it_comes_or_goes(fleet_of: MakeFleet) -> None:
    generator = f"git: {{repoURL: '{OWN}', revision: main, directories: [{{path: sites/*}}]}}"
    body = SET.replace("GENERATOR", generator).replace(".region", ".path.basename").replace(".site", ".path.basename")
    fleet = fleet_of(live("one"), live("two", "two"), files={**FILES, "sets/edge.yaml": body, "sites/one/b.yaml": ""})
    assert [one.name for one in fleet.readers(["sites/one/map.yaml"])] == ["edge-one"]
    assert [one.name for one in fleet.readers(["sites/two/map.yaml"])] == ["edge-one", "edge-two"]
    assert [one.name for one in fleet.readers(["sites/three/map.yaml"])] == ["edge-one", "edge-two"]


def test_a_chart_from_elsewhere_is_a_reader_of_what_it_is_made_of(fleet_of: MakeFleet) -> None:
    body = FILES["sets/edge.yaml"].replace("path: 'sites/{{ .site }}'", "chart: web").replace(OWN, "https://charts", 2)
    body = body.replace("repoURL: 'https://charts'", f"repoURL: '{OWN}'", 1)
    chart = live("us", repoURL="https://charts", chart="web", path="")
    fleet = fleet_of(
        chart, live("eu", repoURL="https://charts", chart="web", path=""), files={**FILES, "sets/edge.yaml": body}
    )
    assert [one.name for one in fleet.readers(["regions/us.json"])] == ["edge-us"]
    assert [one.name for one in fleet.readers(["sets/edge.yaml"])] == ["edge-eu", "edge-us"]
    with pytest.raises(NotRenderable, match="registry"):
        fleet.render(fleet.applications["edge-us"])


def test_reads_are_the_sources_the_manifest_and_the_file_it_is_made_of(fleet_of: MakeFleet) -> None:
    fleet = fleet_of(live("us"), live("eu"))
    reads = fleet.reads(learned(fleet, "edge-us"))
    assert reads is not None
    covered = [path for path in FILES if reads.covers(path)]
    assert covered == ["sets/edge.yaml", "regions/us.json", "sites/one/map.yaml"]


def becomes(fleet: Fleet, contents: dict[str, bytes | None], region: str) -> Candidate:
    """A candidate that gives the ConfigMap of one region the other site."""
    resource = ResourceKey("", "ConfigMap", f"edge-{region}", "which")
    intent = FieldsBecome(resource=resource, values=(("/data/site", "two"),))
    fleet.search_definition(fleet.applications[f"edge-{region}"])
    return Candidate(subject=f"edge-{region}", edits=(), contents=contents, intent=intent)


def test_an_edit_of_one_generators_file_is_proven(fleet_of: MakeFleet) -> None:
    fleet = fleet_of(live("us"), live("eu"), ROOT_APPLICATION)
    proof = prove(fleet, becomes(fleet, {"regions/us.json": b'{"region": "us", "site": "two"}'}, "us"), {})
    assert not proof.refusal
    assert (proof.moved, proof.readers) == (("edge-us",), ("edge-eu",))


def test_an_edit_of_the_template_moves_more_than_it_may(fleet_of: MakeFleet) -> None:
    fleet = fleet_of(live("us"), live("eu"), ROOT_APPLICATION)
    body = FILES["sets/edge.yaml"].replace("sites/{{ .site }}", "sites/two")
    proof = prove(fleet, becomes(fleet, {"sets/edge.yaml": body.encode()}, "us"), {})
    assert "would also change edge-eu, where" in proof.refusal


def test_an_edit_of_a_list_in_the_manifest_is_proven_with_its_parent(fleet_of: MakeFleet) -> None:
    elements = "list: {elements: [{region: us, site: one}, {region: eu, site: one}]}"
    body = SET.replace("GENERATOR", elements)
    fleet = fleet_of(live("us"), live("eu"), ROOT_APPLICATION, files={**FILES, "sets/edge.yaml": body})
    changed = body.replace("{region: us, site: one}", "{region: us, site: two}")
    proof = prove(fleet, becomes(fleet, {"sets/edge.yaml": changed.encode()}, "us"), {})
    assert not proof.refusal
    assert (proof.moved, proof.readers) == (("edge-us", "root"), ("edge-eu",))
