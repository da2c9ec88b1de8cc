"""A recording as evidence: played whole, changed by patches, and never answered with more than was recorded."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gitops_bot.backtest import Case, play, rules_alone
from gitops_bot.errors import ConfigurationError

FOLDER = Path(__file__).parents[2] / "fixtures" / "diagnosis" / "recorded"
LEDGER = "/api/v1/applications/ledger"
POD = f"{LEDGER}/resource?namespace=ledger&resourceName=ledger-76679c798-9xj7n&version=v1&group=&kind=Pod"
Patches = dict[str, Any]


def case(patches: Patches | None = None, application: str | None = "ledger", recording: str = "") -> Case:
    inputs: dict[str, Any] = {"recording": recording or "recordings/03-many-incidents", "patches": patches}
    if application:
        inputs["application"] = application
    return Case(name="case", inputs=inputs, folder=FOLDER)


def test_the_application_that_is_asked_about_is_judged() -> None:
    assert play(case(), rules_alone).resource == "apps/Deployment/ledger/ledger"
    assert play(case(application="search"), rules_alone).cause_class == "image-not-found"
    assert play(case(application="root"), rules_alone).action == "none"


def test_without_a_name_the_surest_of_the_fleet_is_told() -> None:
    decision = play(case(application=None), rules_alone)
    assert (decision.action, decision.confidence) == ("rollback", 95)


def test_a_patch_reaches_into_a_manifest() -> None:
    ended = "/manifest/status/containerStatuses/0/lastState/terminated"
    patches = {
        POD: [
            {"op": "replace", "path": f"{ended}/reason", "value": "OOMKilled"},
            {"op": "replace", "path": f"{ended}/exitCode", "value": 137},
        ]
    }
    assert play(case(patches), rules_alone).cause_class == "out-of-memory"


def test_the_order_of_a_query_does_not_matter() -> None:
    path, _, query = POD.partition("?")
    turned = f"{path}?{'&'.join(reversed(query.split('&')))}"
    patches = {turned: [{"op": "test", "path": "/manifest/kind", "value": "Pod"}]}
    assert play(case(patches), rules_alone).cause_class == "release-crash"


def test_what_was_not_recorded_can_be_added() -> None:
    events = f"{LEDGER}/events?resourceName=nobody"
    patches = {events: [{"op": "add", "path": "/items", "value": []}]}
    assert play(case(patches), rules_alone).cause_class == "release-crash"


@pytest.mark.parametrize(
    "operations",
    [
        [{"op": "replace", "path": "/manifest/no/such/field", "value": 1}],
        [{"op": "test", "path": "/manifest/kind", "value": "Deployment"}],
        [{"op": "dance", "path": "/manifest"}],
        [{"path": "/manifest"}],
    ],
)
def test_a_patch_that_does_not_fit_names_its_url(operations: list[Patches]) -> None:
    with pytest.raises(ConfigurationError, match=r"A patch does not fit.*ledger-76679c798-9xj7n"):
        play(case({POD: operations}), rules_alone)


@pytest.mark.parametrize("patches", ["text", [1], {POD: {"op": "add"}}])
def test_patches_of_another_shape_name_the_case(patches: Any) -> None:
    with pytest.raises(ConfigurationError, match="The patches are none, at case"):
        play(case(patches), rules_alone)


@pytest.mark.parametrize("name", ["recordings/99-gone", "../recordings/03-many-incidents", "/", ""])
def test_a_recording_that_is_not_there(name: str) -> None:
    wanted = Case(name="case", inputs={"recording": name}, folder=FOLDER)
    with pytest.raises(ConfigurationError, match="There is no such recording"):
        play(wanted, rules_alone)


@pytest.fixture
def recorded(tmp_path: Path) -> Callable[[object], Case]:
    """A case beside a recording with that index."""

    def write(index: object) -> Case:
        (tmp_path / "recording").mkdir()
        (tmp_path / "recording" / "index.json").write_text(json.dumps(index), encoding="utf-8")
        return Case(name="case", inputs={"recording": "recording"}, folder=tmp_path)

    return write


def test_an_index_that_is_none(recorded: Callable[[object], Case]) -> None:
    with pytest.raises(ConfigurationError, match="This is no recording"):
        play(recorded({"calls": []}), rules_alone)


def test_a_recording_reads_nothing_outside_its_folder(recorded: Callable[[object], Case]) -> None:
    with pytest.raises(ConfigurationError, match="outside of its folder"):
        play(recorded([{"url": "/api/version", "status": 200, "file": "../../secret.json"}]), rules_alone)
