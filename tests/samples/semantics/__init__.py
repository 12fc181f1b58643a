"""Short programs whose behaviour is PyTorch's: `Program(name, source)` by subject.

Each is run on chainrule and, in parity, on torch; what it prints, and the error it ends with, must
agree. Apart from the samples of operations: these are about the graph.
"""

from __future__ import annotations

from pathlib import Path


def programs():
    """Every program of this folder: (subject and title, source)."""
    found = []
    for path in sorted(Path(__file__).parent.glob("*.txt")):
        for part in path.read_text().split("\n## ")[1:]:
            title, _, source = part.partition("\n")
            found.append((f"{path.stem}: {title.strip()}", source.strip() + "\n"))
    return found
