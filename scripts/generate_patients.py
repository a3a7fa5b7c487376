#!/usr/bin/env python3
"""Write the demo patients, ``fixtures/patients/*.json``: one file each, one resource a line, the same bytes every time.

    scripts/generate_patients.py [DIRECTORY]

Every patient is invented: see ``tools/demo_patients``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.demo_patients import stories_histology, stories_limits, stories_lung, stories_other  # noqa: E402

STORIES = stories_lung.STORIES + stories_histology.STORIES + stories_other.STORIES + stories_limits.STORIES


def text_of(fixture: dict[str, Any]) -> str:
    """A fixture as JSON text: indented, but with every resource of the record on one line."""
    bundle = dict(fixture["bundle"])
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for entry in bundle.pop("entry"))
    head = json.dumps({key: value for key, value in fixture.items() if key != "bundle"}, ensure_ascii=False, indent=1)
    frame = json.dumps(bundle, ensure_ascii=False, separators=(",", ":"))
    return f'{head[:-2]},\n "bundle": {frame[:-1]},"entry":[\n{lines}\n]}}\n}}\n'


def main(directory: Path) -> None:
    """Write every fixture; files of earlier stories are removed."""
    directory.mkdir(parents=True, exist_ok=True)
    for old in directory.glob("*.json"):
        old.unlink()
    for story in STORIES:
        fixture = story().to_json()
        (directory / f"{fixture['id']}.json").write_text(text_of(fixture), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "fixtures" / "patients")
