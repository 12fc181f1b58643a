"""What a picture knows of a graph: plain records, which hold no node and no tensor.

Apart from reading.py, which makes them: whoever draws needs nothing else, and a picture may be
kept for long without keeping a graph alive.
"""

from __future__ import annotations

from dataclasses import dataclass, field

OPERATION, FUNCTION, LEAF = "operation", "function", "leaf"

Shape = tuple[int, ...]


@dataclass(slots=True)
class Operand:
    """One input of an operation, and what its gradient is."""

    source: int  # the number of the record it comes from
    result: int  # which of its results
    name: str  # what the formula calls it: x, y, z
    formula: str  # of the gradient, in terms of g
    slope: str = ""  # the numbers of the local derivative, where they are few


@dataclass(slots=True)
class Saved:
    """One value that was saved for backward."""

    name: str
    kind: str  # "float32 (3, 4)"
    bytes: int
    numbers: str = ""
    address: int = 0  # two that have the same share their memory


@dataclass(slots=True)
class Record:
    """One node of the graph, in words and numbers."""

    number: int
    kind: str
    title: str  # `mul`, or the name of a leaf
    node: str  # PyTorch's name of the node
    expression: str = ""
    filename: str = ""
    line: int = 0
    columns: tuple[int, int] = (0, 0)
    function: str = ""
    variable: str = ""  # the name the program has for the result
    meaning: str = ""  # `x * y`
    shape: Shape | None = None
    dtype: str = ""
    numbers: str = ""
    gradient: str = ""  # of a leaf: what .grad holds
    operands: list[Operand] = field(default_factory=list)
    constants: list[str] = field(default_factory=list)  # operands that want no gradient
    saved: list[Saved] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_output: bool = False

    @property
    def bytes(self) -> int:
        """What was saved, together."""
        return sum(one.bytes for one in self.saved)

    @property
    def place(self) -> str:
        """The line of the program, as editors understand it."""
        return f"{self.filename}:{self.line}" if self.filename else ""

    @property
    def token(self) -> tuple[object, ...]:
        """What nodes have in common that the same expression made."""
        return self.node, self.filename, self.line, self.columns

    @property
    def kind_text(self) -> str:
        """`float32 (3, 4)`, as far as it is known."""
        return f"{self.dtype} {shape_text(self.shape)}".strip()


def shape_text(shape: Shape | None) -> str:
    """A shape as one writes it; a question mark where nobody kept it."""
    return "(?)" if shape is None else str(tuple(shape))


def bytes_text(count: int) -> str:
    """A number of bytes in three digits."""
    size = float(count)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} GB"


def shortened(text: str, width: int) -> str:
    """A text of at most so many letters."""
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 1] + "…"
