"""Where included libraries come from: a mapping, a folder, or a function."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cql.library import Library

Provider = Callable[[str, str | None], "str | dict[str, Any] | Library | None"]
Includes = Mapping[str, "str | dict[str, Any] | Library"] | Path | Provider | None

# What the name of an included library may be as a file's name: nothing that leaves the folder.
_FILE_NAME = re.compile(r"\w[\w.\-]*")


def provider(includes: Includes) -> Provider:
    """A function (name, version) -> CQL text, ELM, a library, or None, for any of the forms.

    A mapping's keys are names, or ``name|version``. A folder's files are ``Name-version.cql``, ``Name.cql``, and the
    same with ``.json`` (ELM). A name with a namespace (``Public.Common``) is looked for as it is, then by its last
    part.
    """
    if includes is None:
        return lambda name, version: None
    if isinstance(includes, Path):
        return _from_folder(includes)
    if isinstance(includes, Mapping):
        return _from_mapping(includes)
    if callable(includes):
        return includes
    raise TypeError(f"includes must be a mapping, a Path, a function or None, not {type(includes).__name__}")


def _candidates(name: str, version: str | None, mark: str) -> list[str]:
    names = list(dict.fromkeys([name, re.split(r"[./]", name)[-1]]))
    return [f"{one}{mark}{version}" for one in names if version is not None] + names


def _from_mapping(includes: Mapping[str, Any]) -> Provider:
    def find(name: str, version: str | None) -> Any:
        return next((includes[key] for key in _candidates(name, version, "|") if key in includes), None)

    return find


def _from_folder(folder: Path) -> Provider:
    def find(name: str, version: str | None) -> str | dict[str, Any] | None:
        for stem in _candidates(name, version, "-"):
            if _FILE_NAME.fullmatch(stem) is None:
                continue
            text, elm = folder / f"{stem}.cql", folder / f"{stem}.json"
            if text.is_file():
                return text.read_text(encoding="utf-8-sig")
            if elm.is_file():
                found: dict[str, Any] = json.loads(elm.read_bytes())
                return found
        return None

    return find
