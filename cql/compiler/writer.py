"""Writing Python source: blocks of lines, each remembering which ELM node it came from.

A block may be put before a loop and filled later, while the loop's body is written: that is how loop-invariant
expressions get out of their loops.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

Place = int


class Block:
    """A run of lines at one indentation; an element is a line with its place, or a nested block."""

    __slots__ = ("indent", "parts")

    def __init__(self, indent: int) -> None:
        self.indent = indent
        self.parts: list[tuple[str, Place] | Block] = []

    def __bool__(self) -> bool:
        return any(part if isinstance(part, Block) else True for part in self.parts)

    def lines(self) -> Iterator[tuple[str, Place]]:
        """The lines in order, indented."""
        lead = "    " * self.indent
        for part in self.parts:
            if isinstance(part, Block):
                yield from part.lines()
            else:
                yield lead + part[0], part[1]


class Writer:
    """The source of one function. Names it hands out are unique within the function."""

    def __init__(self) -> None:
        self.root = Block(1)
        self.block = self.root
        self.place: Place = 0
        self.nesting = 0
        self._shared: dict[str, str] = {}
        self._names = 0

    def name(self, prefix: str = "t") -> str:
        """A fresh local name."""
        self._names += 1
        return f"{prefix}{self._names}"

    def reserve(self, other: Writer) -> None:
        """Hand out no name that ``other`` has handed out."""
        self._names = other._names

    def line(self, text: str) -> None:
        """One line at the current place."""
        self.block.parts.append((text, self.place))

    def bind(self, code: str, prefix: str = "t") -> str:
        """Assign an expression to a fresh name; returns the name."""
        name = self.name(prefix)
        self.line(f"{name} = {code}")
        return name

    def share(self, code: str) -> tuple[str, bool]:
        """The name of an expression without side effects: of an earlier occurrence (which is computed whenever this
        one is), or a fresh one; and whether it is fresh.
        """
        known = self._shared.get(code)
        if known is not None:
            return known, False
        name = self._shared[code] = self.bind(code)
        return name, True

    @contextmanager
    def nested(self, header: str, *, loop: bool = False) -> Iterator[None]:
        """Lines written within stand in the body of ``header``; a ``loop`` counts against Python's limit of nesting."""
        self.line(header)
        outer, self.block = self.block, Block(self.block.indent + 1)
        outer.parts.append(self.block)
        self.nesting += loop
        shared, self._shared = self._shared, dict(self._shared)
        try:
            yield
        finally:
            self._shared = shared
            if not self.block:
                self.line("pass")
            self.nesting -= loop
            self.block = outer

    def insertion_point(self) -> Block:
        """A block here that can be filled later."""
        point = Block(self.block.indent)
        self.block.parts.append(point)
        return point

    @contextmanager
    def writing_to(self, block: Block) -> Iterator[None]:
        """Lines written within go to ``block``."""
        outer, self.block = self.block, block
        shared, self._shared = self._shared, dict(self._shared)
        try:
            yield
        finally:
            self._shared = shared
            self.block = outer
