"""The report as written: table, JSON and picture say the same figures, and nothing about anybody."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest

from cds_hooks.feedback import Feedback
from cds_hooks.feedback.document import document
from cds_hooks.feedback.plot import BAR_LEFT, BAR_WIDTH, RATE_LEFT, RATE_WIDTH, plot, tick_step
from cds_hooks.feedback.report import Report, make_report
from cds_hooks.feedback.table import table
from cds_hooks.storage.rows import CardFired, CardOutcome
from tests.cds_hooks.feedback.history import CALLS, COMMENT, NOW, SERVICE, START, TITLES, accepted, overridden

SVG = "{http://www.w3.org/2000/svg}"


def fired(number: int, *recommendations: str, version: str = "1.0") -> CardFired:
    given = accepted(number, 0)
    pairs = tuple((one, "offered") for one in recommendations)
    return CardFired(given.card, START, "call", SERVICE, "north", version, pairs, ())


def outcome(given: Feedback, shown: CardFired | None) -> CardOutcome:
    return CardOutcome(given, shown, 0)


@pytest.fixture(scope="module")
def report() -> Report:
    """Twenty cards: twelve accepted, four overridden, four not answered. One of another recommendation."""
    cards = [fired(number, "ablation-lung") for number in range(1, 21)]
    outcomes = [outcome(accepted(number, 10), cards[number - 1]) for number in range(1, 13)]
    outcomes += [outcome(overridden(number, 10, "not-fit", COMMENT), cards[number - 1]) for number in range(13, 17)]
    other = fired(99, '<new> & "unheard of"', version="1.1")
    return make_report(CALLS, [*cards, other], outcomes, NOW, TITLES)


def test_a_line_of_the_table(report: Report) -> None:
    line = next(one for one in table(report, "All cards shown") if one.startswith(TITLES["ablation-lung"][:30]))
    assert re.split(r"\s{2,}", line) == [
        "Percutaneous ablation of lung metastases",
        "5/6 83 %",
        "4",
        "20",
        "16/20 80 %",
        "12/16 75 % (51-90)",
        "4/16 25 % (10-49)",
    ]


def test_the_table_says_what_it_is_about(report: Report) -> None:
    text = "\n".join(table(report, "All cards shown"))
    assert text.startswith("All cards shown: 6 answered calls, 4 patients, 21 cards.\n")
    assert re.search(r"Why cards were overridden\n.*Percutaneous ablation.*\n\s+4  Patient is not fit for it", text)


def test_columns_stand_under_their_headings(report: Report) -> None:
    lines = list(table(report, "All cards shown"))
    rule = next(place for place, line in enumerate(lines) if line.startswith("---"))
    ends = [found.end() for found in re.finditer("-+", lines[rule])]
    for line in (lines[rule + 1], lines[rule + 2]):
        assert all(end == len(line) or line[end] == " " for end in ends[1:])
        assert all(line[end - 1] != " " for end in ends[1:])


def test_versions_are_told_apart_only_where_there_are_several(report: Report) -> None:
    assert "By content version" in "\n".join(table(report, ""))
    single = make_report([], [fired(1, "asps-vegf")], [], NOW, TITLES)
    assert "By content version" not in "\n".join(table(single, ""))


def test_what_is_odd_is_told_below_the_table() -> None:
    card = fired(1, "asps-vegf")
    outcomes = [CardOutcome(accepted(1, 24 * 40), card, 2), outcome(accepted(5, 1), None)]
    text = "\n".join(table(make_report([], [card], outcomes, NOW, TITLES), ""))
    assert "Cards whose feedback was changed later: 1" in text
    assert "never shown to that client, or no longer kept): 1" in text
    assert "impossible time (in the future, before the card was shown): 1" in text


def test_an_empty_report_is_a_table_with_nothing_in_it() -> None:
    lines = list(table(make_report([], [], [], NOW, TITLES), "All cards shown"))
    assert lines[0] == "All cards shown: 0 answered calls, 0 patients, 0 cards."
    assert any(re.split(r"\s{2,}", line) == ["All cards", "-", "0", "0", "-", "-", "-"] for line in lines)


def test_the_document_has_every_figure_with_its_denominator(report: Report) -> None:
    read = json.loads(json.dumps(document(report)))
    assert (read["calls"], read["patients"], read["unmatched"], read["changed"], read["doubtfulTimes"]) == (
        6,
        4,
        0,
        0,
        0,
    )
    first = read["recommendations"][0]
    assert (first["id"], first["title"], first["cards"]) == ("ablation-lung", TITLES["ablation-lung"], 20)
    assert first["acceptedOfAnswered"] == {
        "count": 12,
        "of": 16,
        "rate": 0.75,
        "low": pytest.approx(0.5050, abs=1e-4),
        "high": pytest.approx(0.8982, abs=1e-4),
    }
    assert (first["overriddenOfAnswered"]["count"], first["overriddenOfAnswered"]["of"]) == (4, 16)
    assert (first["answeredOfCards"]["count"], first["answeredOfCards"]["of"]) == (16, 20)
    assert first["overrideReasons"] == [
        {
            "system": "https://sarcoma-cds.org/fhir/CodeSystem/override-reasons",
            "code": "not-fit",
            "words": "Patient is not fit for it",
            "count": 4,
        }
    ]
    assert first["versions"]["1.0"]["cards"] == 20


def parts(svg: str, kind: str) -> list[ElementTree.Element]:
    """The rectangles of one pattern within the bars."""
    bars = ElementTree.fromstring(svg).findall(f"{SVG}g/{SVG}rect")
    return [one for one in bars if one.get("fill") == f"url(#{kind})"]


def test_bars_are_as_long_as_their_numbers(report: Report) -> None:
    svg = plot(report, "November")
    # The longest bar has 20 cards, and the axis ends there, in steps of five.
    (yes,) = parts(svg, "accepted")
    (no,) = parts(svg, "overridden")
    first, second = parts(svg, "unanswered")
    unit = BAR_WIDTH / 20
    assert [float(one.get("width", "")) for one in (yes, no, first, second)] == pytest.approx(
        [12 * unit, 4 * unit, 4 * unit, unit], abs=0.06
    )
    assert float(yes.get("x", "")) == BAR_LEFT
    assert float(no.get("x", "")) == pytest.approx(BAR_LEFT + 12 * unit, abs=0.06)


def test_rates_stand_where_they_belong(report: Report) -> None:
    root = ElementTree.fromstring(plot(report, "November"))
    (point,) = root.findall(f"{SVG}g/{SVG}circle")
    assert float(point.get("cx", "")) == pytest.approx(RATE_LEFT + 0.75 * RATE_WIDTH, abs=0.06)
    (whisker,) = (one for one in root.findall(f"{SVG}g/{SVG}line") if one.get("stroke-width") == "2")
    assert float(whisker.get("x1", "")) == pytest.approx(RATE_LEFT + 0.5050 * RATE_WIDTH, abs=0.06)
    assert float(whisker.get("x2", "")) == pytest.approx(RATE_LEFT + 0.8982 * RATE_WIDTH, abs=0.06)
    texts = ["".join(one.itertext()) for one in root.iter(f"{SVG}text")]
    assert "75 % (12 of 16)" in texts
    assert '<new> & "unheard of"' in texts


def test_the_picture_explains_itself(report: Report) -> None:
    root = ElementTree.fromstring(plot(report, "November"))
    assert root.get("role") == "img"
    said = " ".join("".join(one.itertext()) for one in root.iter())
    for words in ("accepted", "overridden", "no answer", "95 % interval", "cards that carried the recommendation"):
        assert words in said
    used = {one.get("fill") for one in root.iter(f"{SVG}rect")}
    assert {"url(#accepted)", "url(#overridden)", "url(#unanswered)"} <= used


def test_a_picture_of_nothing() -> None:
    root = ElementTree.fromstring(plot(make_report([], [], [], NOW, TITLES), "November"))
    assert "No card was shown in this time." in ["".join(one.itertext()) for one in root.iter(f"{SVG}text")]


@pytest.mark.parametrize(
    ("most", "step"), [(0, 1), (1, 1), (5, 1), (6, 2), (10, 2), (11, 5), (25, 5), (26, 10), (51, 20), (12_345, 5_000)]
)
def test_ticks_are_round_numbers(most: int, step: int) -> None:
    assert tick_step(most) == step


def test_nobody_is_named(report: Report) -> None:
    written = ["\n".join(table(report, "")), json.dumps(document(report)), plot(report, "")]
    for text in written:
        assert "Canary" not in text
        assert not re.search(r"\bp[1-5]\b", text)
