"""Field by field: what the culprit changed is found where it stands today, under other elements and other documents."""

from __future__ import annotations

from tests.support.estate import Estate, refused
from tests.support.manifests import deployment

KUSTOMIZATION = "resources: [app.yaml]\nimages:\n{}"


def image(name: str, tag: str, comment: str = "") -> str:
    return f"  - name: {name}\n    newTag: {tag}{comment}\n"


def overlaid(estate: Estate, good: str, bad: str, now: str) -> dict[str, bytes | None]:
    app = deployment("shop", "shop") + "        - name: side\n          image: side\n"
    first = estate.commit({"shop/kustomization.yaml": KUSTOMIZATION.format(good), "shop/app.yaml": app})
    second = estate.commit({"shop/kustomization.yaml": KUSTOMIZATION.format(bad)})
    estate.application("shop", first, second)
    estate.commit({"shop/kustomization.yaml": KUSTOMIZATION.format(now)})
    proposal = estate.one(estate.crash("shop"))
    assert proposal.refusal == ""
    return estate.after(proposal)


def test_an_element_that_moved_in_its_list_is_found_by_its_name(charted: Estate) -> None:
    after = overlaid(
        charted,
        image("shop", "v1"),
        image("shop", "v2"),
        image("side", "v2") + image("shop", "v2", "  # from ci"),
    )
    wanted = KUSTOMIZATION.format(image("side", "v2") + image("shop", "v1", "  # from ci"))
    assert after == {"shop/kustomization.yaml": wanted.encode()}


def test_an_element_that_the_culprit_removed_comes_back_beside_what_came_since(charted: Estate) -> None:
    after = overlaid(charted, image("shop", "v1"), image("none", "v1"), image("none", "v1") + image("side", "v2"))
    assert after["shop/kustomization.yaml"] is not None
    assert b"  - name: shop\n    newTag: v1\n" in after["shop/kustomization.yaml"]
    assert b"side" in after["shop/kustomization.yaml"]


def test_a_field_that_is_there_again_is_not_added_twice(estate: Estate) -> None:
    probe = "livenessProbe:\n  httpGet: {path: /, port: 80}\n"
    good = estate.commit({"shop/app.yaml": deployment("shop", extra=probe)})
    bad = estate.commit({"shop/app.yaml": deployment("shop", "app:2")})
    estate.application("shop", good, bad)
    diagnosis = estate.crash("shop")
    estate.commit({"shop/app.yaml": deployment("shop", "app:2", extra=probe.replace("80", "81"))})
    proposal = estate.one(diagnosis)
    assert proposal.edits == ()


def test_several_elements_that_the_culprit_added_go_together(estate: Estate) -> None:
    more = "args:\n  - --a\n  - --b\n  - --c\n"
    good = estate.commit({"shop/app.yaml": deployment("shop", extra="args:\n  - --a\n")})
    bad = estate.commit({"shop/app.yaml": deployment("shop", extra=more)})
    estate.application("shop", good, bad)
    diagnosis = estate.crash("shop")
    estate.commit({"shop/app.yaml": deployment("shop", extra=more.replace("--c", "--c   # why"))})
    proposal = estate.one(diagnosis)
    assert proposal.refusal == ""
    assert estate.after(proposal) == {"shop/app.yaml": deployment("shop", extra="args:\n  - --a\n").encode()}


def test_the_document_is_found_by_its_name_when_others_came_before_it(estate: Estate) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop")})
    bad = estate.commit({"shop/app.yaml": deployment("shop", "app:2")})
    estate.application("shop", good, bad)
    diagnosis = estate.crash("shop")
    estate.commit({"shop/app.yaml": deployment("first", "app:2") + "---\n" + deployment("shop", "app:2 # ci")})
    proposal = estate.one(diagnosis)
    assert proposal.refusal == ""
    wanted = deployment("first", "app:2") + "---\n" + deployment("shop", "app:1 # ci")
    assert estate.after(proposal) == {"shop/app.yaml": wanted.encode()}


def test_a_field_that_two_culprits_moved_gets_its_last_good_value(estate: Estate) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop")})
    estate.commit({"shop/app.yaml": deployment("shop", "app:2")})
    bad = estate.commit({"shop/app.yaml": deployment("shop", "app:3")})
    estate.application("shop", good, bad)
    diagnosis = estate.crash("shop")
    estate.commit({"shop/app.yaml": deployment("shop", "app:3 # ci")})
    proposal = estate.one(diagnosis)
    assert estate.changed_lines(proposal) == {
        "shop/app.yaml": ["-          image: app:3 # ci", "+          image: app:1 # ci"]
    }


def test_a_field_of_a_file_that_was_moved_since_goes_back_where_it_stands_now(estate: Estate) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop")})
    bad = estate.commit({"shop/app.yaml": deployment("shop", replicas=-1)})
    application = estate.application("shop", good)
    estate.commit({"shop/app.yaml": None, "shop/deployment.yaml": deployment("shop", replicas=-1)})
    diagnosis = refused(application, estate.crash("shop").incident.resource, bad, "/spec/replicas")
    proposal = estate.one(diagnosis)
    assert estate.changed_lines(proposal) == {"shop/deployment.yaml": ["-  replicas: -1", "+  replicas: 1"]}
