"""Pushforwards: the tangent of a result, from the one formula that an op's record holds.

Apart from dual, which knows when one is wanted. By the kind of the op (see ops.kinds): of an
elementwise op the sum of tangent * partial, of a linear one the op itself, of a multilinear one
the sum over its operands, of any other the transpose of its vjp, found by differentiating that.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

from chainrule._core.apply import wrap_array
from chainrule._core.core import node_of
from chainrule._core.engine import run_backward
from chainrule._core.kernels import run_op
from chainrule._core.modes import is_strong_zero_enabled, switch_grad
from chainrule._core.operation import Op, argument_names
from chainrule._core.types import dtype_of
from chainrule.ops.arithmetic import add
from chainrule.ops.cotangents import pushed, sum_to
from chainrule.ops.kinds import ELEMENTWISE, LINEAR, MULTILINEAR
from chainrule.ops.shape import expand
from chainrule.transforms.filling import zeros_like
from chainrule.transforms.levels import levels_of


def pushforward(op: Op, primals: tuple, tangents: list, parameters: dict | None, out: Any) -> Any:
    """The tangent of `out`, or of each of several results; None of what has none."""
    before = switch_grad(False)
    try:
        if op.kind == LINEAR:
            return _linear(op, primals, tangents, parameters)
        if op.kind == MULTILINEAR:
            return _multilinear(op, primals, tangents, parameters)
        if op.kind == ELEMENTWISE:
            return _elementwise(op, primals, tangents, parameters or {}, out)
        return _transposed(op, primals, tangents, parameters or {}, out)
    finally:
        switch_grad(before)


def _linear(op, primals, tangents, parameters):
    """The op on the tangents, zeros where there are none; indices and masks stay."""
    operands = tuple(
        primal
        if not (op.joint or op.rules[k] is not None)
        else zeros_like(primal)
        if tangent is None
        else tangent
        for k, (primal, tangent) in enumerate(zip(primals, tangents))
    )
    return run_op(op, operands, parameters)


def _multilinear(op, primals, tangents, parameters):
    parts = [
        run_op(op, (*primals[:k], tangent, *primals[k + 1 :]), parameters)
        for k, tangent in enumerate(tangents)
        if tangent is not None
    ]
    return reduce(_sum, parts)


def _sum(x, y):
    return run_op(add, (x, y), None)


def _elementwise(op, primals, tangents, parameters, out):
    """The sum of tangent * partial, of the result's shape and type."""
    known = _known(primals, parameters, out)
    push = _product()
    parts = [
        push(
            wrap_array(tangent),
            rule(*_asked(rule, known)) if callable(rule) else rule,
        )
        for rule, tangent in zip(op.rules, tangents)
        if tangent is not None
    ]
    total = reduce(lambda a, b: a + b, parts)
    wanted = dtype_of(out)
    if total.dtype is not wanted:
        total = total.real if total.dtype.is_complex and not wanted.is_complex else total
        total = total.to(wanted)
    if tuple(total.shape) != tuple(out.shape):
        total = expand(total, shape=tuple(out.shape))
    return total._array


def _product():
    """What multiplies a tangent by a partial."""
    if not is_strong_zero_enabled():
        return pushed
    from chainrule.ops.strong_zeros import pushed_strongly

    return pushed_strongly


def _known(primals, parameters, out) -> dict[str, Any]:
    """What rules may ask for, by name."""
    known = dict(parameters)
    for name, primal in zip(("x", "y", "z"), primals):
        known[name] = _tensor(primal)
        known[f"{name}_shape"] = tuple(getattr(primal, "shape", ()))
    known["shapes"] = tuple(tuple(getattr(primal, "shape", ())) for primal in primals)
    known["outs"] = tuple(wrap_array(part) for part in out) if isinstance(out, tuple) else None
    known["out"] = wrap_array(out[0] if isinstance(out, tuple) else out)
    return known


def _tensor(value):
    return wrap_array(value) if hasattr(value, "dtype") else value


def _asked(rule, known):
    return [known[name] for name in argument_names(rule)]


def _transposed(op, primals, tangents, parameters, out):
    """The transpose of the vjp: linear in its cotangent g, it is differentiated in g.

    As of any linear map, the derivative is the same wherever g is: so g may be zero.
    """
    outs = out if isinstance(out, tuple) else (out,)
    switch_grad(True)
    seeds = [_seed(part) for part in outs]
    known = _known(primals, parameters, out)
    known["g"] = tuple(seeds) if op.joint or op.results != 1 else seeds[0]
    roots, cotangents = [], []
    for pulled, primal, tangent in zip(_pulled(op, known, tangents), primals, tangents):
        if tangent is None or pulled is None:
            continue
        pulled = sum_to(pulled, tuple(primal.shape), dtype_of(primal))
        if pulled.requires_grad:
            roots.append((node_of(pulled), pulled.output_nr))
            cotangents.append(wrap_array(tangent))
    wanted = [seed for seed in seeds if seed.requires_grad]
    found = _differentiated(roots, cotangents, wanted, (*primals, *tangents, *outs))
    parts = tuple(next(found)._array if seed.requires_grad else None for seed in seeds)
    return parts if isinstance(out, tuple) else parts[0]


def _seed(array):
    seed = wrap_array(zeros_like(array))
    seed._set_needs_grad(array.dtype.kind not in "biu")
    return seed


def _pulled(op, known, tangents):
    """The cotangents of the inputs, as recorded functions of g."""
    if op.joint:
        rule = op.rules[0]
        return rule(*_asked(rule, known))
    return [
        None if tangent is None else rule(*_asked(rule, known))
        for rule, tangent in zip(op.rules, tangents)
    ]


def _differentiated(roots, cotangents, seeds, arrays):
    """The derivatives in the seeds, inside all levels that any of the arrays is part of."""
    places = [(node_of(seed), 0) for seed in seeds]
    if roots:
        inside = tuple({level for array in arrays for level in levels_of(array)})
        nodes = [node for node, _ in places]
        found = run_backward(roots, cotangents, nodes, places, False, False, inside)
    else:
        found = [None] * len(seeds)
    return iter(
        [wrap_array(zeros_like(seed._array)) if g is None else g for g, seed in zip(found, seeds)]
    )
