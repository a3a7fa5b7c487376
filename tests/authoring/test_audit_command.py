"""``sarcoma-cds audit export``: the audit trail as NDJSON of AuditEvents."""

from __future__ import annotations

import dataclasses
import stat
import tracemalloc
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson
import pytest
from fhir.resources.R4B.auditevent import AuditEvent

from authoring.main import main
from cds_hooks.audit import CallRecord, CardShown, FhirQuery
from cds_hooks.settings import DatabaseSettings
from cds_hooks.storage import Storage
from tests.cds_hooks.feedback.history import CALLS, call

QUERIES = (FhirQuery("https://ehr.example.org/fhir", "Condition?patient=p9", 200, 5.0),)


def stored(path: Path, records: Iterable[CallRecord], **settings: Any) -> str:
    url = f"sqlite:///{path}"
    storage = Storage.open(DatabaseSettings(url=url, **settings))
    for record in records:
        storage.record_call(record)
    storage.close()
    return url


def exported(text: str) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in text.splitlines()]


@pytest.fixture
def database(tmp_path: Path) -> str:
    return stored(tmp_path / "service.db", [*CALLS, dataclasses.replace(call("p9", 9), queries=QUERIES)])


def test_one_event_a_call_and_a_query(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "export", "--database", database]) == 0
    events = exported(capsys.readouterr().out)
    assert len(events) == len(CALLS) + 2
    for event in events:
        AuditEvent.model_validate(event)
    assert [one["subtype"][0]["code"] for one in events[-2:]] == ["cds-hooks-call", "search-type"]
    assert len({one["id"] for one in events}) == len(events)


def test_the_file_is_its_owner_s(database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "audit.ndjson"
    assert main(["audit", "export", "--database", database, "--output", str(path)]) == 0
    assert capsys.readouterr().out == ""
    assert len(exported(path.read_text(encoding="utf-8"))) == len(CALLS) + 2
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--until", "2026-11-01"], 0),
        (["--since", "2026-11-02", "--until", "2026-11-02"], len(CALLS) + 2),
        (["--patient", "p9"], 2),
        (["--patient", "p1"], 2),
        (["--patient", "nobody"], 0),
    ],
)
def test_a_part_of_the_trail(database: str, options: list[str], count: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "export", "--database", database, *options]) == 0
    assert len(exported(capsys.readouterr().out)) == count


def test_the_service_is_named_by_its_public_url(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "settings.toml"
    text = f'demo = true\npublic_url = "https://cds.example.org/"\n[database]\nurl = "{database}"\n'
    settings.write_text(text, encoding="utf-8")
    assert main(["audit", "export", "--settings", str(settings), "--patient", "p9"]) == 0
    assert {one["source"]["site"] for one in exported(capsys.readouterr().out)} == {"https://cds.example.org"}


def test_hashed_patients_stay_hashed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = tmp_path / "key"
    key.write_bytes(bytes(range(32)))
    records = [dataclasses.replace(call("p9", 9), queries=QUERIES), call("p1", 1)]
    url = stored(tmp_path / "hashed.db", records, patient_ids="hashed", patient_ids_key_file=key)
    settings = tmp_path / "settings.toml"
    text = f'demo = true\n[database]\nurl = "{url}"\npatient_ids = "hashed"\npatient_ids_key_file = "key"\n'
    settings.write_text(text, encoding="utf-8")
    assert main(["audit", "export", "--settings", str(settings), "--patient", "p9"]) == 0
    out = capsys.readouterr().out
    assert len(exported(out)) == 2
    assert "p9" not in out
    assert '"reference":"Patient/' not in out


def test_a_record_has_no_place_for_a_token() -> None:
    names = {one.name for kind in (CallRecord, CardShown, FhirQuery) for one in dataclasses.fields(kind)}
    assert not {one for one in names if any(word in one for word in ("token", "authorization", "header", "secret"))}


def test_the_export_s_memory_does_not_grow_with_the_trail(tmp_path: Path) -> None:
    record = call("p1", 0)
    many = (dataclasses.replace(record, id=f"00000000-0000-4000-8000-{number:012}") for number in range(2_500))
    url = stored(tmp_path / "service.db", many)
    output = ["--output", str(tmp_path / "audit.ndjson")]
    main(["audit", "export", "--database", url, "--until", "2026-11-01", *output])  # everything is loaded now
    tracemalloc.start()
    assert main(["audit", "export", "--database", url, *output]) == 0
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (tmp_path / "audit.ndjson").stat().st_size > 3_000_000
    assert peak < 4_000_000


def test_a_database_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "export", "--database", f"sqlite:///{tmp_path}/none.db"]) == 2
    assert "there is no database" in capsys.readouterr().err


def test_an_output_that_cannot_be_written(database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "export", "--database", database, "--output", str(tmp_path / "no" / "a.ndjson")]) == 2
    assert "cannot be written" in capsys.readouterr().err
