"""CH-062, CH-063: one request out, against a server that misbehaves."""

import gzip
import logging
import socket
import threading
import time
import tracemalloc
from typing import Any

import pytest

from cds_hooks.outbound import Outbound, OutboundAnswer, OutboundError
from tools.fhir_server import faults
from tools.fhir_server.faults import FaultServer, at_most


def get(
    outbound: Outbound,
    url: str,
    *,
    seconds: float = 20,
    max_bytes: int = 1_000_000,
    private: bool = True,
    **headers: str,
) -> OutboundAnswer:
    return outbound.get(
        url,
        headers=headers,
        deadline=time.monotonic() + seconds,
        max_bytes=max_bytes,
        private_network=private,
    )


def code(outbound: Outbound, url: str, **more: Any) -> str:
    with pytest.raises(OutboundError) as caught:
        get(outbound, url, **more)
    assert caught.value.__context__ is None, "another error, which quotes the URL, hangs on to this one"
    return caught.value.code


def test_answer(outbound: Outbound, fault: FaultServer) -> None:
    fault.behaviours["/fhir/x"] = faults.answer({"a": 1}, ETag="7")
    answer = get(outbound, f"{fault.base}/x?y=1", Authorization="Bearer t", Accept="application/fhir+json")
    assert (answer.status, answer.body, answer.headers["etag"]) == (200, b'{"a": 1}', "7")
    (seen,) = fault.seen
    assert seen.path == "/fhir/x?y=1"
    assert seen.headers["Authorization"] == "Bearer t"
    assert seen.headers["User-Agent"].startswith("sarcoma-cds/")


def test_error_statuses_are_answers(outbound: Outbound, fault: FaultServer) -> None:
    fault.behaviours["/fhir/x"] = faults.answer({}, 500)
    assert get(outbound, f"{fault.base}/x").status == 500
    assert get(outbound, f"{fault.base}/y").status == 404


def test_compressed(outbound: Outbound, fault: FaultServer) -> None:
    body = gzip.compress(b'{"a": 1}')
    fault.behaviours["/fhir/x"] = faults.text(body, "application/json", Content_Encoding="gzip")
    assert get(outbound, f"{fault.base}/x").body == b'{"a": 1}'
    fault.behaviours["/fhir/x"] = faults.text(b"not gzip at all", "application/json", Content_Encoding="gzip")
    assert code(outbound, f"{fault.base}/x") == "garbled"


def test_connections_are_used_again_by_one_thread_after_another(outbound: Outbound, fault: FaultServer) -> None:
    fault.behaviours["/fhir/x"] = faults.answer({})
    for _ in range(3):
        thread = threading.Thread(target=get, args=(outbound, f"{fault.base}/x"))
        thread.start()
        thread.join()
    assert len({one.connection for one in fault.seen}) == 1


def test_an_open_connection_that_the_server_has_closed_is_replaced(outbound: Outbound, fault: FaultServer) -> None:
    fault.behaviours["/fhir/x"] = faults.in_turn(faults.answer({}), faults.reset, faults.answer({"again": True}))
    get(outbound, f"{fault.base}/x")
    assert get(outbound, f"{fault.base}/x").body == b'{"again": true}'
    fault.behaviours["/fhir/x"] = faults.reset
    assert code(outbound, f"{fault.base}/x") == "connection"
    assert len(fault.seen) == 5  # sent again once, not for ever


@pytest.mark.requirement("CH-062")
@pytest.mark.parametrize("behaviour", [faults.hang, faults.drip, faults.drip_headers])
def test_the_deadline_is_for_all_of_it(outbound: Outbound, fault: FaultServer, behaviour: faults.Behaviour) -> None:
    fault.behaviours["/fhir/x"] = behaviour
    with at_most(4):
        assert code(outbound, f"{fault.base}/x", seconds=0.2) == "timeout"


def test_a_name_that_is_never_resolved(outbound: Outbound, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: release.wait(5) and [])
    with at_most(4):
        assert code(outbound, "https://slow.example.org/", seconds=0.2) == "timeout"
    release.set()


def test_a_deadline_that_has_passed(outbound: Outbound, fault: FaultServer) -> None:
    assert code(outbound, f"{fault.base}/x", seconds=-1) == "timeout"
    assert fault.seen == []


@pytest.mark.parametrize("behaviour", [faults.reset, faults.cut_off, faults.garbage])
def test_broken_off(outbound: Outbound, fault: FaultServer, behaviour: faults.Behaviour) -> None:
    fault.behaviours["/fhir/x"] = behaviour
    assert code(outbound, f"{fault.base}/x") == "connection"


def test_nobody_listens(outbound: Outbound) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        assert code(outbound, f"http://127.0.0.1:{free.getsockname()[1]}/") == "connection"


@pytest.mark.requirement("CH-062")
@pytest.mark.parametrize(
    "behaviour", [faults.stream(100_000_000), faults.bomb(100_000_000), faults.answer([0] * 400_000)]
)
def test_too_large(outbound: Outbound, fault: FaultServer, behaviour: faults.Behaviour) -> None:
    fault.behaviours["/fhir/x"] = behaviour
    tracemalloc.start()
    try:
        assert code(outbound, f"{fault.base}/x", max_bytes=1_000_000) == "too-large"
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10_000_000


@pytest.mark.requirement("CH-062")
def test_redirects_are_not_followed_nor_read(outbound: Outbound, fault: FaultServer) -> None:
    fault.behaviours["/fhir/x"] = faults.redirect("http://169.254.169.254/latest/meta-data/")
    with at_most(4):
        assert code(outbound, f"{fault.base}/x") == "redirect"
    fault.behaviours["/fhir/x"] = faults.redirect(f"{fault.base}/y")
    assert code(outbound, f"{fault.base}/x") == "redirect"
    assert fault.paths() == ["x", "x"]


@pytest.mark.requirement("CH-035", "CH-062")
@pytest.mark.parametrize(
    "url",
    [
        "http://fhir.example.org/",
        "http://127.0.0.1/",
        "ftp://fhir.example.org/",
        "file:///etc/passwd",
        "https://user:secret@fhir.example.org/",
        "https://",
        "https:///x",
        "//fhir.example.org/",
        "https://fhir.example.org:port/",
        "",
    ],
)
def test_urls_that_are_refused(url: str) -> None:
    assert code(Outbound(), url) == "refused-url"


def test_headers_that_are_refused(outbound: Outbound, fault: FaultServer) -> None:
    assert code(outbound, f"{fault.base}/x", Authorization="Bearer a\r\nX: y") == "refused-url"
    assert fault.seen == []


@pytest.mark.requirement("CH-062")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "127.1", "[::1]"])
def test_private_addresses_however_they_are_written(outbound: Outbound, fault: FaultServer, host: str) -> None:
    for scheme in ("https", "http"):
        assert code(outbound, f"{scheme}://{host}:{fault.port}/fhir/x", private=False) == "refused-address"
    assert fault.seen == []


def test_http_is_for_this_machine_only(outbound: Outbound, monkeypatch: pytest.MonkeyPatch) -> None:
    resolves_to(monkeypatch, ["10.1.2.3"])
    assert code(outbound, "http://inside.example.org/") == "refused-address"


def resolves_to(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Names lead to these addresses, the last from then on; returns the names that were asked for."""
    left = list(answers)
    asked: list[str] = []

    def resolve(host: str, port: int, family: int, kind: int) -> list[Any]:
        asked.append(host)
        addresses = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET6 if ":" in one else socket.AF_INET, kind, 6, "", (one, port)) for one in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


@pytest.mark.requirement("CH-062")
@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.8", "169.254.169.254", "::ffff:127.0.0.1", "64:ff9b::7f00:1"])
def test_names_that_lead_to_private_addresses(
    outbound: Outbound, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    resolves_to(monkeypatch, [address])
    assert code(outbound, "https://fhir.example.org/", private=False) == "refused-address"


@pytest.mark.requirement("CH-062")
def test_a_name_that_changes_between_check_and_use(
    outbound: Outbound, fault: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rebinding: it is asked for once, and the address that was checked is the one that is called."""
    asked = resolves_to(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    called = nobody_listens(monkeypatch)
    assert code(outbound, f"https://fhir.example.org:{fault.port}/", private=False) == "connection"
    assert asked == ["fhir.example.org"]
    assert called == ["93.184.216.34"]


def nobody_listens(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every connection is refused; returns the addresses that were tried."""
    called: list[str] = []

    def connect(_: socket.socket, address: tuple[str, int]) -> None:
        called.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    return called


def test_of_several_addresses_only_the_public_ones_are_called(
    outbound: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolves_to(monkeypatch, ["10.0.0.1", "93.184.216.34", "127.0.0.1", "2606:2800:220:1::1"])
    called = nobody_listens(monkeypatch)
    assert code(outbound, "https://fhir.example.org/", private=False) == "connection"
    assert called == ["93.184.216.34", "2606:2800:220:1::1"]


def test_connections_to_private_addresses_are_not_shared(outbound: Outbound, fault: FaultServer) -> None:
    """A connection that one registration allows is not there for another one that does not."""
    fault.behaviours["/fhir/x"] = faults.answer({})
    assert get(outbound, f"{fault.base}/x", private=True).status == 200
    assert code(outbound, f"{fault.base}/x", private=False) == "refused-address"


def test_nothing_from_the_environment(
    outbound: Outbound, fault: FaultServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login user password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("all_proxy", "http://127.0.0.1:9")
    fault.behaviours["/fhir/x"] = faults.answer({}, Set_Cookie="session=1; Path=/")
    for _ in range(2):
        assert get(outbound, f"{fault.base}/x").status == 200
    assert not {"Authorization", "Cookie"} & {name for one in fault.seen for name in one.headers}


@pytest.mark.requirement("CH-059")
def test_urls_are_not_logged(outbound: Outbound, fault: FaultServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    fault.behaviours["/fhir/ok"] = faults.answer({})
    fault.behaviours["/fhir/reset"] = faults.reset
    get(outbound, f"{fault.base}/ok?patient=CANARY", Authorization="Bearer CANARY")
    get(outbound, f"{fault.base}/gone?patient=CANARY", Authorization="Bearer CANARY")
    with pytest.raises(OutboundError) as caught:
        get(outbound, f"{fault.base}/reset?patient=CANARY", Authorization="Bearer CANARY")
    assert "CANARY" not in repr(caught.value) + caplog.text
