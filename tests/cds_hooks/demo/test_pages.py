"""The demonstration's pages over HTTP: every patient at every hook, and nothing of it outside demo mode."""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
import requests

from cds_hooks.demo.orders import choices
from cds_hooks.demo.patients import load_patients
from cds_hooks.settings import Settings

PATIENTS = load_patients(Settings(demo=True).patients)
HOOKS = ("patient-view", "order-select", "order-sign", "encounter-start")


class _Page(HTMLParser):
    """Collects what the tests ask about."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.faults: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.links += [given["href"] or ""] if "href" in given else []
        if "style" in given or any(name.startswith("on") for name in given) or tag == "style":
            self.faults.append(tag)
        if tag == "script" and not given.get("src"):
            self.faults.append(tag)


def _page(url: str) -> _Page:
    answer = requests.get(url, timeout=20)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe-inline" not in answer.headers["content-security-policy"]
    page = _Page(answer.text)
    assert page.faults == []
    return page


def test_there_are_a_dozen_patients_and_all_are_listed(server: str) -> None:
    assert len(PATIENTS) >= 12
    page = _page(f"{server}/demo")
    for patient in PATIENTS:
        assert f"/demo/patients/{patient}" in page.links
    assert requests.get(server, timeout=10).url == f"{server}/demo"


@pytest.mark.parametrize("patient", PATIENTS)
def test_page_of_each_patient_at_each_hook(server: str, patient: str) -> None:
    for hook in HOOKS:
        page = _page(f"{server}/demo/patients/{patient}?hook={hook}")
        assert len(page.ids) == len(set(page.ids))
        for link in page.links:
            if link.startswith("#") and link != "#main":
                assert link[1:] in page.ids
    assert "Synthetic data. Not for clinical use." in requests.get(f"{server}/demo/patients/{patient}", timeout=10).text


def test_each_order_can_be_tried(server: str) -> None:
    for order in choices():
        url = f"{server}/demo/patients/lung-only-leiomyosarcoma/request.json?hook=order-select&order={order}"
        body = requests.get(url, timeout=10).json()
        answer = requests.post(f"{server}/explain/sarcoma-order-select", json=body, timeout=10)
        (draft,) = answer.json()["facts"]["drafts"]["value"]
        assert draft["selected"] is True
        assert draft["kind"] in ("drug", "procedure")


def test_request_file_is_the_call_of_the_page(server: str) -> None:
    url = f"{server}/demo/patients/lung-only-leiomyosarcoma"
    body = requests.get(f"{url}/request.json", timeout=10).json()
    cards = requests.post(f"{server}/cds-services/sarcoma-patient-view", json=body, timeout=10).json()["cards"]
    shown = requests.get(url, timeout=10).text
    assert cards
    assert len(re.findall(r'<article class="card ', shown)) == len(cards)


def test_guidance_pages(server: str) -> None:
    index = _page(f"{server}/guidance")
    pages = [link for link in index.links if link.startswith("/guidance/")]
    assert len(pages) == len(set(pages)) > 4
    for link in pages:
        text = requests.get(server + link, timeout=10).text
        _page(server + link)
        assert "Source attributes" in text
        assert "<dd>not stated</dd>" not in text
        assert 'class="cql"' in text


@pytest.fixture
def without_patients(serve: Callable[..., Any], guidance: Any, tmp_path: Any) -> Iterator[str]:
    from cds_hooks.app import create_app

    with serve(create_app(Settings(demo=True, patients=tmp_path), guidance)) as base:
        yield base


def test_list_without_patients_says_so(without_patients: str) -> None:
    assert "No sample patients are installed here" in requests.get(f"{without_patients}/demo", timeout=10).text
