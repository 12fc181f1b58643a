"""Short programs with modules, each a function of the library: what PyTorch says of them, we say.

Apart from the tests, because two of them run these: one beside PyTorch, one without it.
"""

from __future__ import annotations

import copy
import pickle
from collections import OrderedDict

# ------------------------------------------------------------------------------- ingredients


def net(torch):
    """A module with a child, a parameter, a buffer that is saved and one that is not."""

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.a = torch.nn.Linear(2, 3)
            self.b = torch.nn.ReLU()
            self.scale = torch.nn.Parameter(torch.ones(2))
            self.register_buffer("c", torch.zeros(2))
            self.register_buffer("d", torch.ones(1), persistent=False)

        def forward(self, x):
            return self.b(self.a(x * self.scale + self.c))

    return Net()


def line(torch):
    return torch.nn.Linear(1, 1)


def parameter(torch, *size):
    return torch.nn.Parameter(torch.zeros(*size))


def without_init(torch, assign):
    """A module that sets something before Module.__init__ ran."""

    class Bad(torch.nn.Module):
        def __init__(self):
            assign(self)

    return Bad()


def names(pairs):
    return [name for name, _ in pairs]


def after(*steps):
    """The last of several values: for programs of more than one step."""
    return steps[-1]


def containers(torch):
    nn = torch.nn
    return {
        "sequential": nn.Sequential(line(torch), nn.ReLU(), nn.Tanh()),
        "list": nn.ModuleList([line(torch), nn.ReLU(), nn.Tanh()]),
        "dict": nn.ModuleDict({"a": line(torch), "b": nn.ReLU()}),
        "parameters": nn.ParameterList([parameter(torch, 2), parameter(torch, 2, 3)]),
        "named": nn.ParameterDict({"a": parameter(torch, 2), "b": torch.ones(1), "c": 3}),
    }


def pickled(value):
    """A copy by way of a pickle."""
    return pickle.loads(pickle.dumps(value))


def of(container, act):
    """A program on one of the containers."""
    return lambda torch: act(containers(torch)[container], torch)


# ------------------------------------------------------------------------------- the registry

REGISTRY = {
    "an attribute that is not there": lambda t: net(t).x,
    "module before init": lambda t: without_init(t, lambda m: setattr(m, "a", line(t))),
    "parameter before init": lambda t: without_init(t, lambda m: setattr(m, "a", parameter(t, 2))),
    "buffer before init": lambda t: without_init(
        t, lambda m: setattr(m, "a", t.nn.Buffer(t.zeros(2)))
    ),
    "register_buffer before init": lambda t: without_init(
        t, lambda m: m.register_buffer("c", t.zeros(2))
    ),
    "register_parameter before init": lambda t: without_init(
        t, lambda m: m.register_parameter("c", None)
    ),
    "repr without init": lambda t: repr(without_init(t, lambda m: setattr(m, "c", 3))),
    "tensor for a parameter": lambda t: setattr(net(t).a, "weight", t.zeros(2)),
    "number for a parameter": lambda t: setattr(net(t).a, "weight", 3),
    "None for a parameter": lambda t: (lambda n: after(setattr(n.a, "bias", None), n.state_dict()))(
        net(t)
    ).keys(),
    "number for a module": lambda t: setattr(net(t), "a", 3),
    "None for a module": lambda t: (lambda n: after(setattr(n, "b", None), n))(net(t)),
    "number for a buffer": lambda t: setattr(net(t), "c", 3),
    "None for a buffer": lambda t: (lambda n: after(setattr(n, "c", None), n.state_dict()))(
        net(t)
    ).keys(),
    "tensor for a buffer": lambda t: (lambda n: after(setattr(n, "c", t.ones(1)), n.c))(net(t)),
    "parameter over a buffer": lambda t: (
        lambda n: after(setattr(n, "c", parameter(t, 2)), names(n.named_parameters()))
    )(net(t)),
    "module over an attribute": lambda t: (
        lambda n: after(setattr(n, "z", 3), setattr(n, "z", t.nn.ReLU()), n)
    )(net(t)),
    "buffer name of another type": lambda t: net(t).register_buffer(3, None),
    "buffer name with a dot": lambda t: net(t).register_buffer("a.b", None),
    "empty buffer name": lambda t: net(t).register_buffer("", None),
    "buffer name taken": lambda t: net(t).register_buffer("forward", None),
    "buffer that is a list": lambda t: net(t).register_buffer("q", [1]),
    "parameter name of another type": lambda t: net(t).register_parameter(3, None),
    "parameter name with a dot": lambda t: net(t).register_parameter("a.b", None),
    "empty parameter name": lambda t: net(t).register_parameter("", None),
    "parameter name taken": lambda t: net(t).register_parameter("c", None),
    "parameter that is a tensor": lambda t: net(t).register_parameter("q", t.zeros(2)),
    "parameter that is a number": lambda t: net(t).register_parameter("q", 3),
    "module that is a number": lambda t: net(t).add_module("q", 3),
    "module name of another type": lambda t: net(t).add_module(3, None),
    "module name with a dot": lambda t: net(t).add_module("a.b", None),
    "empty module name": lambda t: net(t).add_module("", None),
    "module name taken": lambda t: net(t).add_module("c", None),
    "module None": lambda t: (lambda n: after(n.add_module("z", None), (list(n.children()), n)))(
        net(t)
    ),
    "deleting": lambda t: (
        lambda n: after(
            delattr(n, "a"),
            delattr(n, "d"),
            delattr(n, "scale"),
            (n, n._non_persistent_buffers_set, list(n.state_dict())),
        )
    )(net(t)),
    "deleting what is not there": lambda t: delattr(net(t), "qqq"),
    "dir": lambda t: [x for x in dir(net(t)) if x in ("a", "b", "c", "d", "scale", "_modules")],
    "dir of a container": of("sequential", lambda s, t: [x for x in dir(s) if x.isdigit()]),
    "arguments of Module": lambda t: t.nn.Module(3),
    "keywords of Module": lambda t: t.nn.Module(a=3),
    "what a module holds": lambda t: list(t.nn.Module().__dict__.items()),
    "buffers that are set": lambda t: (
        lambda n: after(
            setattr(n, "p", t.nn.Buffer(t.zeros(1), persistent=False)),
            setattr(n, "q", t.nn.Buffer(t.zeros(1))),
            (list(n.state_dict()), names(n.named_buffers())),
        )
    )(t.nn.Module()),
    "instances of Buffer": lambda t: (
        isinstance(t.nn.Buffer(t.zeros(2)), t.nn.Buffer),
        isinstance(t.zeros(2), t.nn.Buffer),
        isinstance(t.zeros(2), t.nn.Parameter),
    ),
    "no forward": lambda t: t.nn.Module()(3),
    "names that are missing": lambda t: t.nn.Foo,
    "functions that are missing": lambda t: t.nn.functional.foo,
}

# -------------------------------------------------------------------------------- parameters

PARAMETERS = {
    "parameter": lambda t: parameter(t, 2),
    "without gradient": lambda t: t.nn.Parameter(t.zeros(2), requires_grad=False),
    "of nothing": lambda t: t.nn.Parameter(),
    "of integers": lambda t: t.nn.Parameter(t.tensor([1])),
    "of integers, without gradient": lambda t: t.nn.Parameter(t.tensor([1]), False),
    "of a list": lambda t: t.nn.Parameter([1.0]),
    "of a non-leaf": lambda t: t.nn.Parameter(t.ones(2, requires_grad=True) * 2),
    "shares memory": lambda t: (lambda a: after(t.nn.Parameter(a).data.fill_(7.0), a))(t.zeros(2)),
    "of a parameter": lambda t: type(t.nn.Parameter(parameter(t, 2))).__name__,
    "types of results": lambda t: (
        lambda p: [
            type(x).__name__ for x in (p * 2, p.data, p.detach(), p.clone(), p[0], p + p, -p, p @ p)
        ]
    )(parameter(t, 2)),
    "deepcopy": lambda t: (lambda p: (copy.deepcopy(p), copy.deepcopy(p) is p))(parameter(t, 2)),
    "deepcopy of a dict": lambda t: (lambda p: (lambda d: d[0] is d[1])(copy.deepcopy([p, p])))(
        parameter(t, 2)
    ),
    "deepcopy drops the gradient": lambda t: (
        lambda p: after(setattr(p, "grad", t.ones(2)), copy.deepcopy(p).grad)
    )(parameter(t, 2)),
    "pickle": lambda t: pickled(parameter(t, 2)),
    "pickle keeps attributes": lambda t: (lambda p: after(setattr(p, "note", 3), pickled(p).note))(
        parameter(t, 2)
    ),
    "buffer": lambda t: t.nn.Buffer(t.zeros(2)),
    "gradient": lambda t: (lambda p: after((p * 3).sum().backward(), p.grad))(parameter(t, 2)),
}

# -------------------------------------------------------------------------------------- trees

TREE = {
    "submodule": lambda t: net(t).get_submodule("a"),
    "submodule ''": lambda t: (lambda n: n.get_submodule("") is n)(net(t)),
    "no such submodule": lambda t: net(t).get_submodule("x"),
    "submodule that is none": lambda t: net(t).get_submodule("c"),
    "no such submodule below": lambda t: net(t).get_submodule("a.x"),
    "parameter by name": lambda t: net(t).get_parameter("a.weight").shape,
    "no such parameter": lambda t: net(t).get_parameter("a.x"),
    "parameter that is none": lambda t: net(t).get_parameter("c"),
    "buffer by name": lambda t: net(t).get_buffer("c"),
    "no such buffer": lambda t: net(t).get_buffer("x"),
    "buffer that is none": lambda t: net(t).get_buffer("a.weight"),
    "set_submodule": lambda t: (
        lambda s: after(s.set_submodule("0", t.nn.Tanh()), s.set_submodule("q", t.nn.ReLU()), s)
    )(t.nn.Sequential(line(t))),
    "set_submodule, strict": lambda t: net(t).set_submodule("z", line(t), strict=True),
    "set_submodule ''": lambda t: net(t).set_submodule("", line(t)),
    "set_submodule below a parameter": lambda t: net(t).set_submodule("a.weight.x", line(t)),
    "set_submodule to a number": lambda t: net(t).set_submodule("a", 3),
    "names of modules": lambda t: names(net(t).named_modules(prefix="p")),
    "names of parameters": lambda t: names(net(t).named_parameters()),
    "names of own parameters": lambda t: names(net(t).named_parameters("q", recurse=False)),
    "names of buffers": lambda t: names(net(t).named_buffers()),
    "shared modules": lambda t: (
        lambda x: (
            len(list(t.nn.Sequential(x, x).modules())),
            len(list(t.nn.Sequential(x, x).named_modules(remove_duplicate=False))),
            len(list(t.nn.Sequential(x, x).parameters())),
            names(t.nn.Sequential(x, x).named_parameters(remove_duplicate=False)),
            list(t.nn.Sequential(x, x).state_dict()),
        )
    )(line(t)),
    "train": lambda t: [m.training for m in net(t).train(False).modules()],
    "eval": lambda t: [m.training for m in net(t).eval().modules()],
    "train with a word": lambda t: net(t).train("x"),
    "requires_grad_": lambda t: [
        p.requires_grad for p in net(t).requires_grad_(False).parameters()
    ],
    "requires_grad_ with a word": lambda t: net(t).requires_grad_("x"),
    "zero_grad": lambda t: (
        lambda n: after(n(t.ones(1, 2)).sum().backward(), n.zero_grad(False), n.scale.grad)
    )(net(t)),
    "zero_grad to None": lambda t: (
        lambda n: after(n(t.ones(1, 2)).sum().backward(), n.zero_grad(), n.scale.grad)
    )(net(t)),
    "apply": lambda t: (lambda seen: after(net(t).apply(lambda m: seen.append(m)), seen))([]),
    "deepcopy of a network": lambda t: (
        lambda s: (lambda c: (c, c[0] is c[1], c[0] is s[0]))(copy.deepcopy(s))
    )((lambda x: t.nn.Sequential(x, x))(line(t))),
    "pickle of a network": lambda t: pickled(t.nn.Sequential(line(t), t.nn.ReLU())),
}

# ------------------------------------------------------------------------------- state dicts

STATE = {
    "keys": lambda t: (list(net(t).state_dict()), dict(net(t).state_dict()._metadata)),
    "type": lambda t: type(net(t).state_dict()).__name__,
    "values are detached": lambda t: [v.requires_grad for v in net(t).state_dict().values()],
    "keep_vars": lambda t: [v.requires_grad for v in net(t).state_dict(keep_vars=True).values()],
    "prefix": lambda t: list(net(t).state_dict(prefix="p.")),
    "destination": lambda t: list(net(t).state_dict(destination={"z": 1})),
    "positional": lambda t: list(net(t).state_dict({}, "p.", True)),
    "shares memory": lambda t: (lambda n: after(n.state_dict()["c"].fill_(3.0), n.c))(net(t)),
    "loading": lambda t: (
        lambda n, m: after(
            n.load_state_dict(m.state_dict()), bool((n.a.weight == m.a.weight).all())
        )
    )(net(t), net(t)),
    "answer": lambda t: net(t).load_state_dict(net(t).state_dict()),
    "missing": lambda t: net(t).load_state_dict({}),
    "all that can be wrong": lambda t: net(t).load_state_dict(
        {"a.weight": t.zeros(2, 2), "a.bias": 3, "c": t.zeros(2), "e": t.zeros(1)}
    ),
    "not strict": lambda t: net(t).load_state_dict(
        {"a.weight": t.zeros(3, 2), "e": t.zeros(1)}, strict=False
    ),
    "not strict, wrong shape": lambda t: net(t).load_state_dict({"c": t.zeros(3)}, strict=False),
    "unexpected below": lambda t: net(t).load_state_dict(
        {**net(t).state_dict(), "a.zz": t.zeros(2), "b.q": t.zeros(1), "d": t.zeros(1)}
    ),
    "not a dict": lambda t: net(t).load_state_dict(3),
    "one element for a scalar": lambda t: (
        lambda m: after(
            m.register_buffer("s", t.tensor(0.0)), m.load_state_dict({"s": t.ones(1)}), m.s
        )
    )(t.nn.Module()),
    "assign": lambda t: (
        lambda n, s: after(
            n.load_state_dict(s, assign=True),
            s["c"].fill_(5.0), s["a.weight"].fill_(2.0),
            (n.c, n.a.weight, type(n.a.weight).__name__),
        )
    )(net(t), net(t).state_dict()),
    "into float64": lambda t: (
        lambda n: after(n.load_state_dict(net(t).state_dict()), n.c.dtype)
    )(net(t).double()),
    "extra state": lambda t: extra_state(t),
    "extra state missing": lambda t: extra_state(t, {}),
    "get_extra_state": lambda t: line(t).get_extra_state(),
    "set_extra_state": lambda t: line(t).set_extra_state(1),
    "hooks": lambda t: state_hooks(t),
    "hook that replaces the state": lambda t: (
        lambda x: after(
            x.register_state_dict_post_hook(lambda m, s, p, meta: 3), x.state_dict()
        )
    )(line(t)),
    "hook that answers": lambda t: (
        lambda x: after(
            x.register_load_state_dict_post_hook(lambda m, k: 3), x.load_state_dict(x.state_dict())
        )
    )(line(t)),
}  # fmt: skip


def extra_state(torch, state=None):
    class Counter(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.count = 1

        def get_extra_state(self):
            return {"count": self.count}

        def set_extra_state(self, state):
            self.count = state["count"] + 10

    counter = Counter()
    state = counter.state_dict() if state is None else state
    counter.load_state_dict(state)
    return dict(state), counter.count


def state_hooks(torch):
    log = []
    inner = line(torch)
    inner.register_state_dict_pre_hook(lambda m, p, k: log.append(("before", p, k)))
    inner.register_state_dict_post_hook(lambda m, s, p, meta: log.append((list(s), p, meta)))
    inner.register_load_state_dict_pre_hook(lambda *a: log.append((len(a), a[2:])))
    inner.register_load_state_dict_post_hook(lambda m, keys: log.append(keys))
    outer = torch.nn.Sequential(inner)
    outer.load_state_dict(outer.state_dict())
    return log


# ------------------------------------------------------------------------------- conversions

CONVERSIONS = {
    "to float64": lambda t: [v.dtype for v in net(t).to(t.float64).state_dict().values()],
    "to device and dtype": lambda t: net(t).to("cpu", t.float16).c.dtype,
    "to by keyword": lambda t: net(t).to(dtype=t.float64, device="cpu").c.dtype,
    "to a tensor": lambda t: net(t).to(t.zeros(1).double()).c.dtype,
    "to nothing": lambda t: net(t).to(),
    "to integers": lambda t: net(t).to(t.int64),
    "to complex": lambda t: net(t).to(t.complex64).c.dtype,
    "type": lambda t: (net(t).type(t.float64).c.dtype, net(t).type("torch.DoubleTensor").c.dtype),
    "casts": lambda t: [
        getattr(net(t), cast)().c.dtype for cast in ("half", "double", "float", "cpu")
    ],
    "integers stay": lambda t: (
        lambda n: after(n.register_buffer("n", t.tensor([1])), n.double().n.dtype)
    )(net(t)),
    "the same parameters": lambda t: (lambda n: (lambda w: n.double().a.weight is w)(n.a.weight))(
        net(t)
    ),
    "gradients too": lambda t: (
        lambda n: after(n(t.ones(1, 2)).sum().backward(), n.double().a.weight.grad.dtype)
    )(net(t)),
    "cuda": lambda t: net(t).cuda(),
    "to cuda": lambda t: net(t).to("cuda"),
    "no such device": lambda t: net(t).to("meta2"),
}  # fmt: skip

# -------------------------------------------------------------------------------- containers

CONTAINERS = {
    "s[5]": of("sequential", lambda s, t: s[5]),
    "s[-1]": of("sequential", lambda s, t: s[-1]),
    "s['0']": of("sequential", lambda s, t: s["0"]),
    "s[0:2]": of("sequential", lambda s, t: s[0:2]),
    "del s[5]": of("sequential", lambda s, t: s.__delitem__(5)),
    "del s[0]": of("sequential", lambda s, t: after(s.__delitem__(0), s)),
    "del s[0:2]": of("sequential", lambda s, t: after(s.__delitem__(slice(0, 2)), s)),
    "s + s": of("sequential", lambda s, t: s + s),
    "s + 3": of("sequential", lambda s, t: s + 3),
    "s += 3": of("sequential", lambda s, t: s.__iadd__(3)),
    "s += s": of("sequential", lambda s, t: s.__iadd__(t.nn.Sequential(t.nn.Tanh()))),
    "s * 2": of("sequential", lambda s, t: s * 2),
    "2 * s": of("sequential", lambda s, t: 2 * s),
    "s *= 2": of("sequential", lambda s, t: s.__imul__(2)),
    "s * 0": of("sequential", lambda s, t: s * 0),
    "s * 'a'": of("sequential", lambda s, t: s * "a"),
    "s *= 0": of("sequential", lambda s, t: s.__imul__(0)),
    "s.append": of("sequential", lambda s, t: s.append(t.nn.ReLU())),
    "s.append 3": of("sequential", lambda s, t: s.append(3)),
    "s.insert": of("sequential", lambda s, t: s.insert(-1, t.nn.Sigmoid())),
    "s.insert far": of("sequential", lambda s, t: s.insert(9, t.nn.Sigmoid())),
    "s.insert 3": of("sequential", lambda s, t: s.insert(0, 3)),
    "s.extend": of("sequential", lambda s, t: s.extend([t.nn.Tanh()])),
    "s.pop": of("sequential", lambda s, t: (s.pop(0), s)),
    "s[0] =": of("sequential", lambda s, t: after(s.__setitem__(0, t.nn.Tanh()), s)),
    "s[9] =": of("sequential", lambda s, t: s.__setitem__(9, t.nn.Tanh())),
    "len, in, iteration": of("sequential", lambda s, t: (len(s), s[0] in s, list(s), bool(s))),
    "reversed": of("sequential", lambda s, t: list(reversed(s))),
    "of a dict": lambda t: t.nn.Sequential({"a": line(t)}),
    "of an OrderedDict": lambda t: t.nn.Sequential(OrderedDict(a=line(t), b=line(t))),
    "attribute of an OrderedDict": lambda t: t.nn.Sequential(OrderedDict(a=line(t))).a,
    "of two kinds": lambda t: t.nn.Sequential(OrderedDict(a=line(t)), line(t)),
    "of a list": lambda t: t.nn.Sequential([line(t)]),
    "of None": lambda t: t.nn.Sequential(None),
    "empty": lambda t: (t.nn.Sequential()(3), bool(t.nn.Sequential())),
    "two arguments": lambda t: t.nn.Sequential(t.nn.Identity())(3, 4),
    "m[5]": of("list", lambda m, t: m[5]),
    "m[-4]": of("list", lambda m, t: m[-4]),
    "m['0']": of("list", lambda m, t: m["0"]),
    "m[0.5]": of("list", lambda m, t: m[0.5]),
    "m[0:2]": of("list", lambda m, t: m[0:2]),
    "m[tensor]": of("list", lambda m, t: m[t.tensor(1)]),
    "m + list": of("list", lambda m, t: m + [t.nn.Tanh()]),
    "m + 3": of("list", lambda m, t: m + 3),
    "m += list": of("list", lambda m, t: m.__iadd__([t.nn.Tanh()])),
    "m.append 3": of("list", lambda m, t: m.append(3)),
    "m.extend 3": of("list", lambda m, t: m.extend(3)),
    "m.insert": of("list", lambda m, t: after(m.insert(0, t.nn.Tanh()), m)),
    "m.pop": of("list", lambda m, t: (m.pop(0), m)),
    "m()": of("list", lambda m, t: m(3)),
    "m[-1] =": of("list", lambda m, t: after(m.__setitem__(-1, t.nn.Sigmoid()), m)),
    "m[9] =": of("list", lambda m, t: m.__setitem__(9, t.nn.Sigmoid())),
    "del m[0]": of("list", lambda m, t: after(m.__delitem__(0), m)),
    "list of None": lambda t: t.nn.ModuleList([None]),
    "list of a generator": lambda t: t.nn.ModuleList(line(t) for _ in range(2)),
    "list of a number": lambda t: t.nn.ModuleList(3),
    "list of a dict": lambda t: t.nn.ModuleList({"a": line(t)}),
    "d['x']": of("dict", lambda d, t: d["x"]),
    "d.x": of("dict", lambda d, t: d.x),
    "d.a": of("dict", lambda d, t: d.a),
    "keys, items, values": of("dict", lambda d, t: (d.keys(), list(d.items()), list(d.values()))),
    "d: len, in, iteration": of("dict", lambda d, t: (len(d), "a" in d, list(d))),
    "d.pop": of("dict", lambda d, t: (d.pop("a"), d)),
    "d.update pairs": of("dict", lambda d, t: after(d.update([("q", t.nn.Tanh())]), d)),
    "d.update dict": of(
        "dict", lambda d, t: after(d.update({"z": t.nn.Tanh(), "y": t.nn.Tanh()}), d)
    ),
    "d.update ModuleDict": of("dict", lambda d, t: after(d.update(t.nn.ModuleDict({"z": d.a})), d)),
    "d.update short pair": of("dict", lambda d, t: d.update([("q",)])),
    "d.update 3": of("dict", lambda d, t: d.update(3)),
    "d.update [3]": of("dict", lambda d, t: d.update([3])),
    "d.clear": of("dict", lambda d, t: after(d.clear(), d)),
    "d[3] =": of("dict", lambda d, t: d.__setitem__(3, line(t))),
    "d['k'] = 3": of("dict", lambda d, t: d.__setitem__("k", 3)),
    "del d": of("dict", lambda d, t: d.__delitem__("zz")),
    "d.get": of("dict", lambda d, t: d.get("a")),
    "d()": of("dict", lambda d, t: d(3)),
    "a key that is a method": lambda t: t.nn.ModuleDict({"keys": line(t)}),
    "p[5]": of("parameters", lambda p, t: p[5]),
    "p[0:1]": of("parameters", lambda p, t: p[0:1]),
    "p.append tensor": of(
        "parameters",
        lambda p, t: after(p.append(t.zeros(1)), (p, type(p[-1]).__name__, p[-1].requires_grad)),
    ),
    "p.append 3": of("parameters", lambda p, t: (p.append(3), p[-1])),
    "p names": of("parameters", lambda p, t: (names(p.named_parameters()), list(p.state_dict()))),
    "p += list": of("parameters", lambda p, t: len(p.__iadd__([parameter(t, 1)]))),
    "p.pop": of("parameters", lambda p, t: p.pop()),
    "p.extend 3": of("parameters", lambda p, t: p.extend(3)),
    "p()": of("parameters", lambda p, t: p(3)),
    "p[0] =": of("parameters", lambda p, t: after(p.__setitem__(0, t.ones(1)), p[0])),
    "p[9] =": of("parameters", lambda p, t: p.__setitem__(9, t.ones(1))),
    "p + list": of("parameters", lambda p, t: p + [1]),
    "parameters of words": lambda t: t.nn.ParameterList("ab"),
    "parameters of anything": lambda t: t.nn.ParameterList([t.zeros(2, 2), 3, "x", None]),
    "parameters of parameters": of("parameters", lambda p, t: t.nn.ParameterList(p)),
    "n": of("named", lambda n, t: (n, list(n), n["a"], type(n["b"]).__name__, n["c"])),
    "n['x']": of("named", lambda n, t: n["x"]),
    "n.get": of("named", lambda n, t: (n.get("x"), n.get("x", 4), n.get("c"))),
    "n.pop": of("named", lambda n, t: (n.pop("c"), n)),
    "n.popitem": of("named", lambda n, t: (n.popitem(), list(n))),
    "n.setdefault": of("named", lambda n, t: (n.setdefault("n", 1), n.setdefault("c"), list(n))),
    "n.copy": of("named", lambda n, t: n.copy()),
    "n.fromkeys": of("named", lambda n, t: n.fromkeys(["r", "s"])),
    "n | n": of("named", lambda n, t: n | t.nn.ParameterDict({"t": parameter(t, 1)})),
    "n | dict": of("named", lambda n, t: n | {"t": parameter(t, 1)}),
    "n |= n": of("named", lambda n, t: n.__ior__(t.nn.ParameterDict({"t": parameter(t, 1)}))),
    "reversed n": of("named", lambda n, t: list(reversed(n))),
    "n()": of("named", lambda n, t: n(3)),
    "del n": of("named", lambda n, t: n.__delitem__("zz")),
    "n.update pairs": of("named", lambda n, t: after(n.update([("u", t.zeros(1))]), n)),
    "n.update [3]": of("named", lambda n, t: n.update([3])),
    "n.update short pair": of("named", lambda n, t: n.update([(1,)])),
    "n[3] =": of("named", lambda n, t: n.__setitem__(3, parameter(t, 1))),
    "n names": of("named", lambda n, t: names(n.named_parameters())),
    "n items": of("named", lambda n, t: names(n.items())),
    "n.clear": of("named", lambda n, t: after(n.clear(), len(n))),
    "n.a": of("named", lambda n, t: n.a),
}

# ------------------------------------------------------------------------------------- hooks


def hook_order(torch):
    """All kinds of hooks on a network and its layers, with and without a gradient of the input."""
    network = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Tanh())
    log = []
    for number, module in enumerate(network.modules()):
        watch(module, number, log)
    network(torch.ones(1, 2)).sum().backward()
    log.append("--")
    network(torch.ones(1, 2, requires_grad=True)).sum().backward()
    return log


def watch(module, number, log):
    def sizes(tensors):
        return [None if tensor is None else tuple(tensor.shape) for tensor in tensors]

    module.register_forward_pre_hook(lambda m, a: log.append(("before", number, sizes(a))))
    module.register_forward_hook(lambda m, a, o: log.append(("after", number, sizes([o]))))
    module.register_full_backward_pre_hook(lambda m, g: log.append(("out", number, sizes(g))))
    module.register_full_backward_hook(
        lambda m, gi, go: log.append(("in", number, sizes(gi), sizes(go)))
    )


def backward_hook(torch, answer, pre=False):
    """The gradient of the input of a layer whose hook gives an answer."""
    layer = torch.nn.Linear(2, 2, bias=False)
    layer.load_state_dict({"weight": torch.tensor([[1.0, 2.0], [3.0, 4.0]])})
    if pre:
        layer.register_full_backward_pre_hook(lambda m, go: answer)
    else:
        layer.register_full_backward_hook(lambda m, gi, go: answer)
    x = torch.ones(1, 2, requires_grad=True)
    layer(x).sum().backward()
    return x.grad, layer.weight.grad


def several_backward_hooks(torch):
    log = []
    layer = torch.nn.Linear(2, 2)
    layer.load_state_dict({"weight": torch.ones(2, 2), "bias": torch.zeros(2)})
    layer.register_full_backward_hook(lambda m, gi, go: log.append(("a", gi, go)))
    layer.register_full_backward_hook(lambda m, gi, go: (gi[0] * 2,))
    layer.register_full_backward_hook(lambda m, gi, go: log.append(("b", gi)))
    layer.register_full_backward_hook(lambda m, gi, go: log.append(("c", gi)), prepend=True)
    layer(torch.ones(2, 2, requires_grad=True)).sum().backward()
    return log


def mixed_arguments(torch, first, second):
    """A module of two arguments and three results, not all of them tensors."""

    class Two(torch.nn.Module):
        def forward(self, a, b):
            return a * 2, b, 5

    log = []
    module = Two()
    module.register_full_backward_hook(lambda m, gi, go: log.append((gi, go)))
    x, _, z = module(first(torch), second(torch))
    node = type(x.grad_fn).__name__
    x.sum().backward()
    return node, z, log


def wanted(torch):
    return torch.ones(2, requires_grad=True)


def with_forward_hook(torch, register):
    layer = torch.nn.Identity()
    register(layer)
    return layer(torch.ones(2))


def always_called(torch):
    log = []
    layer = torch.nn.Linear(2, 2)
    layer.register_forward_hook(lambda m, a, o: log.append((a, o)), always_call=True)
    try:
        layer(3)
    except TypeError as error:
        log.append(type(error))
    return log


def removing(torch):
    layer = torch.nn.Identity()
    handle = layer.register_forward_hook(lambda m, a, o: o * 2)
    before = layer(1)
    handle.remove()
    handle.remove()
    with layer.register_forward_pre_hook(lambda m, a: (10,)):
        within = layer(1)
    return before, within, layer(1)


HOOKS = {
    "order": hook_order,
    "several backward hooks": several_backward_hooks,
    "backward hook: too many": lambda t: backward_hook(t, (1, 2)),
    "backward hook: new gradient": lambda t: backward_hook(t, (t.ones(1, 2) * 7,)),
    "backward pre-hook: new gradient": lambda t: backward_hook(t, (t.ones(1, 2) * 7,), pre=True),
    "backward pre-hook: too many": lambda t: backward_hook(t, (1, 2), pre=True),
    "two that want a gradient": lambda t: mixed_arguments(t, wanted, wanted),
    "one that wants a gradient": lambda t: mixed_arguments(t, wanted, lambda t: t.ones(2)),
    "a tensor and a word": lambda t: mixed_arguments(t, wanted, lambda t: "s"),
    "none that wants a gradient": lambda t: mixed_arguments(t, lambda t: t.ones(2), wanted),
    "pre-hook: one value": lambda t: with_forward_hook(
        t, lambda m: m.register_forward_pre_hook(lambda m, a: a[0] * 3)
    ),
    "pre-hook with keywords": lambda t: with_forward_hook(
        t,
        lambda m: m.register_forward_pre_hook(lambda m, a, k: ((a[0] * 3,), k), with_kwargs=True),
    ),
    "pre-hook with keywords: number": lambda t: with_forward_hook(
        t, lambda m: m.register_forward_pre_hook(lambda m, a, k: 3, with_kwargs=True)
    ),
    "pre-hook with keywords: three": lambda t: with_forward_hook(
        t, lambda m: m.register_forward_pre_hook(lambda m, a, k: (1, 2, 3), with_kwargs=True)
    ),
    "forward hook": lambda t: with_forward_hook(
        t, lambda m: m.register_forward_hook(lambda m, a, o: "x")
    ),
    "forward hook with keywords": lambda t: with_forward_hook(
        t, lambda m: m.register_forward_hook(lambda m, a, k, o: (a, k, o), with_kwargs=True)
    ),
    "forward hook, prepended": lambda t: with_forward_hook(
        t,
        lambda m: [
            m.register_forward_hook(lambda m, a, o: o + 1),
            m.register_forward_hook(lambda m, a, o: o * 10, prepend=True),
        ],
    ),
    "always called": always_called,
    "removing": removing,
}

PROGRAMS = {
    f"{group}: {name}": program
    for group, programs in {
        "registry": REGISTRY,
        "parameters": PARAMETERS,
        "tree": TREE,
        "state": STATE,
        "conversions": CONVERSIONS,
        "containers": CONTAINERS,
        "hooks": HOOKS,
    }.items()
    for name, program in programs.items()
}
