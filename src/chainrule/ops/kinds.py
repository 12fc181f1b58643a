"""The four kinds of operation: what each derives from the one formula a record holds.

Apart from the records, because this is the only place that knows how reverse mode, forward
mode and batching follow from a formula; the records (arithmetic.py, ...) only state formulas.

| kind        | vjp                          | jvp                                        |
|-------------|------------------------------|--------------------------------------------|
| elementwise | g * conj(partial_i)          | sum of t_i * partial_i                     |
| linear      | its transpose                | the op on t                                |
| multilinear | its transposes               | sum of op(.., t_i, ..)                     |
| general     | as written                   | as written, or the transpose of the vjp    |

Note: names in formulas. A kernel that is an array function takes `xp` (the array namespace)
first; a kernel that is a formula takes x, y, z and then the op's parameters. Rules name what
they want: g, x, y, z, out, outs, x_shape, y_shape, z_shape, shapes, or a parameter; and only
what some rule names is saved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy

from chainrule._core.operation import Op, argument_names

if TYPE_CHECKING:
    from collections.abc import Callable

ELEMENTWISE, LINEAR, MULTILINEAR, GENERAL = range(4)
OPERANDS = ("x", "y", "z")


def elementwise(
    name, kernel, *partials, node=None, floats=False, promotes=True, whole=False, refuses=None
):
    """An op that works element by element, by the partial derivative in each input.

    `kernel` is the name of a NumPy ufunc, the path of a SciPy one ("scipy.special.erf"), a
    formula of other elementwise ops (lambda x: 1 / (1 + exp(-x))), or an array function
    (def kernel(xp, x)). A partial is a formula, a number, or None where there is no derivative.
    A formula that gives booleans selects: the cotangent where true, zero elsewhere. `floats`
    brings integers to the default float type first; `whole` leaves integers as they are.
    `refuses` are NumPy's letters of the kinds of numbers that the op does not take once operands
    have their common type ("c": complex); in capitals, that no operand may be of ("B").
    """
    formula, parameters, arity = None, (), len(partials)
    if isinstance(kernel, str):
        if not kernel.startswith("scipy."):
            kernel = getattr(numpy, kernel)
            arity = kernel.nin
    else:
        names = argument_names(kernel)
        if names[0] == "xp":
            names = names[1:]
        else:
            formula = kernel
        arity = len([name for name in names if name in OPERANDS])
        parameters = names[arity:]
    return Op(
        name, ELEMENTWISE, arity, kernel, rules=partials, node=node, parameters=parameters,
        formula=formula, broadcasts=True, promotes=promotes, floats=floats, whole=whole,
        refuses=refuses,
    )  # fmt: skip


def _structured(kind: int, **options) -> Callable[[Callable], Op]:
    """A decorator that makes a kernel `def name(xp, x, ..., *, parameters)` an op."""

    def decorate(kernel):
        code = kernel.__code__
        names = argument_names(kernel)
        variadic = bool(code.co_flags & 0x04)
        arity = -1 if variadic else code.co_argcount - 1
        return Op(
            kernel.__name__.rstrip("_"), kind, arity, kernel,
            parameters=names[code.co_argcount :], **options,
        )  # fmt: skip

    return decorate


def linear(*, node=None, view=False, results=1, joint=False, broadcasts=False, promotes=False):
    """An op linear in all its inputs together: `def sum(xp, x, *, dim, keepdim)`.

    Of one input: give `.transpose`. Of two or three (`where`): `.transposes`, each in g alone.
    Of any number (`def cat(xp, *arrays, dim)`): joint=True, and one `.transpose` that returns a
    tuple. `view`: the result shares the input's memory.
    """
    return _structured(
        LINEAR, node=node, view=view, results=results, joint=joint, broadcasts=broadcasts,
        promotes=promotes,
    )  # fmt: skip


def multilinear(*, node=None, broadcasts=False, promotes=False):
    """An op linear in each of its inputs: `def matmul(xp, x, y)`; give `.transposes`."""
    return _structured(MULTILINEAR, node=node, broadcasts=broadcasts, promotes=promotes)


def general(*, node=None, results=1, joint=False, broadcasts=False, promotes=False):
    """Any other op: `def logsumexp(xp, x, *, dim, keepdim)`; give `.vjp` or `.vjps`."""
    return _structured(
        GENERAL, node=node, results=results, joint=joint, broadcasts=broadcasts,
        promotes=promotes,
    )  # fmt: skip


def constant(*, results=1, broadcasts=False, promotes=False):
    """An op without a derivative (argmax, comparisons of whole arrays): nothing is recorded."""
    return _structured(GENERAL, results=results, broadcasts=broadcasts, promotes=promotes)
