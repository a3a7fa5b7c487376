"""End to end in a real browser: a visitor opens a patient and reads the cards."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cds_hooks.settings import Settings

sync_api = pytest.importorskip("playwright.sync_api", reason="the Python package playwright is not installed")
CHROMIUM = Path("/usr/bin/chromium")
PATIENTS = Settings(demo=True).patients
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no /usr/bin/chromium on this machine")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Any, server: str) -> Iterator[Any]:
    """A page that fails the test when the console reports anything, a broken security policy above all."""
    context = browser.new_context(base_url=server, viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    reports: list[str] = []
    opened.on("console", lambda message: reports.append(message.text))
    opened.on("pageerror", lambda error: reports.append(str(error)))
    yield opened
    context.close()
    assert reports == []


def test_visitor_opens_a_patient_and_reads_the_cards(page: Any) -> None:
    page.goto("/")
    page.get_by_role("link", name="Lung-only leiomyosarcoma").click()
    assert page.get_by_role("note").inner_text().startswith("Synthetic data")
    first = page.locator("article.card").first
    assert "pulmonary metastasectomy" in first.get_by_role("heading").first.inner_text()
    assert first.locator(".indicator").inner_text().strip() == "Information"
    assert page.locator("details.group.offered details.decision").count() >= 1
    row = page.locator("#fact-histology")
    assert "leiomyosarcoma" in row.inner_text()


def test_visitor_accepts_one_suggestion_at_most(page: Any) -> None:
    page.goto("/demo/patients/lung-only-leiomyosarcoma")
    buttons = page.locator("article.card").first.locator("button.accept")
    assert buttons.count() >= 2
    for number in range(2):
        buttons.nth(number).click()
    pressed = [buttons.nth(number).get_attribute("aria-pressed") for number in range(buttons.count())]
    assert pressed.count("true") == 1
    assert pressed[1] == "true"


def test_evidence_leads_to_the_record_it_was_read_in(page: Any) -> None:
    page.goto("/demo/patients/lung-only-leiomyosarcoma")
    link = page.locator("#fact-histology .evidence a").first
    reference = link.inner_text()
    link.click()
    record = page.locator(f"details[id='record-{reference}'][open]")
    record.wait_for()
    assert f'"id": "{reference.partition("/")[2]}"' in record.inner_text()


def test_visitor_tries_an_order(page: Any) -> None:
    page.goto("/demo/patients/lung-only-leiomyosarcoma?hook=order-sign")
    page.get_by_label("Draft order").select_option(label="Eribulin")
    page.get_by_role("button", name="Try").click()
    assert "order=eribulin" in page.url
    assert "eribulin" in page.locator("#fact-drafts").inner_text()


def test_visitor_tries_a_record_of_a_file(page: Any) -> None:
    page.goto("/demo/try")
    page.get_by_label("or a file").set_input_files(str(PATIENTS / "lung-only-leiomyosarcoma.json"))
    page.get_by_label("Hook", exact=True).select_option("order-sign")
    page.get_by_label("Draft order").select_option(label="Eribulin")
    page.get_by_role("button", name="Show the cards").click()
    assert page.url.endswith("/demo/try#result")
    assert "not a liposarcoma" in page.locator("article.card").first.get_by_role("heading").first.inner_text()
    assert "lung" in page.locator("#fact-metastatic_sites").inner_text()


def test_visitor_downloads_the_trace_of_a_pasted_record(page: Any) -> None:
    page.goto("/demo/try")
    page.get_by_label("Bundle, as JSON").fill((PATIENTS / "missing-data.json").read_text(encoding="utf-8"))
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the trace").click()
    trace = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert "undecided" in {one["status"] for one in trace["recommendations"]}


def test_a_mark_of_the_population_opens_the_criteria_behind_it(page: Any) -> None:
    page.goto("/demo/population")
    page.locator("td.cell.undecided a").first.click()
    page.wait_for_url("**/demo/patients/**")
    identifier = page.url.partition("#")[2]
    decision = page.locator(f"#{identifier}[open]")
    decision.wait_for()
    assert decision.locator("table.criteria").is_visible()


def test_engineer_follows_a_decision_to_its_cql(page: Any) -> None:
    page.goto("/demo/patients/lung-only-leiomyosarcoma#decision-pulmonary-metastasectomy")
    page.locator("#decision-pulmonary-metastasectomy").get_by_role("link", name="CQL with results").click()
    row = page.locator("table.code tr", has_text='define "When":')
    assert row.locator(".gave.met").inner_text() == "true"
    page.get_by_role("link", name="Lung-only leiomyosarcoma").click()
    page.locator("#decision-pulmonary-metastasectomy[open]").wait_for()


def test_pages_fit_a_narrow_screen(page: Any) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    patient = "/demo/patients/lung-only-leiomyosarcoma"
    for path in (
        "/demo",
        patient,
        f"{patient}?hook=order-sign",
        f"{patient}/logic/pulmonary-metastasectomy",
        "/demo/try",
        "/demo/population",
        "/demo/mapping",
        "/guidance",
        "/guidance/pulmonary-metastasectomy",
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
