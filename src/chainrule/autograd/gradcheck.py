"""gradcheck and gradgradcheck: derivatives against finite differences.

Apart from the engine, because it trusts nothing of it but the values of the function.
"""

from __future__ import annotations

import warnings

import numpy

from chainrule._core.apply import wrap_array
from chainrule._core.core import Tensor
from chainrule.autograd.backward import grad
from chainrule.autograd.modes import enable_grad, no_grad


class GradcheckError(RuntimeError):
    """What gradcheck raises where a derivative is wrong."""


def _listed(value) -> list:
    return [value] if isinstance(value, Tensor) else list(value)


def _differentiable(value) -> bool:
    return isinstance(value, Tensor) and value.dtype.category >= 2


def _outputs(function, inputs) -> list[Tensor]:
    """The differentiable results of the function; anything but tensors is refused."""
    found = function(*inputs)
    if isinstance(found, Tensor):
        found = [found]
    if not isinstance(found, (tuple, list)) or not all(isinstance(o, Tensor) for o in found):
        raise ValueError(
            f"Expected Tensor outputs from the function, but it returned {type(found).__name__}"
        )
    return [output for output in found if _differentiable(output)]


# ----------------------------------------------------------------------------- checks before


def _check_inputs(inputs) -> list[int]:
    """Which inputs are checked; a warning for those whose precision will not do."""
    wanted = [
        k for k, value in enumerate(inputs) if isinstance(value, Tensor) and value.requires_grad
    ]
    if not wanted:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of the "
            "them have requires_grad=True."
        )
    for k in wanted:
        array = inputs[k]._array
        if array.dtype not in (numpy.float64, numpy.complex128):
            warnings.warn(
                f"Input #{k} requires gradient and is not a double precision floating point or "
                "complex. This check will likely fail if all the inputs are not of double "
                f"precision floating point or complex. (It is of {inputs[k].dtype}.)",
                stacklevel=3,
            )
        if 0 in array.strides and any(
            step == 0 and size > 1 for step, size in zip(array.strides, array.shape)
        ):
            raise RuntimeError(
                f"The {k}th input has a dimension with stride 0. gradcheck only supports inputs "
                "that are non-overlapping to be able to compute the numerical gradients "
                "correctly. You should call .contiguous on the input before passing it to "
                "gradcheck."
            )
    return wanted


# ------------------------------------------------------------------------------- the Jacobians


def _numerical(function, inputs, k, eps) -> list[list[numpy.ndarray]]:
    """d output / d input k by central differences: one (inputs, outputs) matrix per output.

    For a complex input the columns follow PyTorch's convention: the conjugate Wirtinger
    derivative's two real halves are measured apart and put together.
    """
    array = inputs[k]._array
    is_complex = array.dtype.kind == "c"
    rows = []
    for place in numpy.ndindex(array.shape):
        steps = [eps, 1j * eps] if is_complex else [eps]
        rows.append([_difference(function, inputs, k, place, step) for step in steps])
    matrices = []
    for output in range(len(rows[0][0]) if rows else 0):
        parts = [numpy.stack([row[s][output] for row in rows]) for s in range(1 + is_complex)]
        matrices.append(parts)
    return matrices


def _difference(function, inputs, k, place, step) -> list[numpy.ndarray]:
    """(f(x + step) - f(x - step)) / (2 |step|), flattened, for each output."""
    ends = []
    for sign in (1, -1):
        moved = list(inputs)
        shifted = inputs[k]._array.copy()
        shifted[place] += sign * step
        moved[k] = wrap_array(shifted).requires_grad_()
        with no_grad():
            ends.append([o._array.copy().reshape(-1) for o in _outputs(function, moved)])
    return [(a - b) / (2 * abs(step)) for a, b in zip(*ends)]


def _analytical(output, tensor, seed_unit) -> numpy.ndarray:
    """The (inputs, outputs) matrix of vector-Jacobian products with unit vectors."""
    size, columns = output._array.size, []
    for place in range(size):
        unit = numpy.zeros(size, output._array.dtype)
        unit[place] = seed_unit
        seed = wrap_array(unit.reshape(output._array.shape))
        (found,) = grad(output, tensor, seed, retain_graph=True, allow_unused=True)
        columns.append(
            numpy.zeros(tensor._array.size, tensor._array.dtype)
            if found is None
            else found._array.reshape(-1)
        )
    if not columns:
        return numpy.zeros((tensor._array.size, 0), tensor._array.dtype)
    return numpy.stack(columns, axis=1)


def _expected(parts, output_is_complex, unit) -> numpy.ndarray:
    """What a vjp with a seed of `unit` must give, from the measured real partial derivatives.

    For L = Re(conj(seed) * f) the gradient is dL/da + i dL/db, where x = a + ib.
    """

    def real(part):
        return (numpy.conj(unit) * part).real if output_is_complex else part * unit

    if len(parts) == 1:
        return real(parts[0])
    return real(parts[0]) + 1j * real(parts[1])


# ----------------------------------------------------------------------------------- the check


def gradcheck(
    func,
    inputs,
    *,
    eps: float = 1e-06,
    atol: float = 1e-05,
    rtol: float = 0.001,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
) -> bool:
    """Compare the gradients of func with central differences of step eps.

    `inputs` are the arguments of func (float64 or complex128); func returns a tensor or a tuple
    of tensors. A difference above atol + rtol * |numerical| raises GradcheckError (or returns
    False, with raise_exception=False), and so do gradients that differ from run to run by more
    than nondet_tol and, unless check_undefined_grad is False, a backward that cannot cope with
    undefined cotangents.

    >>> import chainrule as torch
    >>> x = torch.tensor([0.5, 2.0], dtype=torch.float64, requires_grad=True)
    >>> torch.autograd.gradcheck(torch.exp, (x,))
    True

    See https://docs.pytorch.org/docs/2.13/generated/torch.autograd.gradcheck.gradcheck.html
    """
    try:
        inputs = [inputs] if isinstance(inputs, Tensor) else list(inputs)
        wanted = _check_inputs(inputs)
        with enable_grad():
            outputs = _outputs(func, inputs)
        _check_values(func, inputs, wanted, outputs, eps, atol, rtol)
        _check_repeatable(func, inputs, wanted, outputs, nondet_tol)
        if check_undefined_grad:
            _check_undefined(inputs, wanted, outputs)
        if check_grad_dtypes:
            _check_dtypes(inputs, wanted, outputs)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def _check_values(func, inputs, wanted, outputs, eps, atol, rtol):
    for k in wanted:
        numerical = _numerical(func, inputs, k, eps)
        for number, output in enumerate(outputs):
            if not output.requires_grad:
                if numerical and any(
                    numpy.abs(part).max(initial=0) > atol for part in numerical[number]
                ):
                    raise GradcheckError(
                        f"Numerical gradient for function expected to be zero: output {number} "
                        "does not require grad, but depends on input "
                        f"{k}"
                    )
                continue
            is_complex = output.dtype.is_complex
            for unit in (1, 1j) if is_complex else (1,):
                found = _analytical(output, inputs[k], unit)
                parts = numerical[number] if numerical else [found * 0]
                _compare(found, _expected(parts, is_complex, unit), k, number, atol, rtol)


def _compare(found, expected, k, number, atol, rtol):
    if not numpy.allclose(found, expected, rtol, atol):
        worst = numpy.unravel_index(
            numpy.nan_to_num(abs(found - expected), nan=numpy.inf).argmax(), found.shape
        )
        raise GradcheckError(
            f"Jacobian mismatch for output {number} with respect to input {k},\n"
            f"numerical:{expected}\nanalytical:{found}\n"
            f"The largest difference is at element {worst[0]} of the input and {worst[1]} of the "
            f"output: {expected[worst]} measured, {found[worst]} computed."
        )


def _check_repeatable(func, inputs, wanted, outputs, tolerance):
    for output in outputs:
        if not output.requires_grad:
            continue
        seed = wrap_array(numpy.ones(output._array.shape, output._array.dtype))
        tensors = [inputs[k] for k in wanted]
        first, second = (
            grad(output, tensors, seed, retain_graph=True, allow_unused=True) for _ in range(2)
        )
        for a, b in zip(first, second):
            if a is not None and not numpy.allclose(
                a._array, b._array, 0, tolerance, equal_nan=True
            ):
                raise GradcheckError(
                    "Backward is not reentrant: two runs with the same input and cotangent gave "
                    f"gradients that differ by more than nondet_tol={tolerance}"
                )


def _check_undefined(inputs, wanted, outputs):
    """A backward must cope with results that nothing used, whose cotangents are zero."""
    tensors = [inputs[k] for k in wanted]
    for output in outputs:
        if output.requires_grad:
            seed = wrap_array(numpy.zeros(output._array.shape, output._array.dtype))
            found = grad(output, tensors, seed, retain_graph=True, allow_unused=True)
            if any(part is not None and part._array.any() for part in found):
                raise GradcheckError("Expected all gradients of a zero cotangent to be zero")


def _check_dtypes(inputs, wanted, outputs):
    for output in outputs:
        if output.requires_grad:
            seed = wrap_array(numpy.ones(output._array.shape, output._array.dtype))
            for k in wanted:
                (found,) = grad(output, inputs[k], seed, retain_graph=True, allow_unused=True)
                if found is not None and found.dtype is not inputs[k].dtype:
                    raise GradcheckError(f"gradient of input {k} is of {found.dtype}")


def gradgradcheck(
    func,
    inputs,
    grad_outputs=None,
    *,
    eps: float = 1e-06,
    atol: float = 1e-05,
    rtol: float = 0.001,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
) -> bool:
    """gradcheck of the gradient: compares second derivatives with differences of the first.

    `grad_outputs` are the cotangents to differentiate with; by default random ones.

    >>> import chainrule as torch
    >>> x = torch.tensor([0.5, 2.0], dtype=torch.float64, requires_grad=True)
    >>> torch.autograd.gradgradcheck(torch.exp, (x,))
    True

    See https://docs.pytorch.org/docs/2.13/generated/torch.autograd.gradcheck.gradgradcheck.html
    """
    inputs = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    if grad_outputs is None:
        grad_outputs = [
            _random_like(o, gen_non_contig_grad_outputs) for o in _outputs(func, inputs)
        ]
    grad_outputs = _listed(grad_outputs)
    count = len(grad_outputs)

    def gradient(*arguments):
        seeds, arguments = arguments[-count:], arguments[:-count]
        with enable_grad():
            outputs = _outputs(func, arguments)
            tensors = [value for value in arguments if _needs(value)]
            found = grad(outputs, tensors, seeds, create_graph=True, allow_unused=True)
        return tuple(part for part in found if part is not None)

    return gradcheck(
        gradient, [*inputs, *grad_outputs], eps=eps, atol=atol, rtol=rtol,
        raise_exception=raise_exception, nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad, check_grad_dtypes=check_grad_dtypes,
    )  # fmt: skip


def _needs(value) -> bool:
    return isinstance(value, Tensor) and value.requires_grad


def _random_like(output, strided) -> Tensor:
    random = numpy.random.default_rng(0)
    shape = (*output._array.shape, 2) if strided else output._array.shape
    values = random.standard_normal(shape)
    if output.dtype.is_complex:
        values = values + 1j * random.standard_normal(shape)
    values = values.astype(output._array.dtype)
    return wrap_array(values[..., 0] if strided else values).requires_grad_()
