"""Charts that render otherwise each time: chance is blamed for nothing and fools no proof."""

from __future__ import annotations

from tests.support.estate import Estate
from tests.support.manifests import CHART, CHART_DEPLOYMENT

RANDOM = CHART_DEPLOYMENT.replace(
    "  template:\n", "  template:\n    metadata:\n      annotations:\n        rollme: {{ randAlphaNum 8 | quote }}\n"
)
SECRET = (
    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ .Release.Name }}\nstringData:\n"
    '  password: {{ randAlphaNum 20 | quote }}\n  at: {{ now | date "150405.000000000" | quote }}\n'
)


def chart(folder: str, template: str = RANDOM) -> dict[str, str | bytes | None]:
    return {
        f"{folder}/Chart.yaml": CHART,
        f"{folder}/templates/app.yaml": template,
        f"{folder}/templates/secret.yaml": SECRET,
    }


def test_what_chance_moves_is_left_out_of_the_proof(charted: Estate) -> None:
    good = charted.commit({**chart("shop"), "shop/values.yaml": "image: app:1\n"})
    bad = charted.commit({"shop/values.yaml": "image: app:2\n"})
    charted.application("shop", good, bad)
    proposal = charted.one(charted.crash("shop"))
    assert proposal.refusal == ""
    [rendered] = proposal.rendered
    assert [field.label for change in rendered.objects for field in change.fields] == [
        "spec.template.spec.containers[app].image"
    ]


def test_a_commit_that_moved_nothing_but_chance_is_not_blamed(charted: Estate) -> None:
    good = charted.commit({**chart("shop"), "shop/values.yaml": "image: app:1\n"})
    bad = charted.commit({"shop/README.md": "the shop\n"})
    charted.application("shop", good, bad)
    proposal = charted.one(charted.crash("shop"))
    assert proposal.edits == ()
    assert "nothing that Deployment shop/shop is made of changed" in proposal.refusal


def test_a_healthy_reader_with_chance_in_it_is_not_held_to_move(charted: Estate) -> None:
    good = charted.commit({**chart("web"), "web/values.yaml": "image: app:1\n", "own.yaml": "image: app:9\n"})
    bad = charted.commit({"web/values.yaml": "image: app:2\n"})
    charted.application("shop", good, bad, path="web")
    charted.application("healthy", good, bad, path="web", helm={"valueFiles": ["/own.yaml"]})
    proposal = charted.one(charted.crash("shop"))
    assert proposal.refusal == ""
    assert proposal.readers == ("healthy",)


def test_a_healthy_reader_that_moves_besides_chance_still_stops_the_edit(charted: Estate) -> None:
    good = charted.commit({**chart("web"), "web/values.yaml": "image: app:1\n"})
    bad = charted.commit({"web/values.yaml": "image: app:2\n"})
    charted.application("shop", good, bad, path="web")
    charted.application("healthy", good, bad, path="web")
    assert "would also change healthy" in charted.one(charted.crash("shop")).refusal


def test_an_object_with_another_name_each_time_is_refused_by_name(charted: Estate) -> None:
    job = "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: migrate-{{ randAlphaNum 5 | lower }}\nspec: {}\n"
    good = charted.commit({**chart("shop"), "shop/templates/job.yaml": job, "shop/values.yaml": "image: app:1\n"})
    bad = charted.commit({"shop/values.yaml": "image: app:2\n"})
    charted.application("shop", good, bad)
    proposal = charted.one(charted.crash("shop"))
    assert proposal.edits == ()
    assert "shop renders a Job under another name each time" in proposal.refusal


def test_files_and_fields_that_move_nothing_but_chance_do_not_go_back(charted: Estate) -> None:
    template = RANDOM.replace(".Values.image", "(index .Values .Release.Name)")
    files = {**chart("web", template), "web/README.md": "1\n", "web/values.yaml": "shop: app:1\ncart: app:1\n"}
    good = charted.commit(files)
    bad = charted.commit({"web/README.md": "2\n", "web/values.yaml": "shop: app:2\ncart: app:2\n"})
    for name in ("shop", "cart"):
        charted.application(name, good, bad, path="web")
    proposal = charted.one(charted.crash("shop"))
    assert proposal.refusal == ""
    assert charted.after(proposal) == {"web/values.yaml": b"shop: app:1\ncart: app:2\n"}
