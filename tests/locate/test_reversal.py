"""Taking back lines: what came later stays, byte for byte; what cannot go back is refused by name."""

from __future__ import annotations

import os

import pytest

from gitops_bot.model.plan import HunkReversal
from tests.support.estate import Estate
from tests.support.manifests import deployment

TALL = """\
# the shop
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  replicas: 1   # one is enough
  template:
    spec:
      terminationGracePeriodSeconds: 30
      dnsPolicy: ClusterFirst
      containers:
        - name: app
          image: "app:1"   # {"$imagepolicy": "x"}
"""
BAD = TALL.replace('"app:1"', '"app:2"')


def deploy(estate: Estate, before: str | bytes, after: str | bytes, later: str | bytes | None = None) -> None:
    good = estate.commit({"shop/app.yaml": before})
    bad = estate.commit({"shop/app.yaml": after})
    estate.application("shop", good, bad)
    if later is not None:
        estate.commit({"shop/app.yaml": later})


@pytest.mark.parametrize(
    "form",
    [
        lambda text: text.encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.rstrip("\n").encode(),
        lambda text: text.replace("the shop", "der Läden größter").encode(),
    ],
    ids=["plain", "crlf", "bom", "no-final-newline", "umlauts"],
)
def test_later_lines_comments_and_line_ends_stay(estate: Estate, form) -> None:  # type: ignore[no-untyped-def]
    scaled = ("replicas: 1 ", "replicas: 3 ")
    deploy(estate, form(TALL), form(BAD), form(BAD.replace(*scaled)))
    proposal = estate.one(estate.crash("shop"))
    assert proposal.refusal == ""
    assert isinstance(proposal.edits[0].change, HunkReversal)
    assert estate.after(proposal)["shop/app.yaml"] == form(TALL.replace(*scaled))


def test_lines_changed_again_are_taken_back_field_by_field_where_the_value_still_stands(estate: Estate) -> None:
    image, comment = '"app:2"   # {"$imagepolicy": "x"}', '"app:2"   # bumped'
    deploy(estate, TALL, BAD, BAD.replace(image, comment))
    proposal = estate.one(estate.crash("shop"))
    assert proposal.refusal == ""
    assert (
        estate.after(proposal)["shop/app.yaml"]
        == TALL.replace('"app:1"   # {"$imagepolicy": "x"}', '"app:1"   # bumped').encode()
    )


def test_an_added_file_goes_and_a_removed_one_comes_back(estate: Estate) -> None:
    new = deployment("shop").replace("name: shop", "name: extra")
    good = estate.commit({"shop/app.yaml": deployment("shop"), "shop/old.yaml": new.replace("extra", "old")})
    bad = estate.commit({"shop/app.yaml": deployment("shop", "app:2"), "shop/new.yaml": new, "shop/old.yaml": None})
    estate.application("shop", good, bad)
    proposal = estate.one(estate.crash("shop"))
    assert proposal.refusal == ""
    assert estate.after(proposal) == {
        "shop/app.yaml": deployment("shop").encode(),
        "shop/new.yaml": None,
        "shop/old.yaml": new.replace("extra", "old").encode(),
    }


def test_a_renamed_file_goes_back_to_its_name_when_its_content_changed_too(estate: Estate) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop")})
    bad = estate.commit({"shop/app.yaml": None, "shop/deployment.yaml": deployment("shop", "app:2")})
    estate.application("shop", good, bad)
    proposal = estate.one(estate.crash("shop"))
    assert proposal.refusal == ""
    assert estate.after(proposal) == {"shop/app.yaml": deployment("shop").encode(), "shop/deployment.yaml": None}


def test_a_file_added_by_the_culprit_and_changed_since_is_refused_by_name(estate: Estate) -> None:
    good = estate.commit({"shop/x.yaml": deployment("x")})
    bad = estate.commit({"shop/x.yaml": None, "shop/app.yaml": deployment("shop", "app:2")})
    estate.application("shop", good, bad)
    diagnosis = estate.crash("shop")
    estate.commit({"shop/app.yaml": deployment("shop", "app:2", replicas=2)})
    proposal = estate.one(diagnosis)
    assert proposal.edits == ()
    assert "shop/app.yaml was added, removed or replaced after" in proposal.refusal


def test_a_file_that_did_not_matter_and_was_changed_since_holds_nothing_up(charted: Estate) -> None:
    chart = {
        "shop/Chart.yaml": "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
        "shop/templates/app.yaml": deployment("shop", "{{ .Values.image }}"),
    }
    good = charted.commit({**chart, "shop/values.yaml": "image: app:1\n", "shop/README.md": "image: app:1\n"})
    bad = charted.commit({"shop/values.yaml": "image: app:2\n", "shop/README.md": "image: app:2\n"})
    charted.application("shop", good, bad)
    diagnosis = charted.crash("shop")
    charted.commit({"shop/README.md": "The image is app:2.\n"})
    proposal = charted.one(diagnosis)
    assert proposal.refusal == ""
    assert charted.changed_lines(proposal) == {"shop/values.yaml": ["-image: app:2", "+image: app:1"]}


def test_a_binary_file_goes_back_whole_and_is_not_shown_as_text(charted: Estate) -> None:
    kustomization = "resources: [app.yaml]\nconfigMapGenerator:\n  - name: logo\n    files: [logo.bin]\n"
    app = deployment("shop", extra="envFrom:\n  - configMapRef:\n      name: logo\n")
    good = charted.commit(
        {"shop/kustomization.yaml": kustomization, "shop/app.yaml": app, "shop/logo.bin": b"\x00\x01\xff"}
    )
    bad = charted.commit({"shop/logo.bin": b"\x00\x02\xff"})
    charted.application("shop", good, bad)
    proposal = charted.one(charted.crash("shop"))
    assert proposal.refusal == ""
    assert proposal.edits[0].diff == "Binary files a/shop/logo.bin and b/shop/logo.bin differ\n"
    assert charted.after(proposal) == {"shop/logo.bin": b"\x00\x01\xff"}


def test_a_file_whose_name_is_not_utf8_is_refused_in_words_that_can_be_printed(estate: Estate) -> None:
    name = os.fsdecode(b"shop/caf\xe9.yaml")
    good = estate.commit({name: deployment("shop")})
    bad = estate.commit({name: deployment("shop", "app:2")})
    estate.application("shop", good, bad)
    proposal = estate.one(estate.crash("shop"))
    assert proposal.edits == ()
    assert r"the name of shop/caf\xe9.yaml is not UTF-8" in proposal.refusal
    assert proposal.refusal.encode()


def test_names_with_spaces_quotes_and_umlauts_are_names(estate: Estate) -> None:
    name = 'shop/größe "a" b.yaml'
    good = estate.commit({name: deployment("shop")})
    bad = estate.commit({name: deployment("shop", "app:2")})
    estate.application("shop", good, bad)
    assert estate.after(estate.one(estate.crash("shop"))) == {name: deployment("shop").encode()}


SECRET = """\
apiVersion: v1
kind: Secret
metadata:
  name: login
stringData:
  password: ENC[AES256_GCM,data:{data},iv:aaaa,tag:bbbb,type:str]
sops:
  lastmodified: "2026-11-23T00:00:00Z"
  mac: ENC[AES256_GCM,data:cccc,iv:dddd,tag:eeee,type:str]
  version: 3.9.0
"""


def test_an_encrypted_file_is_refused_by_name(estate: Estate) -> None:
    app = deployment("shop", extra="envFrom:\n  - secretRef:\n      name: login\n")
    good = estate.commit({"shop/app.yaml": app, "shop/secret.yaml": SECRET.replace("{data}", "aaaa")})
    bad = estate.commit({"shop/secret.yaml": SECRET.replace("{data}", "bbbb")})
    estate.application("shop", good, bad)
    proposal = estate.one(estate.crash("shop"))
    assert proposal.edits == ()
    assert "shop/secret.yaml is encrypted with SOPS" in proposal.refusal
    assert "may be revoked" in proposal.refusal
