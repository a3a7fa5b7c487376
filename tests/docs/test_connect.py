"""docs/connect.md, step by step: the commands that it tells, run as they stand, with the service that it starts."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from cds_hooks.authentication.refused import REASONS
from cds_hooks.prefetch import patient_templates
from mappers.reading.collect import READERS

TEXT = (Path(__file__).parents[2] / "docs" / "connect.md").read_text(encoding="utf-8")
PORT = "8700"
SEPARATOR = "=== next step ==="


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Walk:
    """The folder, and what each block of commands printed."""

    folder: Path
    printed: dict[str, str]

    def after(self, command: str) -> str:
        """What the block with this command printed."""
        (found,) = [printed for block, printed in self.printed.items() if command in block]
        return found


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    folder = tmp_path_factory.mktemp("connect")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    (settings,) = _blocks("toml")
    (folder / "settings.toml").write_text(settings.replace(PORT, port), encoding="utf-8")
    commands = [block.replace(PORT, port) for block in _blocks("sh")]
    (serve,) = [block for block in commands if "sarcoma-cds serve" in block]
    before, after = commands[: commands.index(serve)], commands[commands.index(serve) + 1 :]
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    printed = _run(before, folder, environment)
    with (folder / "service.log").open("w") as log:
        service = subprocess.Popen(serve.split(), cwd=folder, env=environment, stderr=log)
        try:
            _wait(f"http://127.0.0.1:{port}/readyz", service, folder)
            printed |= _run(after, folder, environment)
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait(20)
    return Walk(folder, printed)


def _run(blocks: list[str], folder: Path, environment: dict[str, str]) -> dict[str, str]:
    """The blocks in one shell, which stops at the first that fails; what each of them printed."""
    script = "set -eu\n" + f"\necho '{SEPARATOR}'\n".join(blocks)
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(zip(blocks, done.stdout.split(f"{SEPARATOR}\n"), strict=True))


def _wait(url: str, service: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert service.poll() is None, (folder / "service.log").read_text()
        try:
            if requests.get(url, timeout=1).status_code == 200:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise AssertionError("the service was not ready within a minute")


def test_a_key_pair_is_there(walk: Walk) -> None:
    assert "private.pem" in walk.after("key new")
    assert json.loads((walk.folder / "ehr" / "jwks.json").read_text())["keys"]


def test_without_a_token_401_and_the_reason_in_the_log(walk: Walk) -> None:
    assert walk.after("curl -sS -i").startswith("HTTP/1.1 401")
    lines = [json.loads(line) for line in (walk.folder / "service.log").read_text().splitlines()]
    (refused,) = [line for line in lines if "token refused" in line["message"]]
    assert refused["reason"] == "no-token"


def test_discovery_with_a_token(walk: Walk) -> None:
    services = json.loads(walk.after("call() {"))["services"]
    assert len(services) == 4


def test_a_hook_call_has_cards_and_an_explanation(walk: Walk) -> None:
    cards = json.loads((walk.folder / "answer.json").read_text())["cards"]
    assert cards
    assert all(card["summary"] in walk.after("> request.json") for card in cards)
    assert all("Not everything could be read from the record" in card["detail"] for card in cards)
    assert json.loads((walk.folder / "explanation.json").read_text())["cards"] == cards


def test_feedback_is_in_the_report(walk: Walk) -> None:
    report = walk.after("feedback report")
    assert "Patient declines" in report
    assert "1/1 100 %" in report
    assert "impossible time" not in report


def test_every_call_is_in_the_audit_trail(walk: Walk) -> None:
    events = [json.loads(line) for line in walk.after("audit export").splitlines()]
    assert len(events) == 2  # the call and its explanation; feedback names no patient
    assert {event["resourceType"] for event in events} == {"AuditEvent"}
    assert "Patient/x1" in json.dumps(events)


def test_the_log_has_no_patient(walk: Walk) -> None:
    log = (walk.folder / "service.log").read_text()
    assert log
    for secret in ("Leiomyosarcoma", "1961-04-12", "Patient/x1", "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"):
        assert secret not in log


def test_every_prefetch_key_is_told_and_no_other() -> None:
    table = TEXT[TEXT.index("| key | query of the EHR") : TEXT.index("What matters is the difference")]
    told = {name for row in table.strip().splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert told == {one.key for one in patient_templates(READERS)}


def test_every_reason_of_a_401_is_told() -> None:
    table = TEXT[TEXT.index("| reason | what to look at") : TEXT.index("## Prefetch keys")]
    told = {name for row in table.strip().splitlines() for name in re.findall(r"`([a-z-]+)`", row.split("|")[1])}
    assert told == set(REASONS)
