"""Forward mode, and Functions in transforms, give and refuse what PyTorch's do."""

import importlib
import warnings

import pytest

pytorch = pytest.importorskip("torch")

from tests.parity.comparison import assert_same_outcome, on_both  # noqa: E402

import chainrule  # noqa: E402

KEY_PHRASE = 60


class Setting:
    """A library, and duals made in the level that is under way."""

    def __init__(self, torch):
        self.torch, self.name = torch, "torch" if torch is pytorch else "chainrule"
        self.forward_ad = torch.autograd.forward_ad
        self.x, self.v = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 5.0])

    def dual(self, primal=None, tangent=None):
        primal = self.x.clone() if primal is None else primal
        return self.forward_ad.make_dual(primal, self.v.clone() if tangent is None else tangent)

    def tangent(self, value):
        return self.forward_ad.unpack_dual(value).tangent

    def leaf(self):
        return self.x.clone().requires_grad_()


def flat(value):
    if isinstance(value, (tuple, list)):
        return [part for each in value for part in flat(each)]
    return [value]


def parts(s, value):
    """Values and tangents, with what has no tangent said so."""
    found = []
    for one in flat(value):
        if isinstance(one, s.torch.Tensor):
            tangent = s.tangent(one)
            found += [one.detach(), s.torch.tensor(tangent is not None)]
            found += [] if tangent is None else [tangent.detach()]
        else:
            found.append(s.torch.tensor(one))
    return found


def check(program, inside=True):
    def run(torch):
        s = Setting(torch)
        if not inside:
            return parts(s, program(s))
        with s.forward_ad.dual_level():
            return parts(s, program(s))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found, expected = on_both(chainrule, pytorch, run)
    assert_same_outcome(found, expected)
    if expected.error is not None:
        assert str(expected.error)[:KEY_PHRASE] in str(found.error)


def changed(tensor, change):
    change(tensor)
    return tensor


def into(target, index, value):
    target[index] = value
    return target


def views_of(target, *indices):
    return [target[index] for index in indices]


def write_through_view_of_constant(s):
    zeros = s.torch.zeros(2, 2)
    row, column = views_of(zeros, 1, (slice(None), 0))
    row.copy_(s.dual())
    return zeros, row, column


def write_through_view_of_view(s):
    zeros = s.torch.zeros(2, 3).t()
    row = zeros[1]
    row.copy_(s.dual())
    return zeros, row


def write_through_view_of_transpose(s):
    primal, tangent = s.torch.ones(2, 3), s.torch.arange(6.0).reshape(3, 2).t()
    d = s.dual(primal, tangent)
    d.t()[1].mul_(3)
    return d, primal


def write_to_base(s):
    d = s.dual()
    view = d[1:]
    d.mul_(s.x + 1)
    return d, view


def level_left(s):
    with s.forward_ad.dual_level():
        y = s.dual() * 2
    with s.forward_ad.dual_level():
        return s.tangent(y) is None, y


def backward_after(s):
    p = s.leaf()
    with s.forward_ad.dual_level():
        y = s.dual(p) ** 3
        slope = s.tangent(y)
    (y.sum() + slope.sum()).backward()
    return p.grad


def without(s, mode):
    d = s.dual()
    with mode:
        return d * d


def backward_inside(s, which):
    p = s.leaf()
    y = (s.dual(p) ** 3).sum()
    root = {"dual": y, "primal": s.forward_ad.unpack_dual(y).primal, "tangent": s.tangent(y)}
    return s.torch.autograd.grad(root[which], p)[0]


def accumulated(s):
    p = s.leaf()
    (s.dual(p) ** 3).sum().backward()
    return p.grad


def of_a_constant(s):
    w = s.leaf()
    (s.dual() * w).sum().backward()
    return w.grad


def of_the_tangent(s):
    p, t = s.leaf(), s.v.clone().requires_grad_()
    s.tangent((s.dual(p, t) ** 3).sum()).backward()
    return p.grad, t.grad


def twice(s):
    d = s.dual().requires_grad_()
    (g,) = s.torch.autograd.grad((d**3).sum(), d, create_graph=True)
    return g, s.torch.autograd.grad(g.sum(), d)[0]


def hooked(s):
    d = s.dual().requires_grad_()
    y = d * d
    y.register_hook(lambda g: g * 2)
    return s.torch.autograd.grad(y.sum(), d)[0]


def checkpointed(s):
    d = s.dual(s.leaf())
    checkpoint = importlib.import_module(f"{s.name}.utils.checkpoint").checkpoint
    y = checkpoint(lambda x: x.sin(), d, use_reentrant=False)
    return s.torch.autograd.grad(y.sum(), d)[0]


PROGRAMS = {
    "product": lambda s: s.dual() * s.dual(),
    "of a view": lambda s: s.dual().view(1, 2),
    "of narrow": lambda s: s.dual().narrow(0, 1, 1),
    "of expand": lambda s: s.dual().expand(2, 2),
    "of a diagonal": lambda s: s.dual().expand(2, 2).diagonal(),
    "of view_as_real": lambda s: s.torch.view_as_real(s.torch.complex(s.dual(), s.dual())),
    "of view_as_complex": lambda s: s.torch.view_as_complex(s.dual()),
    "of imag": lambda s: s.torch.complex(s.dual(), s.dual() * 2).imag,
    "of a complex number": lambda s: s.dual(s.x * 1j, s.v * (1 + 2j)).abs(),
    "of sort": lambda s: tuple(s.dual().sort(descending=True)),
    "of unbind": lambda s: s.dual().unbind(),
    "of integers": lambda s: (s.dual().long(), s.dual().argmax(), s.dual() > 1),
    "of zeros_like": lambda s: (s.torch.zeros_like(s.dual()), s.dual().new_ones(2)),
    "of double": lambda s: s.dual().double(),
    "of detach": lambda s: s.dual().detach(),
    "of data": lambda s: s.dual().data,
    "of tensor": lambda s: s.torch.tensor(s.dual()),
    "of as_tensor": lambda s: s.torch.as_tensor(s.dual()),
    "of a parameter": lambda s: s.torch.nn.Parameter(s.dual()),
    "of deepcopy": lambda s: __import__("copy").deepcopy(s.dual()),
    "of item": lambda s: (s.dual().sum().item(), s.dual().tolist()),
    "is a view": lambda s: (lambda p, d: (d._is_view(), d._base is p))(s.x, s.dual(s.x)),
    "in place": lambda s: changed(s.dual(), lambda d: d.mul_(3)),
    "in place, seen by the primal": lambda s: changed(s.x, lambda x: s.dual(x).mul_(3)),
    "in place by a dual": lambda s: changed(s.torch.ones(2), lambda x: x.mul_(s.dual())),
    "into a constant": lambda s: into(s.torch.zeros(3), 1, s.dual()[0]),
    "a constant into a dual": lambda s: into(s.dual(), 0, 7.0),
    "into a view of a constant": write_through_view_of_constant,
    "into a view of a view": write_through_view_of_view,
    "into a view of a transpose": write_through_view_of_transpose,
    "into the base of a view": write_to_base,
    "into a dual of a leaf": lambda s: s.dual(s.leaf()).mul_(2),
    "in no_grad": lambda s: without(s, s.torch.no_grad()),
    "in inference mode": lambda s: without(s, s.torch.inference_mode()),
    "switched off": lambda s: without(s, s.forward_ad._set_fwd_grad_enabled(False)),
    "switched on": lambda s: without(s, s.forward_ad._set_fwd_grad_enabled(True)),
    "is switched on": lambda s: s.forward_ad._is_fwd_grad_enabled(),
    "backward of a dual": lambda s: backward_inside(s, "dual"),
    "backward of a primal": lambda s: backward_inside(s, "primal").detach(),
    "backward of a tangent": lambda s: backward_inside(s, "tangent").detach(),
    "backward into a constant": of_a_constant,
    "backward accumulates": accumulated,
    "backward to a tangent": of_the_tangent,
    "backward twice": twice,
    "backward through a hook": hooked,
    "backward of a checkpoint": checkpointed,
    "of another size": lambda s: s.dual(tangent=s.torch.ones(3)),
    "of whole numbers": lambda s: s.dual(s.x.long()),
    "tangents of whole numbers": lambda s: s.dual(tangent=s.v.long()),
    "twice at one level": lambda s: s.dual(s.dual()),
    "at an unknown level": lambda s: s.forward_ad.make_dual(s.x, s.v, level=3),
    "of no tensor": lambda s: s.forward_ad.unpack_dual(2.0),
}
OUTSIDE = {
    "no level": lambda s: s.dual(),
    "no level to leave": lambda s: s.forward_ad.exit_dual_level(),
    "unpacked outside": lambda s: s.x,
    "a level that was left": level_left,
    "backward after": backward_after,
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_tangents(name):
    check(PROGRAMS[name])


@pytest.mark.parametrize("name", OUTSIDE)
def test_outside_of_any_level(name):
    check(OUTSIDE[name], inside=False)


@pytest.mark.parametrize("ndim", [0, 1, 2])
def test_duals_print_alike(ndim):
    def said(torch):
        s = Setting(torch)
        primal = s.x.reshape(1, 2) if ndim == 2 else s.x if ndim else s.x[0]
        with s.forward_ad.dual_level():
            d = s.dual(primal, primal * 3)
            return [repr(d), repr(d * 2), repr(s.forward_ad.unpack_dual(d.sum()))]

    assert said(chainrule) == said(pytorch)


# -------------------------------------------------------------------- Functions in transforms


def cube(torch, **more):
    """x ** 3, as a Function with setup_context; `more` are its other members."""

    def setup(ctx, inputs, output):
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    def slope(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 3 * x**2

    members = {"setup_context": setup, "backward": slope, "jvp": slope, "forward": lambda x: x**3}
    flags = {name: more.pop(name) for name in ("generate_vmap_rule",) if name in more}
    found = {name: staticmethod(function) for name, function in {**members, **more}.items()}
    return type("Cube", (torch.autograd.Function,), {**found, **flags}).apply


def with_vmap(torch):
    plain = cube(torch)
    return cube(torch, vmap=lambda info, in_dims, x: (plain(x), in_dims[0]))


KINDS = {
    "plain": cube,
    "generated": lambda torch: cube(torch, generate_vmap_rule=True),
    "with vmap": with_vmap,
    "with both": lambda torch: cube(torch, generate_vmap_rule=True, vmap=lambda *arguments: None),
    "of one result": lambda torch: cube(torch, vmap=lambda info, in_dims, x: x),
    "of other dimensions": lambda torch: cube(torch, vmap=lambda info, in_dims, x: (x, (0, 0))),
}
TRANSFORMS = {
    "grad": lambda f, f_, x: f_.grad(lambda x: f(x).sum())(x[0]),
    "second": lambda f, f_, x: f_.grad(lambda x: f_.grad(lambda x: f(x).sum())(x).sum())(x[0]),
    "jvp": lambda f, f_, x: f_.jvp(f, (x,), (x + 1,)),
    "jvp of grad": lambda f, f_, x: f_.jvp(f_.grad(lambda x: f(x).sum()), (x,), (x + 1,)),
    "grad of jvp": lambda f, f_, x: f_.grad(lambda x: f_.jvp(f, (x,), (x + 1,))[1].sum())(x),
    "vmap": lambda f, f_, x: f_.vmap(f)(x),
    "vmap elsewhere": lambda f, f_, x: f_.vmap(f, 1, 1)(x),
    "vmap in parts": lambda f, f_, x: f_.vmap(f, chunk_size=2)(x),
    "vmap of vmap": lambda f, f_, x: f_.vmap(f_.vmap(f))(x),
    "vmap of grad": lambda f, f_, x: f_.vmap(f_.grad(lambda x: f(x).sum()))(x),
    "grad of vmap": lambda f, f_, x: f_.grad(lambda x: f_.vmap(f)(x).sum())(x),
    "vmap of second": lambda f, f_, x: f_.vmap(
        f_.grad(lambda x: f_.grad(lambda x: f(x).sum())(x).sum())
    )(x),
    "vmap of jvp": lambda f, f_, x: f_.vmap(lambda x: f_.jvp(f, (x,), (x,)))(x),
    "jvp of vmap": lambda f, f_, x: f_.jvp(f_.vmap(f), (x,), (x + 1,)),
    "jacrev": lambda f, f_, x: f_.jacrev(f)(x[0]),
}


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("kind", KINDS)
def test_functions_in_transforms(kind, transform):
    def run(s):
        x = s.torch.arange(6.0).reshape(3, 2) + 1
        return TRANSFORMS[transform](KINDS[kind](s.torch), s.torch.func, x)

    check(run, inside=False)


def dirty(torch):
    def forward(ctx, x, y):
        ctx.mark_dirty(x)
        x.mul_(2)
        return x, x + y

    def jvp(ctx, s, t):
        s.mul_(2)
        return s, s + t

    members = {"forward": staticmethod(forward), "jvp": staticmethod(jvp)}
    return type("Dirty", (torch.autograd.Function,), members).apply


def split(torch, jvp, materialize=True):
    def forward(ctx, x):
        ctx.set_materialize_grads(materialize)
        above = (x > 1).float()
        ctx.mark_non_differentiable(above)
        return x * 2, above

    members = {"forward": staticmethod(forward), "jvp": staticmethod(jvp)}
    return type("Split", (torch.autograd.Function,), members).apply


def old_style(torch, jvp, materialize=True):
    def forward(ctx, x, y):
        ctx.set_materialize_grads(materialize)
        ctx.save_for_forward(x, y)
        return x * y

    members = {"forward": staticmethod(forward), "jvp": staticmethod(jvp)}
    return type("Product", (torch.autograd.Function,), members).apply


def product_rule(ctx, s, t):
    x, y = ctx.saved_tensors
    return (0 if s is None else s * y) + (0 if t is None else x * t)


def dirty_program(s):
    d = s.dual().clone()
    first, second = dirty(s.torch)(d, s.torch.ones(2))
    return first is d, first, second


FUNCTIONS = {
    "dirty": dirty_program,
    "not differentiable": lambda s: split(s.torch, lambda ctx, t: (t * 2, None))(s.dual()),
    "a tangent of what is not": lambda s: split(s.torch, lambda ctx, t: (t * 2, t))(s.dual()),
    "materialized": lambda s: old_style(s.torch, product_rule)(s.dual(), s.v),
    "not materialized": lambda s: old_style(s.torch, product_rule, False)(s.dual(), s.v),
    "of the second": lambda s: old_style(s.torch, product_rule, False)(s.v, s.dual()),
    "without tangents": lambda s: old_style(s.torch, product_rule, False)(s.v, s.v),
    "no jvp": lambda s: cube(
        s.torch, jvp=lambda *given: s.torch.autograd.Function.jvp(*given)
    )(s.dual()),
    "jvp of no tensor": lambda s: old_style(s.torch, lambda *given: 3)(s.dual(), s.v),
    "jvp of another size": lambda s: old_style(s.torch, lambda *g: s.torch.ones(5))(s.dual(), s.v),
    "jvp of too many": lambda s: old_style(s.torch, lambda c, a, b: (a, b))(s.dual(), s.v),
    "saving no tensor": lambda s: cube(
        s.torch, setup_context=lambda ctx, i, o: ctx.save_for_forward(3)
    )(s.dual()),
}  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_duals(name):
    check(FUNCTIONS[name])
