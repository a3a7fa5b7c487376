"""Keys from the settings, from a file and from a URL; what happens while they are changed or cannot be had."""

from __future__ import annotations

import json
import logging
import os
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cds_hooks.authentication.client_keys import FetchedKeys, FileKeys, KeysUnavailable, keys_of
from cds_hooks.outbound import OutboundError
from cds_hooks.settings import AuthenticationSettings, ClientSettings, SettingsError
from tests.cds_hooks.authentication.ehr import Door, client, jwk, jwks, never_fetched, private_key, token

JKU = "https://ehr.example.org/keys"
TTL, PAUSE, DAY = 3600.0, 30.0, 86_400.0
SETTINGS = AuthenticationSettings()
FETCHED = client(jku=JKU)


def key_set(*names: str) -> bytes:
    """P-384 keys with these ids, each another one."""
    return json.dumps({"keys": [jwk(private_key("ES384", name), name) for name in names]}).encode()


class Server:
    """Answers as it is told, counts, and hangs where it is told to."""

    def __init__(self, *names: str) -> None:
        self.answer: bytes | OutboundError = key_set(*names)
        self.asked = 0
        self.release = threading.Event()
        self.release.set()
        self.asking = threading.Event()

    def __call__(self, asked: ClientSettings) -> bytes:
        assert asked is FETCHED
        self.asked += 1
        self.asking.set()
        assert self.release.wait(10)
        if isinstance(self.answer, OutboundError):
            raise self.answer
        return self.answer

    def hang(self) -> None:
        self.release.clear()
        self.asking.clear()


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server() -> Server:
    return Server("old")


@pytest.fixture
def keys(server: Server, clock: Clock) -> FetchedKeys:
    return FetchedKeys(FETCHED, SETTINGS, server, clock)


def renewed_in_background() -> None:
    """Waits for the thread that fetches, if there is one."""
    for one in threading.enumerate():
        if one.name == "keys":
            one.join(10)


# At a URL


@pytest.mark.requirement("CH-142")
def test_fetched_once_when_first_needed(keys: FetchedKeys, server: Server, clock: Clock) -> None:
    assert server.asked == 0
    for _ in range(3):
        assert len(keys.find("old", "ES384")) == 1
        clock.now += TTL / 8
    assert server.asked == 1
    assert keys.find("old", "RS384") == ()


@pytest.mark.requirement("CH-142")
def test_an_unknown_key_is_looked_for_once_in_a_while(keys: FetchedKeys, server: Server, clock: Clock) -> None:
    """As after a rotation; inventing ids makes us call no more often."""
    keys.find("old", "ES384")
    clock.now = PAUSE
    server.answer = key_set("old", "new")
    assert keys.find("new", "ES384")
    assert server.asked == 2
    for number in range(100):
        assert keys.find(f"invented-{number}", "ES384") == ()
    assert server.asked == 2
    clock.now += PAUSE
    assert keys.find("invented", "ES384") == ()
    assert server.asked == 3


@pytest.mark.requirement("CH-142")
def test_renewed_in_the_background_before_their_time_is_over(keys: FetchedKeys, server: Server, clock: Clock) -> None:
    """Nobody who has a key waits for a server that hangs, and one thread asks."""
    keys.find("old", "ES384")
    clock.now = TTL / 2
    server.answer = key_set("new")
    server.hang()
    for _ in range(20):
        assert keys.find("old", "ES384")
    assert server.asking.wait(10)
    server.release.set()
    renewed_in_background()
    assert server.asked == 2
    assert keys.find("old", "ES384") == ()
    assert keys.find("new", "ES384")
    assert server.asked == 2


@pytest.mark.requirement("CH-142")
def test_a_key_that_was_withdrawn_is_not_believed_after_its_time(
    keys: FetchedKeys, server: Server, clock: Clock
) -> None:
    keys.find("old", "ES384")
    server.answer = key_set("new")
    clock.now = TTL
    assert keys.find("old", "ES384") == ()
    assert server.asked == 2


@pytest.mark.parametrize("content", [b'{"keys": []}', key_set("x").replace(b"P-384", b"P-256")])
def test_a_client_may_withdraw_all_its_keys(
    keys: FetchedKeys, server: Server, clock: Clock, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    keys.find("old", "ES384")
    server.answer = content
    clock.now = TTL
    assert keys.find("old", "ES384") == ()
    assert "no public key left" in caplog.text


@pytest.mark.requirement("CH-142")
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (OutboundError("timeout"), "timeout"),
        (OutboundError("status", 500), "status"),
        (b"<html>down</html>", "not-a-key-set"),
        (b"{}", "not-a-key-set"),
        (b'{"keys": 7}', "not-a-key-set"),
        (b"[]", "not-a-key-set"),
        (b"\xff", "not-a-key-set"),
    ],
)
def test_older_keys_go_on_when_fetching_fails(
    keys: FetchedKeys,
    server: Server,
    clock: Clock,
    answer: bytes | OutboundError,
    reason: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    keys.find("old", "ES384")
    server.answer = answer
    clock.now = TTL
    assert keys.find("old", "ES384")
    (logged,) = caplog.records
    assert logged.__dict__["fields"] == {"client": "ehr", "reason": reason}
    assert logged.levelno == logging.ERROR
    assert server.asked == 2
    clock.now += PAUSE
    assert keys.find("old", "ES384")
    renewed_in_background()
    assert server.asked == 3


def test_while_fetching_fails_nobody_who_has_a_key_waits(keys: FetchedKeys, server: Server, clock: Clock) -> None:
    keys.find("old", "ES384")
    server.answer = OutboundError("timeout")
    clock.now = TTL
    keys.find("old", "ES384")
    clock.now += PAUSE
    server.hang()
    assert keys.find("old", "ES384")
    assert server.asking.wait(10)
    server.release.set()
    renewed_in_background()


def test_what_cannot_be_fetched_again_is_believed_for_a_day(keys: FetchedKeys, server: Server, clock: Clock) -> None:
    keys.find("old", "ES384")
    server.answer = OutboundError("connection")
    clock.now = DAY - 1
    assert keys.find("old", "ES384")
    clock.now = DAY
    renewed_in_background()
    with pytest.raises(KeysUnavailable):
        keys.find("old", "ES384")
    server.answer = key_set("old")
    clock.now += PAUSE
    assert keys.find("old", "ES384")


def test_a_longer_time_of_the_settings_counts(server: Server, clock: Clock) -> None:
    keys = FetchedKeys(FETCHED, AuthenticationSettings(keys_ttl_seconds=int(4 * DAY)), server, clock)
    keys.find("old", "ES384")
    clock.now = 1.5 * DAY
    assert keys.find("old", "ES384")
    assert server.asked == 1


@pytest.mark.requirement("CH-142")
def test_keys_that_never_came(keys: FetchedKeys, server: Server, clock: Clock) -> None:
    server.answer = OutboundError("refused-address")
    for _ in range(5):
        with pytest.raises(KeysUnavailable):
            keys.find("old", "ES384")
    assert server.asked == 1
    server.answer = key_set("old")
    clock.now = PAUSE
    assert keys.find("old", "ES384")
    assert server.asked == 2


def test_a_fault_of_ours_leaves_no_lock_behind(clock: Clock) -> None:
    def broken(_: ClientSettings) -> bytes:
        raise ZeroDivisionError

    faulty = FetchedKeys(FETCHED, SETTINGS, broken, clock)
    with pytest.raises(ZeroDivisionError):
        faulty.find("old", "ES384")
    with pytest.raises(KeysUnavailable):
        faulty.find("old", "ES384")


@pytest.mark.requirement("CH-142")
def test_many_threads_fetch_once(keys: FetchedKeys, server: Server) -> None:
    """At the start, when none has a key, all wait for the one that fetches."""
    server.hang()
    with ThreadPoolExecutor(16) as pool:
        found = [pool.submit(keys.find, "old", "ES384") for _ in range(16)]
        assert server.asking.wait(10)
        server.release.set()
        assert all(len(one.result(10)) == 1 for one in found)
    assert server.asked == 1


def test_invented_ids_do_not_take_all_threads(keys: FetchedKeys, server: Server, clock: Clock) -> None:
    """While the server hangs, the known key is found at once, and of the inventors only some wait."""
    keys.find("old", "ES384")
    clock.now = PAUSE
    server.hang()
    with ThreadPoolExecutor(40) as pool:
        waiting = [pool.submit(keys.find, f"invented-{number}", "ES384") for number in range(40)]
        assert server.asking.wait(10)
        deadline = time.monotonic() + 10
        while sum(one.done() for one in waiting) < 20 and time.monotonic() < deadline:
            time.sleep(0.005)
        assert sum(one.done() for one in waiting) == 20
        assert keys.find("old", "ES384")
        server.release.set()
        assert all(one.result(10) == () for one in waiting)
    assert server.asked == 2


@pytest.mark.requirement("CH-142")
def test_one_client_s_hanging_server_does_not_concern_another() -> None:
    hanging = threading.Event()
    asked = threading.Event()

    def fetch(_: ClientSettings) -> bytes:
        asked.set()
        assert hanging.wait(10)
        raise OutboundError("timeout")

    slow = client("slow", "https://slow.example.org", jku=JKU)
    door = Door(client(), slow, fetch=fetch)
    with ThreadPoolExecutor(1) as pool:
        refused = pool.submit(door.reason, token(owner="slow", iss="https://slow.example.org"))
        assert asked.wait(10)
        assert door.caller(token()).name == "ehr"
        assert not refused.done()
        hanging.set()
        assert refused.result(10) == "keys-unavailable"


def test_a_rotation_as_the_caller_sees_it() -> None:
    server = Server("old")
    door = Door(FETCHED, fetch=server, keys_refetch_seconds=1)

    def by(name: str, number: int) -> str:
        return token(owner=name, header={"kid": name, "jku": JKU}, jti=f"{name}-{number}")

    assert door.caller(by("old", 1)).client is FETCHED
    assert door.reason(by("new", 1)) == "key"
    server.answer = key_set("old", "new")
    time.sleep(1.01)
    assert door.caller(by("new", 2)).client is FETCHED
    assert door.caller(by("old", 2)).client is FETCHED


# In a file


def spoil(file: Path, content: bytes | None) -> None:
    file.unlink() if content is None else file.write_bytes(content)


def test_a_file_that_changes(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_bytes(key_set("old"))
    keys = FileKeys("ehr", file)
    assert keys.find("old", "ES384")
    file.write_bytes(key_set("new"))
    assert keys.find("new", "ES384")
    assert keys.find("old", "ES384") == ()


def test_a_file_that_is_put_in_its_place_with_the_same_size_and_time(tmp_path: Path) -> None:
    file, other = tmp_path / "keys.json", tmp_path / "other.json"
    file.write_bytes(key_set("old"))
    keys = FileKeys("ehr", file)
    other.write_bytes(key_set("new"))
    before = file.stat()
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(file)
    assert file.stat().st_size == before.st_size
    assert keys.find("new", "ES384")


@pytest.mark.parametrize("content", [None, b"", b"not JSON", key_set("new")[:-20], b'{"keys": {}}'])
def test_a_file_that_is_spoilt_leaves_the_keys_as_they_were(
    tmp_path: Path, content: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "keys.json"
    file.write_bytes(key_set("old"))
    keys = FileKeys("ehr", file)
    spoil(file, content)
    for _ in range(3):
        assert keys.find("old", "ES384")
    (logged,) = caplog.records  # once, not at every call
    assert (logged.levelno, logged.__dict__["fields"]) == (logging.ERROR, {"client": "ehr"})
    file.write_bytes(key_set("old", "new"))
    assert keys.find("new", "ES384")


def test_a_file_that_can_be_seen_but_not_read_for_a_while(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "keys.json"
    file.write_bytes(key_set("old"))
    keys = FileKeys("ehr", file)
    file.unlink()
    file.mkdir()
    assert keys.find("old", "ES384")
    assert "cannot be used" in caplog.text
    file.rmdir()
    file.write_bytes(key_set("new"))
    assert keys.find("new", "ES384")


def test_a_changed_right_to_read_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither time nor size of a file that could not be read tell that now it can be."""
    file = tmp_path / "keys.json"
    file.write_bytes(key_set("old"))
    keys = FileKeys("ehr", file)
    file.write_bytes(key_set("new"))
    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", _refused)
        assert keys.find("old", "ES384")
    file.chmod(0o640)
    assert keys.find("new", "ES384")


def _refused(path: Path) -> bytes:
    raise PermissionError


def test_a_file_without_keys_withdraws_them(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "keys.json"
    file.write_bytes(key_set("old"))
    keys = FileKeys("ehr", file)
    file.write_bytes(b'{"keys": []}')
    assert keys.find("old", "ES384") == ()
    assert "no public key left" in caplog.text


# As registered


@pytest.mark.requirement("CH-141")
def test_keys_of_the_settings() -> None:
    keys = keys_of(client(), SETTINGS, never_fetched)
    assert len(keys.find("ES384", "ES384")) == len(keys.find("RS384", "RS384")) == 1


@pytest.mark.requirement("CH-141")
def test_keys_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_text(json.dumps(jwks()))
    assert keys_of(client(jwks_file=file), SETTINGS, never_fetched).find("ES384", "ES384")


@pytest.mark.requirement("CH-140")
def test_keys_at_a_url_are_not_fetched_at_the_start() -> None:
    assert isinstance(keys_of(FETCHED, SETTINGS, never_fetched), FetchedKeys)


def test_keys_that_cannot_be_used_are_told_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    told = rf"clients: the jwks_file {re.escape(str(file))} of 'ehr' "
    with pytest.raises(SettingsError, match=rf"{told}cannot be read \(No such file or directory\); name a"):
        keys_of(client(jwks_file=file), SETTINGS, never_fetched)
    for content, fault in ((b"?", "is not JSON"), (b"{}", "is not a JWK Set"), (b'{"keys": []}', "has no key that")):
        file.write_bytes(content)
        with pytest.raises(SettingsError, match=told + fault):
            keys_of(client(jwks_file=file), SETTINGS, never_fetched)
    with pytest.raises(SettingsError, match="clients: the jwks of 'ehr' has no key that can be used"):
        keys_of(client(jwks={"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}), SETTINGS, never_fetched)
