"""docs/feedback.md states the limits that the code has, and the columns of the report."""

from pathlib import Path

from cds_hooks.audit.codes import AUDIT_EVENT_SUBTYPES, SUBTYPES
from cds_hooks.feedback.parse import MAX_COMMENT, MAX_ITEMS, MAX_SUGGESTIONS
from cds_hooks.feedback.table import HEADINGS

TEXT = (Path(__file__).parents[3] / "docs" / "feedback.md").read_text(encoding="utf-8")


def test_limits() -> None:
    assert f"an array of 1 to {MAX_ITEMS:,} items" in TEXT
    assert f"1 to {MAX_SUGGESTIONS} objects with `id`" in TEXT
    assert f"at most {MAX_COMMENT:,} characters" in TEXT


def test_columns() -> None:
    for heading in HEADINGS[1:]:
        assert f"\n| {heading} |" in TEXT


def test_subtypes() -> None:
    assert AUDIT_EVENT_SUBTYPES in TEXT
    for one in SUBTYPES.values():
        assert f"`rest`, `{one['code']}`" in TEXT
