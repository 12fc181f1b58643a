"""why_none: why the gradient of a tensor is None, or why a result does not require grad.

Apart from the words for cuts and from the walks, which other reports use too.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from chainrule._core.core import AccumulateGrad, Tensor, freed_by, has_hooks, source_of, written_at
from chainrule._core.cuts import marks_of
from chainrule._core.source import here
from chainrule.explain._cuts import lines_of, sorted_out
from chainrule.explain._numbers import cuts_of_number, lines_of_numbers, numbers_taken_from, used_in
from chainrule.explain._ways import living_nodes, nodes_below, start_of, way_to
from chainrule.functions.expressions import argument_texts, line_text

if TYPE_CHECKING:
    from chainrule._core.core import Node
    from chainrule._core.cuts import Cut

SHOWN = 5  # of hooks and Functions on a way, and of leaves


@dataclass(frozen=True, repr=False)
class WhyNone:
    """Why a gradient is None: `str()` is the explanation, the fields are for programs.

    `reason` is one of "there", "not_run", "cleared", "elsewhere", "non_leaf", "not_required",
    "integer", "switched_off", "cut", "maybe_cut", "overwritten", "unused", "constant", "number".
    `cuts` are the places where a way from the tensor was cut, each with `name`, `source` and
    `node_source`, the first of them first.
    """

    reason: str
    text: str
    cuts: tuple[Cut, ...] = ()

    def __str__(self):
        return self.text

    def __repr__(self):
        return self.text


class _Question(NamedTuple):
    loss: Tensor
    x: Tensor
    loss_name: str
    x_name: str

    def answer(self, reason, *lines, cuts=()):
        """The report, in the user's own names for the two tensors."""
        names = {"loss": self.loss_name, "x": self.x_name}
        return WhyNone(reason, "\n".join(lines).format_map(names), tuple(cuts))


def why_none(loss: Tensor, x: Tensor) -> WhyNone:
    """Why x.grad is None after (or before) loss.backward(), or why loss does not require grad.

    Nothing need be switched on beforehand. The report names the line where the way from x to
    the loss was cut: by detach, no_grad, .data, item(), an operation without a derivative; or it
    says that x was never used, is no leaf, or that its gradient is there. What cannot be known,
    because the graph is gone, is said too. TypeError for what is no tensor.

    >>> import chainrule as torch
    >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> loss = (x.detach() * 3).sum()
    >>> report = torch.explain.why_none(loss, x)
    >>> report.reason, report.cuts[0].name
    ('cut', 'detach')
    """
    names = argument_texts(here(), "why_none")
    loss_name, x_name = names if len(names) == 2 else ("loss", "x")
    if not isinstance(x, Tensor):
        raise TypeError(f"why_none(): argument 'x' must be Tensor, not {type(x).__name__}")
    question = _Question(loss, x, loss_name, x_name)
    if isinstance(loss, (int, float, complex)):
        return _of_number(question)
    if not isinstance(loss, Tensor):
        raise TypeError(f"why_none(): argument 'loss' must be Tensor, not {type(loss).__name__}")
    way = way_to(x, start_of(loss))
    return _not_reached(question) if way is None else _reached(question, way)


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


# ------------------------------------------------------------------ there is a way to the tensor


def _reached(question, way) -> WhyNone:
    x = question.x
    if x._grad is not None:
        return question.answer(
            "there",
            "{x}.grad is not None: a backward has filled it, and {loss} depends on {x}.",
            *_flattened(x._grad, way),
        )
    if not x.is_leaf and not x.retains_grad:
        return question.answer(
            "non_leaf",
            "{x}.grad is None because {x} is no leaf: " + _result_of(x.grad_fn) + ".",
            "  Gradients go through it, but .grad is kept for leaves only.",
            "  remedy: {x}.retain_grad() before the backward, or torch.autograd.grad({loss}, {x})",
        )
    if not x.requires_grad:
        return question.answer(
            "switched_off",
            "{x}.grad is None because {x}.requires_grad was set to False after {loss} was computed "
            "from it.",
        )
    freed = next(filter(None, map(freed_by, way)), None)
    return _never_run(question, way) if freed is None else _after_backward(question, way, *freed)


def _flattened(gradient, way) -> list[str]:
    """Of a gradient of zeros: which operations on the way have a slope of 0, as overwriting has."""
    if bool((gradient != 0).any()):
        return []
    places = [
        f"    {type(node).__name__} has a slope of 0: {line_text(source_of(node))}"
        for node, below in pairwise(way)
        if any(rule == 0 for rule in _rules_towards(node, below))
    ]
    return ["  It is zero throughout.", *map(_escaped, dict.fromkeys(places[:SHOWN]))]


def _rules_towards(node: Node, below: Node) -> list:
    """The rules of an operation for the operands that come from a node."""
    rules = [] if hasattr(type(node), "_function") or node.op is None else node.op.rules
    return [rule for rule, (child, _) in zip(rules, node.next_functions) if child is below]


def _never_run(question, way) -> WhyNone:
    return question.answer(
        "not_run",
        "{x}.grad is None, but the way from {loss} to {x} is whole: as far as can be seen, no "
        "backward has gone it.",
        "  remedy: {loss}.backward()",
        *_what_may_interfere(way),
    )


def _after_backward(question, way, source, selective) -> WhyNone:
    where = line_text(source)
    if selective:
        return question.answer(
            "elsewhere",
            "{x}.grad is None because the graph was gone through by torch.autograd.grad, which "
            "returns gradients and fills no .grad, or by backward(inputs=...), which fills those "
            "of the tensors it names:",
            f"  at {_escaped(where)}",
            *_what_may_interfere(way),
        )
    return question.answer(
        "cleared",
        "{x}.grad is None although a backward has gone the way from {loss} to {x}, or part of it:",
        f"  backward at {_escaped(where)}",
        "  Since then it was set to None: by zero_grad() (whose set_to_none is True unless said "
        "otherwise) or by {x}.grad = None.",
        *_what_may_interfere(way),
    )


def _what_may_interfere(way) -> list[str]:
    """What on the way can swallow a gradient unseen: hooks, and users' Functions."""
    lines: dict[str, None] = {}
    for node in way:
        if has_hooks(node):
            lines[f"what the hooks on {type(node).__name__} return"] = None
        if hasattr(type(node), "_function"):
            where = _escaped(line_text(source_of(node)))
            name = type(node)._function.__name__
            lines[f"whether the backward of {name}, applied at {where}, returned None"] = None
    return [f"  not seen from here: {line}" for line in list(lines)[:SHOWN]]


def _result_of(node: Node) -> str:
    return _escaped(f"it is the result of {type(node).__name__} at {line_text(source_of(node))}")


# --------------------------------------------------------------------------------- there is none


def _not_reached(question) -> WhyNone:
    x = question.x
    if not x.requires_grad:
        return _wants_none(question)
    marks = marks_of(question.loss)
    alive = living_nodes()
    sure, possible = sorted_out(x, marks, alive)
    if sure:
        return question.answer("cut", _cut_line(question), *_shown(sure), cuts=sure)
    written = None if x.is_leaf else written_at(x)
    if written is not None:
        return question.answer(
            "overwritten",
            "no gradient of {loss} reaches {x} as it is now: {x} was written to in place, and "
            "{loss} was computed from what it was before, or not at all:",
            f"  written to at {_escaped(line_text(written))}",
        )
    taken = numbers_taken_from(x, alive)
    used = used_in(question.loss, taken)
    if used:
        return question.answer("cut", _cut_line(question), *_shown(used), cuts=used)
    if possible:
        return _perhaps(question, possible)
    return _never_used(question, [_escaped(line) for line in lines_of_numbers(taken)])


def _cut_line(question) -> str:
    wants = "" if question.loss.requires_grad else ", and {loss} does not require grad,"
    return "{x} gets no gradient from {loss}" + wants + " because the way between them is cut:"


def _wants_none(question) -> WhyNone:
    x = question.x
    if x.dtype.category < 2:
        return question.answer(
            "integer",
            f"{{x}} has no gradient because it is of {x.dtype}: only floating point and complex "
            "tensors have one.",
            *_shown(marks_of(x)),
            cuts=marks_of(x),
        )
    if marks_of(x):
        return question.answer(
            "not_required",
            "{x}.grad is None because {x} does not require grad: it is a constant, cut off from "
            "what it was computed from:",
            *_shown(marks_of(x)),
            cuts=marks_of(x),
        )
    return question.answer(
        "not_required",
        "{x}.grad is None because {x} does not require grad.",
        "  remedy: {x}.requires_grad_() before it is used, or requires_grad=True where it is made",
    )


def _shown(cuts) -> list[str]:
    return [_escaped(line) for cut in cuts for line in lines_of(cut)]


def _perhaps(question, possible) -> WhyNone:
    return question.answer(
        "maybe_cut",
        "{loss} has no recorded connection with {x}. On the way to {loss} these were cut off; "
        "their graphs are gone, so that whether {x} was in them cannot be checked:",
        *_shown(possible),
        cuts=possible,
    )


def _of_number(question) -> WhyNone:
    cuts = cuts_of_number(question.loss)
    return question.answer(
        "number",
        f"{{loss}} is a plain {type(question.loss).__name__}, which knows no graph: no gradient "
        "can come from it.",
        *_shown(cuts),
        cuts=cuts,
    )


def _never_used(question, taken) -> WhyNone:
    loss = question.loss
    if not loss.requires_grad:
        return question.answer(
            "constant",
            "{loss} does not require grad: nothing that it was computed from required grad, as far "
            "as was recorded, and {x} is not known to be among it.",
            "  Gradients without create_graph=True, arrays of NumPy and loaded tensors are such "
            "constants.",
            *taken,
        )
    if taken:
        return question.answer(
            "unused",
            "{x} gets no gradient from {loss}: no graph connects them. It was not used, or by its "
            "values alone, which know no graph:",
            *taken,
            "  remedy: compute with the tensor itself",
        )
    leaves = [node.variable for node in nodes_below(start_of(loss)) if type(node) is AccumulateGrad]
    shapes = ", ".join(str(list(leaf.shape)) for leaf in leaves[:SHOWN])
    more = ", ..." if len(leaves) > SHOWN else ""
    return question.answer(
        "unused",
        f"{{x}} gets no gradient from {{loss}} because it was not used to compute it, or not yet "
        f"when it was made to require grad. {{x}} has shape {list(question.x.shape)};",
        f"  the graph of {{loss}} ends at {_count(len(leaves))} {shapes}{more}.",
    )


def _count(leaves: int) -> str:
    return "1 other leaf, of shape" if leaves == 1 else f"{leaves} other leaves, of shapes"
