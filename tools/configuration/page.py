"""The page, docs/configuration.md."""

from __future__ import annotations

from tools.configuration.settings import ROOT, Table, tables

PAGE = ROOT / "docs" / "configuration.md"

_INTRODUCTION = """\
# Settings

All settings of the service. Written by `python -m tools.configuration` from `cds_hooks/settings`; do not edit.

They stand in one TOML file, given as `sarcoma-cds serve --settings FILE.toml`. Options on the command line come first.
A name that is not listed here, or a value of another type, keeps the service from starting, and it says which and why.
Relative paths are relative to the folder of the file. The environment variable `SARCOMA_CDS_DATABASE_URL`, where set,
takes the place of `database.url`, so that a password need not stand in a file. A commented example is
[examples/settings.toml](../examples/settings.toml); how an EHR is connected, step by step, is told in
[connect.md](connect.md).
"""


def page() -> str:
    """The whole page."""
    return "\n".join([_INTRODUCTION, *map(_section, tables())])


def _section(table: Table) -> str:
    title = f"## `{table.header}`" if table.header else "## At the top of the file"
    rows = [
        f"| `{one.name}` | {one.type} | {one.default} | {one.meaning.replace('|', chr(92) + '|')} |"
        for one in table.settings
    ]
    head = ["| setting | type | default | meaning |", "| --- | --- | --- | --- |"]
    return "\n".join([title, "", *([table.meaning, ""] if table.meaning else []), *head, *rows]) + "\n"
