"""Files that change are noticed, once they are left alone; what has nothing to do with the content is not."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from cds_hooks.content import ContentWatcher
from cds_hooks.content.watcher import fingerprint


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deep").mkdir()
    (tmp_path / "plan.json").write_text("{}")
    (tmp_path / "deep" / "Logic.cql").write_text("library Logic")
    return tmp_path


def test_any_change_of_a_file_is_seen(folder: Path) -> None:
    seen = {fingerprint([folder])}
    (folder / "deep" / "Logic.cql").write_text("library Logic version '2'")
    seen.add(fingerprint([folder]))
    (folder / "new.json").write_text("{}")
    seen.add(fingerprint([folder]))
    (folder / "plan.json").unlink()
    seen.add(fingerprint([folder]))
    os.utime(folder / "new.json", ns=(1, 1))
    seen.add(fingerprint([folder]))
    assert len(seen) == 5


@pytest.mark.parametrize("name", [".plan.json.swp", "plan.json~", ".git/index"])
def test_what_editors_and_version_control_leave_is_not(folder: Path, name: str) -> None:
    before = fingerprint([folder])
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("x")
    assert fingerprint([folder]) == before


def test_a_link_to_a_file_changes_with_what_it_leads_to(folder: Path) -> None:
    (folder / ".data").mkdir()
    (folder / ".data" / "a.json").write_text("1")
    (folder / "a.json").symlink_to(Path(".data") / "a.json")
    before = fingerprint([folder])
    (folder / ".data" / "a.json").write_text("22")
    assert fingerprint([folder]) != before


def test_links_in_a_circle_end(folder: Path) -> None:
    (folder / "again").symlink_to(folder)
    assert len(fingerprint([folder])) >= 2


def test_a_single_file_and_one_that_is_not_there(folder: Path) -> None:
    assert len(fingerprint([folder / "plan.json", folder / "nothing"])) == 1


class Counted:
    """In the place of the content: tells when it was reloaded."""

    def __init__(self) -> None:
        self.count = 0
        self.reloaded = threading.Event()

    def reload(self) -> None:
        self.count += 1
        self.reloaded.set()


def test_reloads_after_a_change_and_only_then(folder: Path) -> None:
    active = Counted()
    before = set(threading.enumerate())
    with ContentWatcher(active.reload, [folder], seconds=0.02):
        assert not active.reloaded.wait(0.15)
        (folder / "plan.json").write_text('{"changed": true}')
        assert active.reloaded.wait(5)
        active.reloaded.clear()
        assert not active.reloaded.wait(0.15)
        (folder / "plan.json").unlink()
        assert active.reloaded.wait(5)
    assert active.count == 2
    assert set(threading.enumerate()) <= before


def test_waits_until_a_change_is_complete(folder: Path) -> None:
    active = Counted()
    writing = threading.Event()

    def write() -> None:
        for number in range(40):
            (folder / "plan.json").write_text("x" * number)
            writing.wait(0.01)

    with ContentWatcher(active.reload, [folder], seconds=0.1):
        writer = threading.Thread(target=write)
        writer.start()
        writer.join()
        assert active.count == 0
        assert active.reloaded.wait(5)
