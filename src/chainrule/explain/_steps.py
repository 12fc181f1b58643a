"""explain.steps: the chain rule written out, node by node, from the loss to the leaves.

Apart from the picture of the graph, which shows the same formulas one at a time: here they stand in
the order in which one would write them by hand.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from chainrule._core.core import AccumulateGrad, Node, Tensor, inputs_of, result_count
from chainrule.explain._expressions import DEFAULTS, enclosed, written_operands
from chainrule.explain._formulas import formula_of, result_of
from chainrule.explain._lines import line_of, node_op, spoken
from chainrule.explain._names import PlaceNames
from chainrule.explain._steps_report import (
    Part,
    Rule,
    StepsReport,
    partial,
    symbol,
    value_text,
    without_repeats,
)
from chainrule.explain._values import kept_values, values
from chainrule.explain._walk import (
    Graph,
    Place,
    Step,
    backward,
    checked,
    graph_of,
    hooked,
    root_of,
    seed_of,
    unseen_in,
)

if TYPE_CHECKING:
    from chainrule.explain._values import Value

# Of a graph of thousands of nodes the first and last so many get formulas: the text shows fewer.
MOST_WRITTEN = 200


def steps(loss: Tensor, gradient: Tensor | None = None) -> StepsReport:
    r"""The chain rule for a loss, step by step, as one would write it by hand.

    Each operation from the loss to the leaves with its formula, shapes and, where there are few,
    the numbers. A loss of several elements, or a `gradient`, is explained as a product v^T J;
    v is ones at first. No `.grad` is written, nothing is freed, no hook is called but those that
    unpack saved values. TypeError is raised for what is no tensor, RuntimeError for a gradient of
    another shape, and nothing else.

    .. math:: \frac{\partial f}{\partial x} = \sum_u \frac{\partial f}{\partial u}
        \frac{\partial u}{\partial x}

    >>> import chainrule as torch
    >>> a = torch.tensor(2.0, requires_grad=True)
    >>> b = torch.tensor(3.0, requires_grad=True)
    >>> f = a * b + a
    >>> print(torch.explain.steps(f))
    Forward:
      a = 2
      b = 3
      t1 = a * b = 2 * 3 = 6
      f = t1 + a = 6 + 2 = 8
    ...
    Gradients of the leaves:
      df/da = df/da (use 1) + df/da (use 2) = 1 + 3 = 4
      df/db = 2
    """
    root, seed = root_of(checked("steps", loss)), seed_of(loss, gradient)
    if unseen_in(loss):
        return StepsReport("loss", unseen=unseen_in(loss))
    if root is None:
        return StepsReport("loss", unseen=("it does not require grad: see explain.why_none",))
    try:
        return _Writer(loss, root, seed, gradient is not None).report()
    except Exception as error:  # a strange graph: a tensor inside a transform, say
        return StepsReport("loss", unseen=(f"the graph cannot be looked at: {error}",))


class _Writer:
    """The report while it is written: names, numbers, and what has been sent to each place."""

    def __init__(self, loss: Tensor, root: Place, seed: Tensor, is_given: bool):
        self.graph: Graph = graph_of(root)
        self.names = PlaceNames(self.graph)
        self.loss = self.names[root]
        self.is_product = is_given or loss.numel() != 1
        self.seed = seed
        self.sent: dict[Place, list[Part]] = defaultdict(list)
        self.uses = self._counted()
        nodes = self.graph.nodes
        self.written = set(nodes[:MOST_WRITTEN] + nodes[-MOST_WRITTEN - len(self.graph.leaves) :])
        self.numbers: dict[Node, tuple[list[Value], Value]] = {}
        self.computed = self._forward(loss)

    def _counted(self) -> dict[Place, int]:
        """How many uses send something to each place."""
        counts: dict[Place, int] = defaultdict(int)
        for node in self.graph.nodes:
            for place in inputs_of(node):
                counts[place] += 1  # type: ignore[index]
        return counts

    def report(self) -> StepsReport:
        """Run the backward and write down each step."""
        rules, gradients = [], []
        for step in backward(self.graph, self.seed):
            if isinstance(step.node, AccumulateGrad):
                gradients.append(self._total((step.node, 0), step))
            else:
                rules.append(self._rule(step))
        unseen = ("hooks were not called",) if hooked(self.graph) else ()
        return StepsReport(
            self.loss, self.computed, tuple(rules), tuple(gradients), self.seed._array,
            self.is_product, unseen,
        )  # fmt: skip

    # ------------------------------------------------------------------------------ forward

    def _forward(self, loss: Tensor) -> tuple[str, ...]:
        """The leaves as they are first used, then what is computed of them."""
        lines = {node: self._computed(node, *known) for node, *known in values(self.graph, loss)}
        leaves = [lines.pop(leaf) for leaf in self.graph.leaves]
        return (*leaves, *lines.values())

    def _computed(self, node: Node, operands: list[Value], out: Value) -> str:
        """One line of the forward: what is computed, of which numbers, what comes out."""
        name = self.names[node, 0]
        self.numbers[node] = [_small(value) for value in operands], _small(out)
        if isinstance(node, AccumulateGrad):
            return f"{name} = {value_text(out)}"
        texts = self._operands(node)
        sides = [self._results(node), self._expression(node, texts)]
        numbers = [_number(value) for value in operands]
        if numbers and all(numbers):
            sides.append(self._expression(node, numbers))
        sides.append("" if out is None or result_count(node) > 1 else value_text(out))
        return " = ".join(without_repeats([side for side in sides if side]))

    def _expression(self, node: Node, operands: list[str]) -> str:
        """What a node computes: `a * b`; of many operands, `cat(a, b, c, d)`."""
        op = node_op(node)
        if op is None or op.arity != len(operands):
            return f"{spoken(node)}({', '.join(operands)})"
        return result_of(node, dict(zip(DEFAULTS, operands)))

    def _operands(self, node: Node) -> list[str]:
        """The names of a node's operands: results', or as the user writes a constant."""
        inputs = inputs_of(node)
        texts, saved = written_operands(node, len(inputs)), kept_values(node)
        return [
            self.names[child, number]
            if child is not None
            else _constant(texts[k] if texts else None, saved.get(k))
            for k, (child, number) in enumerate(inputs)
        ]

    def _results(self, node: Node) -> str:
        """The names of a node's results: `a, b` of `a, b = x.unbind()`."""
        return ", ".join(self.names[node, k] for k in range(max(result_count(node), 1)))

    # ----------------------------------------------------------------------------- backward

    def _rule(self, step: Step) -> Rule:
        node = step.node
        texts = self._operands(node)
        place = node, _number_of_result(step)
        g = step.arrived[place[1]]
        total = self._total(place, step) if len(self.sent[place]) > 1 else None
        parts = []
        for k, ((child, number), part) in enumerate(zip(inputs_of(node), step.sent)):
            if child is None or part is None:
                continue
            parts.append(self._part(step, k, texts, part._array, (child, number)))
            self.sent[child, number].append(parts[-1])
        return Rule(
            self._results(node), self._expression(node, texts), line_of(node),
            tuple(g.shape) if g is not None else (), tuple(parts), total, step.refusal,
        )  # fmt: skip

    def _part(self, step: Step, k: int, texts: list[str], value: Any, place: Place) -> Part:
        """What a step sends to its operand k."""
        node, use = step.node, len(self.sent[place]) + 1
        use = use if self.uses[place] > 1 else 0
        if node not in self.written:
            return Part(self.names[place], "", "", "", value, use)
        out = self.names[node, _number_of_result(step)]
        plain = dict(zip(DEFAULTS, texts)) | {"g": self._gradient(out), "out": out}
        latex = {name: symbol(text) for name, text in plain.items()}
        latex["g"] = partial(self.loss, out, self.is_product)
        words = formula_of(node, k, plain)
        return Part(
            self.names[place], self._summed(step, value, words.plain),
            self._summed_latex(step, value, formula_of(node, k, latex).latex),
            self._substituted(step, k, words), value, use,
        )  # fmt: skip

    def _gradient(self, name: str) -> str:
        """How the gradient of a result is written."""
        left = f"d{self.loss}/d{name}"
        return f"(v^T {left})" if self.is_product else left

    def _summed(self, step: Step, value: Any, text: str) -> str:
        """The formula, and that it is summed where the operand was broadcast."""
        return f"sum over broadcast dims of ({text})" if _was_broadcast(step, value) else text

    def _summed_latex(self, step: Step, value: Any, text: str) -> str:
        return rf"\sum_{{\text{{broadcast}}}} {text}" if _was_broadcast(step, value) else text

    def _substituted(self, step: Step, k: int, formula: Any) -> str:
        """The formula with numbers in it, where all it names are single numbers."""
        operands, out = self.numbers[step.node]
        g = step.arrived[0]
        known = dict(zip(DEFAULTS, operands)) | {"out": out, "g": None if g is None else g._array}
        numbers = {name: _number(known.get(name)) for name in formula.names}
        if not formula.is_exact or not all(numbers.values()):
            return ""
        return formula_of(step.node, k, numbers).plain

    def _total(self, place: Place, step: Step) -> Part:
        """The gradient of a place: the sum of what its uses sent."""
        value = step.arrived[place[1]]._array  # type: ignore[union-attr]
        name, parts = self.names[place], self.sent[place]
        if len(parts) < 2:
            return Part(name, "", "", "", value)
        left = self._gradient(name).strip("()")
        fraction = partial(self.loss, name, self.is_product)
        few = parts if len(parts) <= 4 else [*parts[:2], parts[-1]]
        terms = [f"{left} (use {part.use})" for part in few]
        latex = [rf"\left.{fraction}\right|_{{{part.use}}}" for part in few]
        numbers = [_number(part.value) for part in few]
        if len(parts) > 4:
            terms[2:2], latex[2:2], numbers[2:2] = ["..."], [r"\cdots"], ["..."]
        return Part(
            name, " + ".join(terms), " + ".join(latex),
            " + ".join(numbers) if all(numbers) else "", value,
        )  # fmt: skip


def _number_of_result(step: Step) -> int:
    """The first of a node's results that something arrived for."""
    return next(k for k, g in enumerate(step.arrived) if g is not None)


def _small(value: Value) -> Value:
    """A value if it is one number: nothing larger is kept for the formulas."""
    return value if value is not None and _number(value) else None


def _number(value: Value) -> str:
    """A single number as it stands in a formula, '' for anything else."""
    if value is None or getattr(value, "shape", ()) != ():
        return ""
    number = value.item() if hasattr(value, "item") else value
    if isinstance(number, bool) or not isinstance(number, int | float):
        return str(number)
    text = f"{number:.6g}"
    return f"({text})" if number < 0 else text


def _constant(text: str | None, value: Value) -> str:
    """A constant operand: as the user writes it, else its numbers, if they are few."""
    if text:
        return enclosed(text)
    if value is None:
        return "(a constant)"
    return value_text(value) if hasattr(value, "shape") else _number(value)


def _was_broadcast(step: Step, value: Any) -> bool:
    op, g = node_op(step.node), step.arrived[0]
    return op is not None and op.broadcasts and g is not None and g.shape != value.shape
