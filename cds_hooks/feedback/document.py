"""The report as a JSON document, for whoever computes further."""

from __future__ import annotations

from typing import Any

from cds_hooks.feedback.report import Figures, Report


def document(report: Report) -> dict[str, Any]:
    """All figures, with their denominators. It names no patient and quotes no comment."""
    return {
        "calls": report.calls,
        "patients": len(report.patient_ids),
        "total": _figures(report.total, report),
        "recommendations": [
            {
                "id": one.id,
                "title": one.title,
                **_figures(one.figures, report),
                "versions": {version: _figures(figures, report) for version, figures in sorted(one.versions.items())},
            }
            for one in report.by_cards()
        ],
        "changed": report.changed,
        "unmatched": report.unmatched,
        "doubtfulTimes": report.doubtful_times,
    }


def _figures(figures: Figures, report: Report) -> dict[str, Any]:
    return {
        "callsWithIt": report.fired(figures).to_json(),
        "patients": figures.patients,
        "cards": figures.cards,
        "answeredOfCards": figures.answered.to_json(),
        "acceptedOfAnswered": figures.acceptance.to_json(),
        "overriddenOfAnswered": figures.override.to_json(),
        "overrideReasons": [
            {"system": reason.system or None, "code": reason.code, "words": reason.words, "count": count}
            for reason, count in figures.counted_reasons()
        ],
    }
