"""What was answered is asked for again with its ETag, in the same run and in the next; nothing depends on it."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from gitops_bot.clients.forge import Forge
from gitops_bot.clients.forge.answers import Answers
from tests.act.bench import AFTER, FILE, TOKEN, Bench

DAY = 86_400.0
OWN = "own-token"
URL = "https://ghe.example/api/v3/repos/acme/fleet/pulls?page=1"


class Store:
    """A folder of answers as processes with several tokens and clocks see it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = 1_000 * DAY

    def open(self, token: str = OWN) -> Answers:
        return Answers(self.folder, token, lambda: self.now)

    def known(self, url: str = URL, token: str = OWN) -> object:
        found = self.open(token).known(url)
        return (found.tag, found.body) if found else None

    @property
    def files(self) -> list[Path]:
        return sorted(self.folder.iterdir())


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "cache" / "answers")
    made.open().keep(URL, 'W/"1"', [{"title": "ü"}])
    return made


def test_the_next_process_knows_it(store: Store) -> None:
    assert store.known() == ('W/"1"', [{"title": "ü"}])
    assert store.known(f"{URL}0") is None
    store.open().keep(URL, 'W/"2"', [])
    assert store.known() == ('W/"2"', [])
    assert len(store.files) == 1


def test_it_is_for_its_owner_alone_and_names_no_token(store: Store) -> None:
    (path,) = store.files
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert OWN.encode() not in path.read_bytes() + path.name.encode()


def test_what_another_token_read_is_not_believed(store: Store) -> None:
    assert store.known(token="fewer-rights") is None
    (path,) = store.files
    stranger = store.open("fewer-rights")
    stranger.keep(URL, 'W/"3"', ["secret"])
    (other,) = set(store.files) - {path}
    path.write_bytes(other.read_bytes())
    assert store.known() is None


def test_one_answer_does_not_stand_for_another(store: Store) -> None:
    (path,) = store.files
    store.open().keep(f"{URL}0", 'W/"9"', ["other"])
    (other,) = set(store.files) - {path}
    path.write_bytes(other.read_bytes())
    assert store.known() is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:0],
        lambda data: data[:-1],
        lambda data: data.replace(b"8640000", b"8650000"),
        lambda data: data + b" ",
        lambda data: b"\xff" + data,
        lambda data: data.partition(b"\n")[2],
        lambda data: data.replace(b"\n", b""),
    ],
)
def test_a_file_that_was_changed_is_not_believed(store: Store, spoil: Callable[[bytes], bytes]) -> None:
    (path,) = store.files
    spoiled = spoil(path.read_bytes())
    assert spoiled != path.read_bytes()
    path.write_bytes(spoiled)
    assert store.known() is None
    store.open().keep(URL, 'W/"2"', [])
    assert store.known() == ('W/"2"', [])


@pytest.mark.parametrize(("days", "believed"), [(6.9, True), (7.1, False), (-1.0, False)])
def test_what_is_too_old_or_of_the_future_is_not_believed(store: Store, days: float, believed: bool) -> None:
    store.now += days * DAY
    assert (store.known() is not None) is believed


def test_a_folder_in_place_of_a_file_and_a_file_in_place_of_the_folder_keep_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    store = Store(tmp_path / "file")
    store.open().keep(URL, 'W/"1"', [])
    assert store.known() is None
    assert (tmp_path / "file").read_text() == "mine"


def test_an_answer_without_an_etag_and_one_that_is_too_large_are_not_kept(tmp_path: Path) -> None:
    store = Store(tmp_path / "cache")
    store.open().keep(URL, "", [])
    store.open().keep(URL, 'W/"1"', "x" * 9_000_000)
    assert not store.folder.exists()


def test_the_oldest_go_where_it_grows_too_large_and_foreign_files_stay(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gitops_bot.clients.forge.answers._LARGEST_FOLDER", 2_000)
    foreign = store.folder / "README"
    foreign.write_text("x" * 5_000)
    for number in range(20):
        store.open().keep(f"{URL}{number}", 'W/"1"', "x" * 200)
    assert sum(path.stat().st_size for path in store.files) <= 7_000
    assert foreign.exists()
    assert store.known(f"{URL}19") is not None


def client(bench: Bench, folder: Path, token: str = TOKEN) -> Forge:
    root = bench.sandbox.base_url
    return Forge(
        api_url=f"{root}/api/v3",
        graphql_url=f"{root}/api/graphql",
        server_url=root,
        repository="acme/fleet",
        token=token,
        cache=folder,
    )


def asked(bench: Bench, folder: Path, token: str = TOKEN) -> list[tuple[int, bool]]:
    """What a process of its own asks to know everything."""
    bench.sandbox.forget_requests()
    with client(bench, folder, token) as forge:
        forge.repository()
        forge.remembered()
        forge.required_checks("main")
    return [(one.status, one.conditional) for one in bench.sandbox.requests]


def test_the_next_run_asks_conditionally_and_sees_the_same(bench: Bench, tmp_path: Path) -> None:
    with client(bench, tmp_path) as forge:
        forge.create_branch("gitops-bot/a/0123456789ab", bench.head)
        forge.commit_on_branch("gitops-bot/a/0123456789ab", bench.head, "x", "", {FILE: AFTER})
        forge.open_pull_request("Title", "body", "gitops-bot/a/0123456789ab", "main")
        first = forge.remembered()
    asked(bench, tmp_path)
    assert set(asked(bench, tmp_path)) == {(304, True)}
    with client(bench, tmp_path) as forge:
        assert forge.remembered() == first
        forge.update_pull_request(1, "Another", "body")
        assert forge.remembered().changes[0].title == "Another"


def test_another_token_asks_for_everything_anew(bench: Bench, tmp_path: Path) -> None:
    asked(bench, tmp_path)
    assert set(asked(bench, tmp_path, "reader")) == {(200, False)}


def test_an_empty_folder_that_cannot_be_written_changes_nothing(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert set(asked(bench, tmp_path / "file" / "below")) == {(200, False)}


def test_files_hold_json_after_their_signature(store: Store) -> None:
    (path,) = store.files
    signature, _, text = path.read_bytes().partition(b"\n")
    assert len(signature) == 64
    assert json.loads(text)["url"] == URL
