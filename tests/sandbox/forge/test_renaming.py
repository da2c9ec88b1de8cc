"""A repository that was given another name: the API redirects from the former one, as GitHub's does."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(("method", "status"), [("GET", 301), ("PATCH", 307)])
def test_the_former_name_leads_to_the_present_one(wire, method: str, status: int) -> None:
    wire.forge.rename("estate")
    sent = {"authorization": f"Bearer {wire.token}"}
    body = None if method == "GET" else {"title": "One"}
    answer = wire.client.request(method, "/api/v3/repos/acme/fleet/issues?state=all", headers=sent, json=body)
    assert answer.status_code == status
    assert answer.headers["location"].endswith("/api/v3/repos/acme/estate/issues?state=all")


def test_a_name_that_nothing_ever_had_is_not_found(wire) -> None:
    wire.forge.rename("estate")
    assert wire.client.get("/api/v3/repos/acme/other/issues").status_code == 404
