"""What a backward says when it is refused: PyTorch's words, then the lines of the program.

Apart from identity.py, whose refusals need no graph.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import freed_by, source_of
from chainrule._core.cuts import marks_of
from chainrule._core.operation import bind_late
from chainrule.functions.expressions import cloned, line_text, operand_text

if TYPE_CHECKING:
    from chainrule._core.core import Node, Storage, Tensor

RESULT = 3  # the number by which a node knows that it saved its result


def raise_freed(node: Node) -> NoReturn:
    """A backward, or a look at what was saved, came after the backward that freed it."""
    found = freed_by(node)
    where = line_text(found[0]) if found else "a line that is not known"
    raise RuntimeError(
        "Trying to backward through the graph a second time (or directly access saved tensors "
        "after they have already been freed). A backward frees what its graph saved; pass "
        "retain_graph=True to the first one if a second is to follow.\n"
        f"  freed by the backward at {where}\n"
        f"  needed again by {type(node).__name__}, made at {line_text(source_of(node))}"
    )


def raise_modified(node: Node, position: int, storage: Storage, version: int) -> NoReturn:
    """A saved value was written to between forward and backward."""
    array = node._saved_arrays()[position]
    origin = node._saved_origin(position)
    ask = node._saved_asks()[position]
    number = None if ask == RESULT else ask
    text = operand_text(node, number)
    raise RuntimeError(
        modified_text(array, storage, version, origin)
        + _saved_by(node, "its result" if number is None else f"its operand {number}", text)
        + f"\n  overwritten at {line_text(storage.source)}\n"
        + _remedy(node, text, storage)
    )


def modified_text(array, storage: Storage, version: int, origin=None) -> str:
    """PyTorch's words for a saved value that was written to."""
    which = f", which is output {origin[1]} of {origin[0]}," if origin else ""
    return (
        "one of the variables needed for gradient computation has been modified by an inplace "
        f"operation: [torch.{wrap_array(array).dtype.legacy}Tensor {list(array.shape)}]{which} is "
        f"at version {storage.version}; expected version {version} instead."
    )


def checksum(array) -> int | None:
    """A number that tells what an array holds from other values; None where it cannot be known."""
    if not isinstance(array, numpy.ndarray):
        return None
    import zlib

    return zlib.crc32(numpy.ascontiguousarray(array).reshape(-1).view(numpy.uint8).data)


def raise_changed(node: Node, position: int) -> NoReturn:
    """A saved value is not what it was, though no write to it was counted."""
    array = node._saved_arrays()[position]
    ask = node._saved_asks()[position]
    number = None if ask == RESULT else ask
    what = "its result" if number is None else f"its operand {number}"
    raise RuntimeError(changed_text(array) + _saved_by(node, what, operand_text(node, number)))


def changed_text(array) -> str:
    """What is known of a saved value that was changed through other hands."""
    return (
        "one of the variables needed for gradient computation has been modified by an inplace "
        f"operation: [torch.{wrap_array(array).dtype.legacy}Tensor {list(array.shape)}] was "
        "changed behind chainrule's back, which counts no write to it: through a NumPy array that "
        "shares its memory (by numpy(), numpy.asarray, torch.from_numpy) or through .data. A "
        "clone() shared in its place leaves the value alone."
    )


def _saved_by(node, what, text):
    quoted = f" `{text}`" if text and what != "its result" else ""
    return f"\n  saved by {type(node).__name__}: {what}{quoted}, at {line_text(source_of(node))}"


def _remedy(node, text, storage):
    if text is None:
        return "  Hint: a clone() of the saved value, taken before the write, keeps it."
    return (
        f"  Hint: `{cloned(text)}` in place of `{text}` at {source_of(node)} keeps the value; or "
        f"let the line at {storage.source} make a new tensor."
    )


def cut_text(x: Tensor) -> str:
    """The lines that cut a constant off from what it was computed from, "" where there are none."""
    return "".join(
        f"\n  cut off from its graph by {cut.name} at {line_text(cut.source)}"
        for cut in marks_of(x)
    )


bind_late(
    {
        "raise_freed": raise_freed,
        "raise_modified": raise_modified,
        "raise_changed": raise_changed,
        "checksum": checksum,
    }
)
