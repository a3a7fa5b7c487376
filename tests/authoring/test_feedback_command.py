"""``sarcoma-cds feedback``: report and comments from a database, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from authoring.main import main
from cds_hooks.settings import DatabaseSettings
from cds_hooks.storage import Storage
from tests.cds_hooks.feedback.history import CALLS, COMMENT, GIVEN, overridden


@pytest.fixture
def database(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/service.db"
    storage = Storage.open(DatabaseSettings(url=url))
    for record in CALLS:
        storage.record_call(record)
    storage.record_feedback(GIVEN)
    storage.close()
    return url


def test_the_report_has_the_titles_of_the_guideline(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feedback", "report", "--database", database]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("All cards shown: 6 answered calls, 4 patients, 5 cards.\n")
    assert "Percutaneous ablation of lung metastases" in printed.out
    assert printed.err == ""
    assert "Canary" not in printed.out


def test_the_report_as_json(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feedback", "report", "--database", database, "--json"]) == 0
    read = json.loads(capsys.readouterr().out)
    assert [(one["id"], one["cards"]) for one in read["recommendations"]] == [("ablation-lung", 4), ("asps-vegf", 2)]


def test_the_report_of_one_client(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feedback", "report", "--database", database, "--json", "--client", "south"]) == 0
    read = json.loads(capsys.readouterr().out)
    assert (read["calls"], read["total"]["cards"], read["unmatched"]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("options", "calls"),
    [
        (["--since", "2026-11-02"], 6),
        (["--since", "2026-11-03"], 0),
        (["--until", "2026-11-02"], 6),
        (["--until", "2026-11-01"], 0),
        (["--since", "2026-11-02", "--until", "2026-11-02"], 6),
    ],
)
def test_the_report_of_some_days(
    database: str, options: list[str], calls: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["feedback", "report", "--database", database, "--json", *options]) == 0
    assert json.loads(capsys.readouterr().out)["calls"] == calls


def test_the_plot(database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "feedback.svg"
    assert main(["feedback", "report", "--database", database, "--plot", str(path), "--until", "2026-12-01"]) == 0
    text = "".join(ElementTree.parse(path).getroot().itertext())
    assert "Cards shown until 2026-12-01 (UTC). 5 cards in 6 answered calls; 4 of the cards were answered." in text
    assert "All cards" in capsys.readouterr().out


def test_the_database_of_the_settings(database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text(f'demo = true\n[database]\nurl = "{database}"\n', encoding="utf-8")
    assert main(["feedback", "report", "--settings", str(settings), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["calls"] == 6


def test_the_database_of_the_environment(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SARCOMA_CDS_DATABASE_URL", database)
    assert main(["feedback", "report", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["calls"] == 6


def test_content_that_cannot_be_read_leaves_the_ids(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text(f'demo = true\ncontent = "nowhere"\n[database]\nurl = "{database}"\n', encoding="utf-8")
    assert main(["feedback", "report", "--settings", str(settings)]) == 0
    printed = capsys.readouterr()
    assert "\nablation-lung " in printed.out
    assert "recommendations are shown by id" in printed.err


def test_comments_are_printed_on_request(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feedback", "comments", "--database", database]) == 0
    assert capsys.readouterr().out == f"2026-11-02 13:30 north, ablation-lung: no coded reason\n    {COMMENT}\n"


def test_a_comment_cannot_command_the_terminal(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    storage = Storage.open(DatabaseSettings(url=database))
    storage.record_feedback([overridden(2, 200, "not-fit", "first\x1b[2J\nsecond\x9b1m")])
    storage.close()
    assert main(["feedback", "comments", "--database", database]) == 0
    out = capsys.readouterr().out
    assert "ablation-lung, asps-vegf: not-fit\n    first�[2J\n    second�1m\n" in out
    assert all(one.isprintable() or one == "\n" for one in out)


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "none.db"
    for command in ("report", "comments"):
        assert main(["feedback", command, "--database", f"sqlite:///{path}"]) == 2
        assert f"{path}: there is no database" in capsys.readouterr().err
    assert not path.exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--database", "mysql://x/y"], "not supported"),
        (["--database", "nonsense"], "not a database URL"),
        (["--settings", "nowhere.toml"], "cannot be read"),
        (["--plot", "picture.png"], "ends in .svg"),
        (["--since", "2026-12-01", "--until", "2026-11-01"], "--since is after --until"),
    ],
)
def test_what_is_refused(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feedback", "report", *arguments]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["report", "--since", "November"], ["purge"], []])
def test_what_the_command_line_does_not_know(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["feedback", *arguments])
    assert ended.value.code == 2
    assert capsys.readouterr().err


def test_a_file_that_is_no_database(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "text.db"
    path.write_text("not a database, but long enough to look at\n" * 200, encoding="utf-8")
    assert main(["feedback", "report", "--database", f"sqlite:///{path}"]) == 2
    assert capsys.readouterr().err


def test_a_plot_that_cannot_be_written(database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feedback", "report", "--database", database, "--plot", str(tmp_path / "no" / "p.svg")]) == 2
    assert "cannot be written" in capsys.readouterr().err
