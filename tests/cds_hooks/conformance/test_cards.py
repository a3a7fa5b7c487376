"""Sections H, I, J, L: the cards of every sample patient at every hook."""

import re
import uuid
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

import pytest
from markdown_it import MarkdownIt

from cds_hooks.settings import Settings
from tests.cds_hooks.conformance.exchange import Exchange

Cards = list[dict[str, Any]]
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


@pytest.mark.requirement("CH-069")
def test_summary_is_shorter_than_140(cards: Cards) -> None:
    for card in cards:
        summary = card["summary"]
        assert 0 < len(summary) < 140
        assert len(summary.encode("utf-16-le")) // 2 < 140
        assert "\n" not in summary


@pytest.mark.requirement("CH-070", "CH-071", "CH-072", "CH-081", "CH-085")
def test_what_every_card_has(cards: Cards) -> None:
    for card in cards:
        assert card["indicator"] in ("info", "warning", "critical")
        assert str(uuid.UUID(card["uuid"])) == card["uuid"]
        assert 0 < len(card["source"]["label"]) <= 80
        assert card["source"]["topic"]["code"]
        assert card["source"]["topic"]["system"]


@pytest.mark.requirement("CH-072", "CH-088")
def test_uuids_are_unique_within_an_answer(exchanges: list[Exchange]) -> None:
    for exchange in exchanges:
        found = [card["uuid"] for card in exchange.cards]
        found += [one["uuid"] for card in exchange.cards for one in card.get("suggestions", ())]
        assert Counter(found).most_common(1) in ([], [(found[0] if found else "", 1)]), exchange.name


@pytest.mark.requirement("CH-073", "CH-074")
def test_detail_is_markdown_without_html(cards: Cards) -> None:
    parser = MarkdownIt("gfm-like", {"linkify": False})
    for card in cards:
        tokens = list(parser.parse(card["detail"]))
        tokens += [child for token in tokens for child in token.children or ()]
        kinds = {token.type for token in tokens}
        assert "paragraph_open" in kinds
        assert kinds & {"html_block", "html_inline", "image"} == set()
        assert "<" not in parser.renderInline(card["summary"]).replace("&lt;", "")


@pytest.mark.requirement("CH-075", "CH-076", "CH-087", "CH-088", "CH-089")
def test_suggestions(cards: Cards, suggestions: Cards) -> None:
    assert {"at-most-one", "any"} == {card["selectionBehavior"] for card in cards if "suggestions" in card}
    for card in cards:
        assert ("selectionBehavior" in card) is ("suggestions" in card)
        if "suggestions" in card:
            assert isinstance(card["suggestions"], list)
            recommended = [one for one in card["suggestions"] if one.get("isRecommended")]
            assert len(recommended) <= 1 or card["selectionBehavior"] == "any"
    for suggestion in suggestions:
        assert suggestion["label"].strip()
        assert suggestion.get("isRecommended") in (None, True, False)
        assert str(uuid.UUID(suggestion["uuid"])) == suggestion["uuid"]
    assert any("isRecommended" in one for one in suggestions)


@pytest.mark.requirement("CH-077", "CH-078")
def test_override_reasons(cards: Cards) -> None:
    for card in cards:
        assert 1 <= len(card["overrideReasons"]) <= 8
        for reason in card["overrideReasons"]:
            assert all(isinstance(reason[part], str) and reason[part] for part in ("code", "system", "display"))
        codes = [reason["code"] for reason in card["overrideReasons"]]
        assert len(codes) == len(set(codes))


@pytest.mark.requirement("CH-080", "CH-102", "CH-103", "CH-104", "CH-105")
def test_links(cards: Cards) -> None:
    for card in cards:
        assert card.get("links") != []
        for link in card.get("links", ()):
            assert set(link) == {"label", "url", "type"}  # so no appContext and no autolaunchable
            assert link["label"].strip()
            assert link["type"] == "absolute"
            assert urlsplit(link["url"]).scheme in ("http", "https")


@pytest.mark.requirement("CH-106", "CH-152")
def test_links_lead_to_the_service_itself(cards: Cards, settings: Settings) -> None:
    links = [link["url"] for card in cards for link in card["links"]]
    assert links
    assert all(url.startswith(f"{settings.base_url}/guidance/") for url in links)


@pytest.mark.requirement("CH-082", "CH-083")
def test_source_url_is_absolute_and_about_no_patient(exchanges: list[Exchange]) -> None:
    seen = set()
    for exchange in exchanges:
        for card in exchange.cards:
            url = card["source"].get("url")
            if url is not None:
                seen.add(url)
                assert urlsplit(url).scheme in ("http", "https")
                assert urlsplit(url).hostname
                assert exchange.request["context"]["patientId"] not in url
    assert seen


@pytest.mark.requirement("CH-086")
def test_source_is_the_guideline_with_its_version(cards: Cards) -> None:
    """The papers with their year; what no paper says is called a local rule."""
    labels = {card["source"]["label"] for card in cards}
    for label in labels:
        assert re.match(r"(Wiltink|Bui)[^,]* (2021|2019)\b|Local rule, not from the papers", label), label
        assert "sarcoma-cds" not in label
    assert len(labels) > 1


@pytest.mark.requirement("CH-093", "CH-094", "CH-095", "CH-097")
def test_actions(actions: Cards) -> None:
    for action in actions:
        assert action["description"].strip()
        if action["type"] == "create":
            assert isinstance(action["resource"], dict)
            assert action["resource"]["resourceType"]
            assert "resourceId" not in action
        else:
            assert action["type"] == "delete"
            assert re.fullmatch(r"[A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64}", action["resourceId"])
            assert "resource" not in action


@pytest.mark.requirement("CH-098")
def test_actions_are_about_the_drafts_and_the_patient_of_the_call(exchanges: list[Exchange]) -> None:
    for exchange in exchanges:
        context = exchange.request["context"]
        entries = context.get("draftOrders", {}).get("entry", ())
        drafts = {f"{one['resource']['resourceType']}/{one['resource'].get('id')}" for one in entries}
        for action in (a for card in exchange.cards for s in card.get("suggestions", ()) for a in s["actions"]):
            if action["type"] == "delete":
                assert action["resourceId"] in drafts, exchange.name
            else:
                made = action["resource"]
                assert made["status"] == "draft" or made["intent"] in ("proposal", "plan"), exchange.name
                subject = made.get("subject") or made["for"]
                assert subject["reference"] == f"Patient/{context['patientId']}", exchange.name


@pytest.mark.requirement("CH-091")
def test_deletes_come_before_creates(suggestions: Cards) -> None:
    for suggestion in suggestions:
        types = [action["type"] for action in suggestion["actions"]]
        assert types == sorted(types, key=("delete", "create", "update").index)


@pytest.mark.requirement("CH-151")
def test_detail_dates_the_data_it_rests_on(cards: Cards) -> None:
    """Every fact of the record that has a date is shown with it, so that a stale card can be told."""
    dated = 0
    for card in cards:
        _, heading, facts = card["detail"].partition("**From the record**")
        if heading:
            dated += bool(_DATE.search(facts.partition("\n\n**")[0]))
    assert dated > len([card for card in cards if "**From the record**" in card["detail"]]) / 2
