"""The pages beside the sample patients: a record to try, the population, the mapping, the logic, the trace."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import requests

from cds_hooks.demo.patients import load_patients
from cds_hooks.settings import Settings

PATIENTS = load_patients(Settings(demo=True).patients)
SAMPLE = "lung-only-leiomyosarcoma"


def get(server: str, path: str) -> str:
    answer = requests.get(f"{server}{path}", timeout=30)
    assert answer.status_code == 200
    assert "Synthetic data. Not for clinical use." in answer.text
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert not re.search(r"<script(?! src=)|<style|\son\w+=|\sstyle=", answer.text)
    return answer.text


def post(server: str, **fields: Any) -> requests.Response:
    files: dict[str, Any] = {name: (None, value) for name, value in fields.items() if name != "file"}
    if "file" in fields:
        files["file"] = ("record.json", fields["file"])
    return requests.post(f"{server}/demo/try", files=files, timeout=30)


def record(patient: str) -> bytes:
    return PATIENTS[patient].path.read_bytes()


def test_an_empty_form(server: str) -> None:
    text = get(server, "/demo/try")
    assert 'enctype="multipart/form-data"' in text
    assert "<article" not in text


@pytest.mark.parametrize("field", ["record", "file"])
def test_a_pasted_or_chosen_record_gives_the_cards_of_the_sample(server: str, field: str) -> None:
    text = post(server, hook="patient-view", **{field: record(SAMPLE)}).text
    shown = requests.get(f"{server}/demo/patients/{SAMPLE}", timeout=10).text
    summaries = re.findall(r"<h3>(.*?)</h3>", text)
    assert summaries
    assert summaries == re.findall(r"<h3>(.*?)</h3>", shown)
    assert "disease-free interval 52 months" in text
    assert f"/demo/patients/{SAMPLE}" not in text


def test_an_order_is_tried_on_a_pasted_record(server: str) -> None:
    text = post(server, hook="order-sign", order="eribulin", record=record(SAMPLE)).text
    assert "the sarcoma on record is not a liposarcoma" in text
    assert '<option value="eribulin" selected>' in text


def test_the_record_is_not_sent_back(server: str) -> None:
    text = post(server, hook="patient-view", record=record(SAMPLE)).text
    assert re.search(r'<textarea id="record"[^>]*></textarea>', text)


def test_the_trace_of_a_pasted_record_is_a_file(server: str) -> None:
    answer = post(server, hook="patient-view", record=record(SAMPLE), form="trace")
    assert answer.headers["content-disposition"] == 'attachment; filename="trace.json"'
    sample = requests.get(f"{server}/demo/patients/{SAMPLE}/trace.json", timeout=10).json()
    assert answer.json()["facts"] == sample["facts"]
    assert answer.json()["recommendations"] == sample["recommendations"]
    assert [card["summary"] for card in answer.json()["cards"]] == [card["summary"] for card in sample["cards"]]


def test_the_trace_of_a_sample_is_its_explanation(server: str) -> None:
    url = f"{server}/demo/patients/{SAMPLE}"
    answer = requests.get(f"{url}/trace.json?hook=order-select", timeout=10)
    assert answer.headers["content-disposition"].startswith("attachment")
    body = requests.get(f"{url}/request.json?hook=order-select", timeout=10).json()
    assert answer.json() == requests.post(f"{server}/explain/sarcoma-order-select", json=body, timeout=10).json()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "There is nothing to read"),
        ({"record": "{secret"}, "This is not JSON"),
        ({"record": "[]"}, "One Patient resource is wanted"),
        ({"record": '[{"resourceType": "Patient", "id": "p"}]', "as_of": "soon"}, "not a date"),
    ],
)
def test_what_is_wrong_with_a_record_is_told_above_the_form(server: str, fields: dict[str, str], told: str) -> None:
    answer = post(server, hook="patient-view", **fields)
    assert answer.status_code == 400
    assert re.search(rf'role="alert">[^<]*{told}', answer.text)
    assert "secret" not in answer.text
    assert 'id="record"' in answer.text


def test_a_hook_or_order_that_is_not_offered_is_told(server: str) -> None:
    for fields in ({"hook": "order-dispatch"}, {"hook": "order-sign", "order": "arsenic"}):
        answer = post(server, record=record(SAMPLE), **fields)
        assert answer.status_code == 404
        assert 'role="alert"' in answer.text


def test_what_is_no_form_is_refused(server: str) -> None:
    answer = requests.post(f"{server}/demo/try", json={}, timeout=10)
    assert answer.status_code == 415
    assert answer.json()["resourceType"] == "OperationOutcome"


def test_a_record_larger_than_the_limit_is_refused(server: str) -> None:
    assert post(server, record="x" * 2_100_000).status_code == 413


def test_population_counts_what_the_patients_pages_show(server: str) -> None:
    text = get(server, "/demo/population")
    rows = re.findall(r'<tr><th scope="row"><a href="/demo/patients/([\w-]+)', text)
    assert rows == list(PATIENTS)
    trace = requests.get(f"{server}/demo/patients/{SAMPLE}/trace.json", timeout=10).json()
    offered = {one["id"] for one in trace["recommendations"] if one["status"] == "offered"}
    cells = set(
        re.findall(
            rf'<td class="cell offered"><a href="/demo/patients/{SAMPLE}\?hook=patient-view#decision-([\w-]+)"', text
        )
    )
    assert cells == offered


def test_population_at_an_order_hook_has_the_patients_with_an_order(server: str) -> None:
    text = get(server, "/demo/population?hook=order-sign")
    rows = re.findall(r'<tr><th scope="row"><a href="/demo/patients/([\w-]+)', text)
    assert rows == [one.id for one in PATIENTS.values() if "order-sign" in one.contexts]
    assert requests.get(f"{server}/demo/population?hook=x", timeout=10).status_code == 404


def test_mapping_shows_words_with_rule_and_value(server: str) -> None:
    text = get(server, "/demo/mapping")
    assert re.search(r"<q>[^<]*leiomyosarcoma[^<]*</q>", text, re.IGNORECASE)
    assert "uterine_leiomyosarcoma, a kind of leiomyosarcoma" in text
    assert "No fact rests on these" in text


def test_logic_shows_what_each_line_gave(server: str) -> None:
    text = get(server, f"/demo/patients/{SAMPLE}/logic/pulmonary-metastasectomy")
    lines = re.findall(r"<code>(.*?)</code></td><td>(.*?)</td>", text)
    results = {code.strip(): re.findall(r'class="gave ([\w-]+)">(.*?)<', results) for code, results in lines}
    assert results["define &#34;When&#34;:"] == [("met", "true")]
    assert results["Facts.&#34;Metastatic Soft Tissue Sarcoma&#34;"] == [("met", "true")]
    assert results["define &#34;Status&#34;:"] == [("value", "&#39;offered&#39;")]
    assert "Disease-Free Interval Longer Than The Minimum" in text


def test_logic_says_why_a_result_is_null(server: str) -> None:
    text = get(server, "/demo/patients/missing-data/logic/pulmonary-metastasectomy")
    assert "Why a result is null" in text
    assert 'class="gave unknown">null' in text


def test_logic_of_what_there_is_not(server: str) -> None:
    for path in (f"{SAMPLE}/logic/nothing", "nobody/logic/pulmonary-metastasectomy"):
        assert requests.get(f"{server}/demo/patients/{path}", timeout=10).status_code == 404


def test_logic_at_an_order_hook_takes_the_order_tried(server: str) -> None:
    path = f"/demo/patients/{SAMPLE}/logic/eribulin-not-liposarcoma?hook=order-sign"
    fires = re.compile(r'define &#34;Fires&#34;:</code></td><td><span class="gave ([\w-]+)"')
    for order, look in (("eribulin", "met"), ("pazopanib", "not-met")):
        found = fires.search(get(server, f"{path}&order={order}"))
        assert found is not None
        assert found[1] == look


def test_trace_is_plain_json_without_the_record(server: str) -> None:
    trace = requests.get(f"{server}/demo/patients/{SAMPLE}/trace.json", timeout=10).json()
    assert {"facts", "recommendations", "cards"} <= trace.keys()
    assert "prefetch" not in json.dumps(trace)
