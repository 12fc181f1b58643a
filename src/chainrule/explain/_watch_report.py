"""What the report of `python -m chainrule --explain` consists of, and how it reads.

Apart from the watching, which finds: here it is only said.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from chainrule.functions.expressions import text_of

# More than this is not read; the first that is wrong is often the reason of the rest.
MOST_NOTES, MOST_UNSEEN, NAMED = 12, 5, 5


@dataclass(frozen=True)
class Note:
    """One thing that would help: what is wrong, where, why, and what to write instead."""

    what: str
    where: str
    why: str
    instead: str = ""

    def __str__(self):
        """The note, a line a fact."""
        lines = [self.what, f"  at {self.where}", *_indented("why", self.why)]
        return "\n".join([*lines, *_indented("instead", self.instead)])


@dataclass
class Notes:
    """The notes of a run in the order in which they were made, each once."""

    found: dict[tuple[str, str], Note] = field(default_factory=dict)
    unseen: dict[str, None] = field(default_factory=dict)

    def add(self, kind: str, note: Note) -> None:
        """Keep a note, unless there is one of its kind about the same place."""
        self.found.setdefault((kind, note.where), note)

    def has(self, kind: str) -> bool:
        """Whether there is a note of a kind."""
        return any(key[0] == kind for key in self.found)

    def told(self, calls: int) -> str:
        """The report."""
        notes = list(self.found.values())
        if not notes:
            lines = [f"explain: nothing to report ({_counted(calls, 'backward call')} watched)"]
        else:
            lines = [f"explain: {_counted(len(notes), 'thing')} to look at"]
        for number, note in enumerate(notes[:MOST_NOTES], 1):
            lines += ["", f"{number}. {note}"]
        if len(notes) > MOST_NOTES:
            lines += ["", f"... and {len(notes) - MOST_NOTES} more"]
        return "\n".join(
            [*lines, *(f"not seen: {text}" for text in list(self.unseen)[:MOST_UNSEEN])]
        )


def place_text(source) -> str:
    """A line of the program, as Python's tracebacks name it, and the expression on it."""
    if source is None:
        return "a line that is not known"
    text = text_of(source)
    place = f"{source.filename}, line {source.line}"
    return f"{place}: {text}" if text else place


def in_short(names: list[str]) -> str:
    """The first of many names."""
    return ", ".join(names[:NAMED]) + (", ..." if len(names) > NAMED else "")


def _indented(title: str, text: str) -> list[str]:
    if not text:
        return []
    first, *rest = text.splitlines()
    return [f"  {title}: {first}", *(f"    {line}" for line in rest)]


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
