"""What of the image can be tried without a container engine."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_DOCKERFILE = (_ROOT / "Dockerfile").read_text(encoding="utf-8")
_STEPS = [
    tuple(line.split(maxsplit=1))
    for line in re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", _DOCKERFILE, flags=re.MULTILINE)).splitlines()
    if line.strip()
]


def _json(step: str) -> list[str]:
    """The command of the last step of this name, in its exec form."""
    words = [text for name, text in _STEPS if name == step][-1]
    found = re.search(r"\[(.*)\]", words)
    assert found
    return [part.strip().strip('"') for part in found[1].split('", "')]


def _sources() -> set[str]:
    copies = [shlex.split(text) for name, text in _STEPS if name == "COPY" and not text.startswith("--from")]
    return {source for words in copies for source in words[:-1]}


def test_everything_that_is_copied_exists_and_is_not_ignored() -> None:
    ignore = (_ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    assert ignore[1] == "*"
    for source in _sources():
        assert (_ROOT / source).exists(), source
        assert f"!{source}" in ignore
    assert {line.removeprefix("!") for line in ignore if line.startswith("!")} == _sources()


def test_every_package_of_the_program_is_copied() -> None:
    pyproject = (_ROOT / "pyproject.toml").read_text(encoding="utf-8")
    found = re.search(r"include = \[(.*)\]", pyproject)
    assert found
    assert {one.strip(' "*') for one in found[1].split(",")} <= _sources()


def test_it_does_not_run_as_root() -> None:
    names = [name for name, _ in _STEPS]
    last = len(names) - 1 - names[::-1].index("USER")
    assert _STEPS[last][1] == "10001:10001"
    assert {name for name, _ in _STEPS[last:]} <= {"USER", "RUN", "WORKDIR", "VOLUME", "EXPOSE", "STOPSIGNAL",
                                                   "HEALTHCHECK", "ENTRYPOINT", "CMD"}  # fmt: skip


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program as the image has it: its wheel, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in _sources():
        (source / name).symlink_to(_ROOT / name)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
    run = subprocess.run([*command, "--no-build-isolation", "--wheel-dir", str(folder), str(source)],
                         capture_output=True, text=True, check=False)  # fmt: skip
    assert run.returncode == 0, run.stderr
    (wheel,) = folder.glob("*.whl")
    unpacked = folder / "site"
    zipfile.ZipFile(wheel).extractall(unpacked)
    return unpacked


def test_the_command_serves_and_the_health_check_finds_it(installed: Path, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = tmp_path / "settings.toml"
    settings.write_text(
        'public_url = "https://cds.example.org"\n[[clients]]\nname = "ehr"\nissuer = "https://ehr.example.org"\n'
        'jku = "https://ehr.example.org/keys"\n',
        encoding="utf-8",
    )
    written = {"/etc/sarcoma-cds/settings.toml": str(settings), "0.0.0.0": "127.0.0.1", "8000": str(port)}
    assert _json("ENTRYPOINT") == ["sarcoma-cds"]
    options = [written.get(one, one) for one in _json("CMD")]
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    code = "import sys, authoring.main as it; print(it.__file__, flush=True); sys.exit(it.main(sys.argv[1:]))"
    process = subprocess.Popen(
        [sys.executable, "-c", code, *options], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    )
    check = [sys.executable, *(one.replace(":8000/", f":{port}/") for one in _json("HEALTHCHECK")[1:])]
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(str(installed))
        deadline = time.monotonic() + 60
        while subprocess.run(check, capture_output=True, check=False).returncode != 0:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert (tmp_path / "sarcoma-cds.db").exists()
    finally:
        process.terminate()
        process.communicate(timeout=20)
    assert process.returncode == 0
    assert subprocess.run(check, capture_output=True, check=False).returncode != 0


def test_the_guidance_that_the_build_tries_is_found_in_the_wheel(installed: Path) -> None:
    (step,) = [text for name, text in _STEPS if name == "RUN" and "load_proven" in text]
    code = shlex.split(step)[2]
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    assert subprocess.run([sys.executable, "-c", code], cwd="/", env=environment, check=False).returncode == 0
