"""A body stays below 60,000 bytes whatever goes in, and says what was cut."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitops_bot.act import compose
from gitops_bot.act.texts.body import LARGEST
from gitops_bot.marker import read_marker
from gitops_bot.model.diagnosis import Evidence
from gitops_bot.model.difference import FieldChange, ObjectChange
from gitops_bot.model.plan import Check, RenderedChange, Tier
from gitops_bot.model.proposal import Proposal
from gitops_bot.model.resource import ResourceKey
from tests.act import markdown
from tests.act.examples import CATALOG, CONTEXT, application, diagnosis, edit, rollback, verdict

# One sign of each width in UTF-8, and those that grow when they are made harmless.
SIGNS = ["a", "é", "漢", "🚢", "@", "`", "|", "\u202e", "\n", "<", "-"]


def huge(sign: str, count: int, length: int) -> Proposal:
    words = sign * length
    found = tuple(
        diagnosis(
            application=application(f"{number}{words}"),
            cause=f"{number} {words}",
            evidence=tuple(Evidence(signal=f"{number}", value=words, where=words) for number in range(count)),
        )
        for number in range(min(count, 40))
    )
    fields = tuple(FieldChange(f"/spec/{number}", f"{number}{words}", words, None) for number in range(count))
    return rollback(
        diagnoses=found,
        edits=tuple(edit(f"{number}{words}", words) for number in range(count)),
        rendered=tuple(RenderedChange(application=words, objects=(ObjectChange(CATALOG, fields),)) for _ in range(3)),
        readers=tuple(f"{number}{words}" for number in range(count)),
        how=words,
    )


@pytest.mark.parametrize("tier", [Tier.APPROVE, Tier.ESCALATE])
@pytest.mark.parametrize("sign", SIGNS)
def test_the_largest_input_of_every_width_fits(sign: str, tier: Tier) -> None:
    checks = tuple(Check(name=sign * 500, passed=False, detail=sign * 5_000, lift=sign * 5_000) for _ in range(100))
    result = compose(huge(sign, 100, 2_000), verdict(tier, *checks), CONTEXT)
    assert len(result.body.encode()) <= LARGEST
    assert len(result.body) <= 65_536
    assert read_marker(result.body) is not None
    assert len(result.title) <= 256


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(SIGNS), st.integers(0, 60), st.integers(0, 2_000))
def test_any_size_fits(sign: str, count: int, length: int) -> None:
    result = compose(huge(sign, max(count, 1), length), verdict(), CONTEXT)
    assert len(result.body.encode()) <= LARGEST


def test_a_long_rendered_diff_is_cut_first_and_the_rest_stays() -> None:
    fields = tuple(FieldChange(f"/spec/{number}", f"spec.{number}", "a" * 100, "b" * 100) for number in range(1_000))
    wanted = rollback(rendered=(RenderedChange(application="catalog", objects=(ObjectChange(CATALOG, fields),)),))
    body = compose(wanted, verdict(), CONTEXT).body
    assert 50_000 < len(body.encode()) <= LARGEST
    assert "*Cut here: " in body
    assert "more rows left out" not in body
    for part in ("### Evidence", "-  tag: 1.9.1", "### What happens next", "silence", "<details>"):
        assert part in body


def test_many_rows_of_evidence_are_counted_where_they_are_cut() -> None:
    rows = tuple(Evidence(signal=f"Pod {number}", value="x" * 300, where="here") for number in range(100))
    body = compose(rollback(diagnoses=(diagnosis(evidence=rows),)), verdict(), CONTEXT).body
    assert "more rows left out for want of room.*" in body


def test_no_value_of_a_secret_is_in_any_text() -> None:
    secret = ResourceKey("", "Secret", "catalog", "database")
    fields = (
        FieldChange("/data/password", "data.password", "aHVudGVyMg==", "aHVudGVyMw=="),
        FieldChange("/stringData/url", "stringData.url", None, "postgres://hunter2", absent_before=True),
        FieldChange("/metadata/annotations/x", "metadata.annotations.x", "hunter2", None, absent_after=True),
        FieldChange("/metadata/labels/chart", "metadata.labels.chart", "1", "2"),
    )
    wanted = rollback(
        rendered=(RenderedChange(application="catalog", objects=(ObjectChange(secret, fields),)),),
        edits=(edit(diff="-password: hunter2\n+password: hunter3\n"),),
    )
    result = compose(wanted, verdict(Tier.ESCALATE), CONTEXT)
    document = msgspec.json.encode(result).decode()
    assert "hunter" not in document
    assert "aHVudGVyM" not in document
    assert "- data.password: ***\n+ data.password: *** (its digest changed)" in result.rendered_diff
    assert "- metadata.labels.chart: 1\n+ metadata.labels.chart: 2" in result.rendered_diff
    assert "not shown: a Secret is among what changes" in result.body


def test_the_rendered_diff_names_objects_that_come_and_go() -> None:
    objects = (ObjectChange(CATALOG, added=True), ObjectChange(CATALOG, removed=True))
    wanted = rollback(rendered=(RenderedChange(application="catalog", objects=objects),))
    assert compose(wanted, verdict(), CONTEXT).rendered_diff == (
        "# catalog\n"
        "+ Deployment catalog-production/catalog (the whole object)\n"
        "- Deployment catalog-production/catalog (the whole object)"
    )


def test_a_text_of_many_lines_shows_only_the_lines_that_change() -> None:
    config = ResourceKey("", "ConfigMap", "catalog", "settings")
    before = "".join(f"line {number}\n" for number in range(50))
    field = FieldChange("/data/app.conf", "data.app.conf", before, before.replace("line 25", "line twenty-five"))
    wanted = rollback(rendered=(RenderedChange(application="catalog", objects=(ObjectChange(config, (field,)),)),))
    shown = compose(wanted, verdict(), CONTEXT).rendered_diff
    assert "-   line 25\n+   line twenty-five" in shown
    assert "line 40" not in shown


def test_cutting_leaves_sound_markdown() -> None:
    body = compose(huge("`", 60, 900), verdict(), CONTEXT).body
    assert markdown.live_text(body).endswith(".")
    assert "### What happens next" not in "".join(
        token.content for token in markdown.tokens(body) if token.type == "fence"
    )
