"""What a cut is called, why it ends a gradient, what to do about it, and whether it cut x off.

Apart from the report, so that every word for a cut stands in one table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainrule.explain._ways import way_to
from chainrule.functions.expressions import line_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chainrule._core.core import Node, Tensor
    from chainrule._core.cuts import Cut

NUMBER = "is a plain number, which knows no graph"
COMPUTE = "compute with the tensor itself; call it only to print or to log"

# How a tensor was cut off: (what that did, what to do instead).
CALLS = {
    "detach": (
        "detach() gives the values without their graph",
        "leave out the detach() if this gradient is wanted",
    ),
    "indices": (
        "an index is a whole number, which has no derivative",
        "the values that come with the indices have a gradient, and so has a softmax",
    ),
    "multinomial": (
        "a drawn sample has no derivative with respect to its chances",
        "weight the loss with the logarithm of the chance drawn, or draw by gumbel_softmax",
    ),
    "members": (
        "members taken with grad mode off (torch.no_grad()) are not recorded",
        "move the line out of the block or function where recording is off",
    ),
    "view": (
        "a view taken with grad mode off (torch.no_grad()) is not recorded",
        "move the line out of the block or function where recording is off",
    ),
    "write": (
        "a write with grad mode off (torch.no_grad()) is not recorded",
        "move the line out of the block or function where recording is off",
    ),
    "detach_": (
        "detach_() took the tensor itself off its graph",
        "leave out the detach_() if this gradient is wanted",
    ),
    "data": (
        ".data gives the values without their graph",
        "use the tensor itself; to change it unrecorded, write to it under torch.no_grad()",
    ),
    "tensor": (
        "torch.tensor(...) copies the values and not their graph",
        "torch.stack([...]) or torch.cat([...]) joins tensors and keeps their graphs",
    ),
    "grad": (
        "torch.autograd.grad without create_graph=True gives constants",
        "pass create_graph=True to differentiate the gradient again",
    ),
    "non_differentiable": (
        "the Function says, by mark_non_differentiable or the dtype, that this has no derivative",
        "return a floating point result, not so marked, if there is a derivative",
    ),
    "numpy": (
        "NumPy records nothing: what it computes is a constant",
        "use the functions of chainrule on the tensor itself",
    ),
    "item": (f"what item() gives {NUMBER}", COMPUTE),
    "tolist": ("what tolist() gives are plain numbers, which know no graph", COMPUTE),
    "float": (f"what float() gives {NUMBER}", COMPUTE),
    "int": (f"what int() gives {NUMBER}", COMPUTE),
    "complex": (f"what complex() gives {NUMBER}", COMPUTE),
}

# Ops without a derivative that have a smooth relative.
RELATIVES = {
    **dict.fromkeys(
        ("gt", "ge", "lt", "le", "eq", "ne"),
        "a comparison is constant almost everywhere; torch.sigmoid(k * (a - b)) is its smooth form",
    ),
    **dict.fromkeys(
        ("argmax", "argmin"),
        "an index has no gradient; the values, torch.max(x, dim), have, and so has a softmax",
    ),
    "cast": "integers and booleans have no gradient; stay with a floating point type",
}
SELECTED = "an index has no gradient; the values beside it have"


def what_happened(cut: Cut) -> str:
    """Why a tensor was cut off, in one sentence."""
    if cut.name in CALLS and isinstance(cut.how, str):
        return CALLS[cut.name][0]
    if cut.mode == 1:
        return f"{cut.name} ran with grad mode off (torch.no_grad() or set_grad_enabled(False))"
    if cut.mode == 2:
        return f"{cut.name} ran in inference mode"
    return f"this result of {cut.name} has no derivative"


def remedy(cut: Cut) -> str:
    """What to do instead, in one sentence."""
    if cut.name in CALLS and isinstance(cut.how, str):
        return CALLS[cut.name][1]
    if cut.mode:
        return "move the line out of the block or function where recording is off"
    return RELATIVES.get(cut.name, SELECTED)


def cut_off(cut: Cut) -> str:
    """What was cut off: a leaf, or the result of a node, which may be gone."""
    if cut.node_type is None:
        return "a leaf"
    return f"the result of {cut.node_type.__name__}, made at {line_text(cut.node_source)}"


def lines_of(cut: Cut) -> list[str]:
    """A cut as a report shows it."""
    return [
        f"  cut at {line_text(cut.source)}",
        f"    {what_happened(cut)}",
        f"    cut off: {cut_off(cut)}",
        f"    remedy: {remedy(cut)}",
    ]


def sorted_out(
    x: Tensor, marks: Iterable[Cut], alive: dict[int, Node]
) -> tuple[list[Cut], list[Cut]]:
    """The cuts that cut off x, and those of which that cannot be known any more, by time.

    `alive` are the nodes that still are, by number: a graph that is gone cannot be gone through.
    """
    sure, possible = [], []
    for cut in sorted(marks, key=lambda cut: cut.time):
        found = cuts_off(cut, x, alive)
        if found:
            sure.append(cut)
        elif found is None:
            possible.append(cut)
    return sure, possible


def cuts_off(cut: Cut, x: Tensor, alive: dict[int, Node]) -> bool | None:
    """Whether x was in what was cut off; None where nobody knows."""
    if cut.leaf is not None:
        return cut.leaf() is x
    if any(leaf() is x for leaf in cut.leaves or ()):
        return True
    if cut.sequence in alive:
        return way_to(x, alive[cut.sequence]) is not None
    return False if cut.all_leaves and x.is_leaf else None
