from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_bot.sandbox.argocd.selector import SelectorError, matches, parse_selector

LABELS = {"tier": "backend", "app.kubernetes.io/name": "cart", "weight": "7", "empty": ""}


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("", True),
        ("tier", True),
        ("!tier", False),
        ("absent", False),
        ("!absent", True),
        ("! absent", True),
        ("tier=backend", True),
        ("tier==backend", True),
        ("tier = backend", True),
        ("tier=frontend", False),
        ("tier!=backend", False),
        ("tier!=frontend", True),
        ("absent!=anything", True),
        ("absent=anything", False),
        ("empty=", True),
        ("tier=", False),
        ("tier in (backend, frontend)", True),
        ("tier in (frontend)", False),
        ("tier in(backend)", True),
        ("absent in (a,b)", False),
        ("tier notin (frontend)", True),
        ("tier notin (backend,frontend)", False),
        ("absent notin (a)", True),
        ("empty in ()", True),
        ("weight>3", True),
        ("weight>7", False),
        ("weight<8", True),
        ("tier>3", False),
        ("absent<3", False),
        ("app.kubernetes.io/name=cart", True),
        ("tier=backend,weight,!absent", True),
        ("tier=backend, weight in (1,7) , !absent", True),
        ("tier=backend,weight=1", False),
        ("in in (a)", False),
        ("notin", False),
    ],
)
def test_a_selector_matches_as_in_kubernetes(selector: str, expected: bool) -> None:
    assert matches(parse_selector(selector), LABELS) is expected


@pytest.mark.parametrize(
    "selector",
    [
        "tier in backend",
        "tier in (a",
        "=a",
        "a b",
        "tier=a=b",
        "tier,,weight",
        "tier,",
        "!",
        "weight>x",
        "tier=-a",
        "(a)",
    ],
)
def test_what_is_no_selector_is_refused(selector: str) -> None:
    with pytest.raises(SelectorError):
        parse_selector(selector)


def test_a_value_longer_than_a_label_may_be_is_refused() -> None:
    with pytest.raises(SelectorError, match="not a valid label value"):
        parse_selector("tier=" + "a" * 64)


keys = st.sampled_from(["a", "b", "team", "example.com/role"])
values = st.from_regex(r"[a-z0-9]([-a-z0-9_.]{0,5}[a-z0-9])?", fullmatch=True)
label_sets = st.dictionaries(keys, values, max_size=4)


@given(label_sets, keys, st.lists(values, min_size=1, max_size=3))
def test_each_operator_and_its_opposite_divide_all_label_sets(
    labels: dict[str, str], key: str, chosen: list[str]
) -> None:
    def holds(selector: str) -> bool:
        return matches(parse_selector(selector), labels)

    several = ", ".join(chosen)
    assert holds(f"{key} in ({several})") is (labels.get(key) in chosen)
    assert holds(f"{key} in ({several})") is not holds(f"{key} notin ({several})")
    assert holds(f"{key}={chosen[0]}") is not holds(f"{key}!={chosen[0]}")
    assert holds(key) is not holds(f"!{key}")


@given(label_sets)
def test_a_label_set_written_as_a_selector_matches_itself(labels: dict[str, str]) -> None:
    text = ",".join(f"{key}={value}" for key, value in labels.items())
    assert matches(parse_selector(text), labels)
    assert len(parse_selector(text)) == len(labels)


@given(st.text(alphabet="ab=!,<>() in", max_size=12))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        requirements = parse_selector(text)
    except SelectorError:
        return
    assert matches(requirements, {"a": "b"}) in {True, False}
