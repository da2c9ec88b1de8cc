"""Which text may be the source of which: whole, a part of an image, within a text, or the other way round."""

from __future__ import annotations

import pytest

from gitops_bot.locate.sites.answer import Mapping
from gitops_bot.locate.sites.guessing.fitting import fit, image_parts, refit, retype, vary

YES = bool(1)
IMAGE = "registry.example.com:5000/shop/cart:1.4.0"
DIGEST = "sha256:0123456789abcdef"


@pytest.mark.parametrize(
    ("site", "part", "core"),
    [
        (IMAGE, "", IMAGE),
        ("1.4.0", "tag", "1.4.0"),
        ("registry.example.com:5000/shop/cart", "name", "registry.example.com:5000/shop/cart"),
        ("shop/cart", "name", "shop/cart"),
        ("cart", "name", "cart"),
        ("registry.example.com:5000", "registry", "registry.example.com:5000"),
        ("shop/cart:1.4.0", "", "shop/cart:1.4.0"),
        ("registry.example.com:5000/shop/cart:latest", "name", "registry.example.com:5000/shop/cart"),
    ],
)
def test_parts_of_an_image_are_told_apart(site: str, part: str, core: str) -> None:
    found = fit(site, IMAGE, image=True)
    assert found is not None
    assert (found.part, found.core(IMAGE)) == (part, core)
    assert found.site(core) == site


@pytest.mark.parametrize(
    ("site", "live"),
    [
        ("1.4.0", "a/cart:v1.4.0"),
        ("1.4.0", "a/cart:1.4.0-alpine"),
        ("cart", "a/my-cart:2"),
        ("a/cart:1.4.0", "a/cart:1.4.0-native"),
    ],
)
def test_a_part_of_a_part_fits_at_its_borders(site: str, live: str) -> None:
    found = fit(site, live, image=True)
    assert found is not None
    assert found.core(live) == site


@pytest.mark.parametrize("site", ["1", "4.0", "art", "registry", "other", "", None, True, 5000])
def test_what_only_happens_to_stand_in_an_image_is_no_part_of_it(site: object) -> None:
    assert fit(site, IMAGE, image=True) is None  # type: ignore[arg-type]


def test_a_digest_fits_with_and_without_its_algorithm() -> None:
    live = f"cart@{DIGEST}"
    for site in (DIGEST, DIGEST.removeprefix("sha256:")):
        found = fit(site, live, image=True)
        assert found is not None
        assert (found.part, found.core(live)) == ("digest", site)


@pytest.mark.parametrize(
    ("reference", "name", "tag", "digest"),
    [
        ("nginx", "nginx", "", ""),
        ("nginx:1.27", "nginx", "1.27", ""),
        ("host:5000/nginx", "host:5000/nginx", "", ""),
        (f"host:5000/a/nginx:1@{DIGEST}", "host:5000/a/nginx", "1", DIGEST),
    ],
)
def test_an_image_reference_is_taken_apart(reference: str, name: str, tag: str, digest: str) -> None:
    assert image_parts(reference) == {"name": name, "tag": tag, "digest": digest}


@pytest.mark.parametrize(
    ("site", "live", "before", "after"),
    [
        ("example.com", "https://example.com/api", "https://", "/api"),
        (128, "128MiB", "", "MiB"),
        ("1500", "--limit=1500", "--limit=", ""),
        ("text", "text\n", "", "\n"),
        ("{{ .Release.Name }}.example.com", "shop.example.com", "shop", ""),
    ],
)
def test_a_value_may_stand_within_the_live_text(site: str | int, live: str, before: str, after: str) -> None:
    found = fit(site, live, image=False)
    assert found is not None
    assert (found.live_before, found.live_after) == (before, after)


@pytest.mark.parametrize(
    ("site", "live"),
    [("a", "banana"), (12, "2012-01"), (True, "it is true"), ("x", 3), (2, 20), ("api", "first\napi\n"), ({}, "a")],
)
def test_a_value_that_merely_occurs_is_no_source(site: object, live: object) -> None:
    assert fit(site, live, image=False) is None  # type: ignore[arg-type]


def test_numbers_and_their_texts_are_the_same_value() -> None:
    assert fit(3, "3", image=False) == Mapping()
    assert fit("3", 3, image=False) == Mapping()
    assert fit(10485760, "1.048576e+07", image=False) == Mapping()
    assert fit(YES, "true", image=False) == Mapping()


@pytest.mark.parametrize("value", [3, 0.5, "1.4.0", "30s", "512Mi", "text", "", "a\nb\n", "v1.2.3-rc.1"])
def test_a_varied_value_keeps_its_type_and_is_told_from_the_others(value: float | str) -> None:
    first, second = vary(value, 1), vary(value, 2)
    assert type(first) is type(value)
    assert len({str(value), str(first), str(second)}) == 3


def test_a_boolean_text_alone_stays_a_boolean() -> None:
    assert vary("true", 0) == "false"
    assert vary("true", 1) not in ("true", "false")
    assert vary(YES, 0) is not YES


def test_the_surroundings_come_from_what_the_render_shows() -> None:
    assert refit("a:1.0", "a:20048", "1.0", "20048") == ("a:", "")
    assert refit("1.0-1.0", "20048-1.0", "1.0", "20048") == ("", "-1.0")
    assert refit("1.0-1.0", "20048-20048", "1.0", "20048") is None
    assert refit("repo:1.16", "repo:x1", None, "x1") == ("repo:", "")
    assert refit("256Mi", "map[main:x1]", None, "x1") is None


def test_a_text_becomes_the_type_that_stands_there_only_where_it_reads_back() -> None:
    assert retype("5", 3) == 5
    assert retype("05", 3) == "05"
    assert retype("1.10", 0.5) == "1.10"
    assert retype("true", not YES) is YES
    assert retype("yes", YES) == "yes"


def test_an_empty_text_is_followed_by_whatever_takes_its_place() -> None:
    assert refit("", "x20011", "", "x20011") == ("", "")
    assert refit("", "other", "", "x20011") is None
    assert refit("a", "x20011", "", "x20011") is None
