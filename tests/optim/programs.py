"""Short programs with optimizers and schedules: what PyTorch says of them, we say.

Apart from the tests, because two of them run these: one beside PyTorch, one without it.
"""

from __future__ import annotations

import copy

from tests.nn.programs import after, pickled


def parameter(torch, *size):
    return torch.nn.Parameter(torch.ones(*(size or (2,))))


def each(build):
    """A program for each optimizer, by name."""
    return {
        f"{name}: {what}": lambda t, name=name, act=act: act(getattr(t.optim, name), t)
        for what, act in build.items()
        for name in ("SGD", "Adam", "AdamW")
    }


def sgd(torch, **settings):
    return torch.optim.SGD([parameter(torch)], **settings)


MAKING = each(
    {
        "nothing": lambda make, t: make([]),
        "a tensor": lambda make, t: make(parameter(t)),
        "None": lambda make, t: make([None]),
        "a number": lambda make, t: make([3]),
        "a non-leaf": lambda make, t: make([parameter(t) * 2]),
        "negative lr": lambda make, t: make([parameter(t)], lr=-1),
        "negative weight decay": lambda make, t: make([parameter(t)], weight_decay=-1),
        "lr of two elements": lambda make, t: make([parameter(t)], lr=t.tensor([0.1, 2])),
        "lr that is a tensor": lambda make, t: make([parameter(t)], lr=t.tensor(0.1)),
        "repr": lambda make, t: make([{"params": [parameter(t)]}, {"params": parameter(t)}]),
        "state dict": lambda make, t: make([parameter(t)]).state_dict(),
        "a generator": lambda make, t: make(iter([parameter(t)])),
        "a set": lambda make, t: make({parameter(t)}),
        "a dict": lambda make, t: make({"a": parameter(t)}),
        "a module": lambda make, t: make(t.nn.Linear(1, 1)),
        "modules": lambda make, t: make([t.nn.Linear(1, 1)]),
        "named": lambda make, t: make([("a", parameter(t)), ("b", parameter(t))]).state_dict(),
        "half named": lambda make, t: make([("a", parameter(t)), parameter(t)]),
        "a setting of another name": lambda make, t: make([{"params": [parameter(t)], "foo": 1}]),
        "a constant": lambda make, t: make([t.ones(2)]),
        "fused and foreach": lambda make, t: make([parameter(t)], fused=True, foreach=True),
        "fused": lambda make, t: make([parameter(t)], fused=True),
        "foreach": lambda make, t: make([parameter(t)], foreach=True),
        "fused and differentiable": lambda make, t: make(
            [parameter(t)], fused=True, differentiable=True
        ),
    }
)  # fmt: skip

MAKING |= {
    "no lr": lambda t: t.optim.Adam([parameter(t)], lr=None),
    "negative momentum": lambda t: sgd(t, momentum=-1),
    "nesterov without momentum": lambda t: sgd(t, nesterov=True),
    "nesterov with dampening": lambda t: sgd(t, nesterov=True, momentum=0.9, dampening=1),
    "negative eps": lambda t: t.optim.Adam([parameter(t)], eps=-1),
    "beta1 of 1": lambda t: t.optim.Adam([parameter(t)], betas=(1.0, 0.9)),
    "negative beta2": lambda t: t.optim.Adam([parameter(t)], betas=(0.9, -1.0)),
    "betas of two kinds": lambda t: t.optim.Adam([parameter(t)], betas=(t.tensor(0.9), 0.99)),
    "capturable": lambda t: t.optim.Adam([parameter(t)], capturable=True),
    "the same twice": lambda t: (lambda p: t.optim.SGD([p, p]))(parameter(t)),
    "the same in two groups": lambda t: (lambda p: t.optim.SGD([{"params": [p]}, {"params": [p]}]))(
        parameter(t)
    ),
    "group that is a list": lambda t: sgd(t).add_param_group([parameter(t)]),
    "group of a set": lambda t: sgd(t).add_param_group({"params": {parameter(t)}}),
    "group of nothing": lambda t: sgd(t).add_param_group({"p": 1}),
    "group added": lambda t: (
        lambda o: after(o.add_param_group({"params": parameter(t), "lr": 0.5}), o)
    )(sgd(t)),
    "named, then not": lambda t: t.optim.SGD([("a", parameter(t))]).add_param_group(
        {"params": [parameter(t)]}
    ),
    "not named, then named": lambda t: sgd(t).add_param_group({"params": [("b", parameter(t))]}),
    "named groups": lambda t: t.optim.SGD(
        [{"params": [("a", parameter(t))]}, {"params": [("b", parameter(t))], "lr": 1}]
    ).state_dict(),
    "the base": lambda t: t.optim.Optimizer([parameter(t)], {"lr": 1}),
    "the base steps": lambda t: t.optim.Optimizer([parameter(t)], {}).step(),
    "missing optimizers": lambda t: t.optim.Foo,
}


def stepped(torch, **settings):
    p = parameter(torch)
    optimizer = torch.optim.Adam([p], **settings)
    p.grad = torch.tensor([1.0, 2.0])
    optimizer.step()
    return optimizer, p


def closure(torch):
    p = parameter(torch)
    optimizer = torch.optim.SGD([p], lr=0.1)

    def evaluate():
        optimizer.zero_grad()
        loss = (p * p).sum()
        loss.backward()
        return loss

    with torch.no_grad():
        return optimizer.step(evaluate), p, p._version


def subclass(torch, log):
    class Mine(torch.optim.Optimizer):
        def __init__(self, params):
            super().__init__(params, {"lr": 0.5})

        @torch.no_grad()
        def step(self, closure=None):
            for group in self.param_groups:
                for p in group["params"]:
                    p.add_(p.grad, alpha=-group["lr"])
                    self.state[p]["seen"] = True
            return 5

    p = parameter(torch)
    p.grad = torch.ones(2)
    optimizer = Mine([p])
    optimizer.register_step_post_hook(lambda o, a, k: log.append(len(a)))
    return optimizer.step(), p, optimizer, optimizer.state_dict()["state"], log


def hooks(torch):
    log = []
    optimizer = sgd(torch, lr=0.1)
    optimizer.register_step_pre_hook(lambda o, a, k: log.append(("before", len(a), k)))
    optimizer.register_step_post_hook(lambda o, a, k: log.append(("after", len(a), k)))
    optimizer.register_state_dict_pre_hook(lambda o: log.append("saving"))
    optimizer.register_state_dict_post_hook(lambda o, s: log.append(list(s)))
    optimizer.register_state_dict_post_hook(lambda o, s: log.append("first"), prepend=True)
    optimizer.register_load_state_dict_pre_hook(lambda o, s: log.append(list(s)))
    optimizer.register_load_state_dict_post_hook(lambda o: log.append("loaded"))
    optimizer.step()
    optimizer.load_state_dict(optimizer.state_dict())
    return log


def loaded_into(torch, dtype):
    source, _ = stepped(torch)
    target = torch.optim.Adam([torch.nn.Parameter(torch.ones(2, dtype=dtype))])
    target.load_state_dict(source.state_dict())
    return target.state_dict()


def names_loaded(torch):
    named = torch.optim.SGD([("a", parameter(torch))], lr=0.1)
    also = torch.optim.SGD([("b", parameter(torch))], lr=0.2)
    also.load_state_dict(named.state_dict())
    unnamed = sgd(torch)
    unnamed.load_state_dict(named.state_dict())
    named.load_state_dict(sgd(torch).state_dict())
    return also, unnamed, named


STEPPING = {
    "step without gradients": lambda t: (
        lambda o: (o.step(), o.state_dict())
    )(t.optim.Adam([parameter(t)])),
    "closure": closure,
    "version": lambda t: stepped(t)[1]._version,
    "state": lambda t: stepped(t)[0].state_dict(),
    "state with amsgrad": lambda t: stepped(t, amsgrad=True)[0].state_dict(),
    "state by parameter": lambda t: [type(k).__name__ for k in stepped(t)[0].state],
    "zero_grad": lambda t: (lambda o, p: after(o.zero_grad(), p.grad))(*stepped(t)),
    "zero_grad to zero": lambda t: (lambda o, p: after(o.zero_grad(False), p.grad))(*stepped(t)),
    "pickle": lambda t: pickled(stepped(t)[0]).state_dict(),
    "deepcopy": lambda t: copy.deepcopy(stepped(t)[0]).state_dict(),
    "subclass": lambda t: subclass(t, []),
    "hooks": hooks,
    "pre-hook that gives a number": lambda t: (
        lambda o: after(o.register_step_pre_hook(lambda o, a, k: 3), o.step())
    )(sgd(t)),
    "loading": lambda t: loaded_into(t, t.float32),
    "loading float64": lambda t: loaded_into(t, t.float64),
    "loading shares": lambda t: (
        lambda o, q: after(
            q.load_state_dict(o.state_dict()),
            [a["exp_avg"] is b["exp_avg"] for a, b in zip(o.state.values(), q.state.values())],
        )
    )(stepped(t)[0], t.optim.Adam([parameter(t)])),
    "loading: no groups": lambda t: sgd(t).load_state_dict({"state": {}, "param_groups": []}),
    "loading: too many": lambda t: sgd(t).load_state_dict(
        {"state": {}, "param_groups": [{"params": [0, 1]}]}
    ),
    "loading: no settings": lambda t: (
        lambda o: after(
            o.load_state_dict({"state": {}, "param_groups": [{"params": [0]}]}), o.param_groups
        )
    )(sgd(t)),
    "loading: nothing": lambda t: sgd(t).load_state_dict({}),
    "names": names_loaded,
}  # fmt: skip

# --------------------------------------------------------------------------------- schedules

SCHEDULES = {
    "LambdaLR": lambda s, o, **k: s.LambdaLR(o, lambda e: 0.9**e, **k),
    "MultiplicativeLR": lambda s, o, **k: s.MultiplicativeLR(o, lambda e: 0.9, **k),
    "StepLR": lambda s, o, **k: s.StepLR(o, 2, **k),
    "MultiStepLR": lambda s, o, **k: s.MultiStepLR(o, [2, 4, 4], **k),
    "ConstantLR": lambda s, o, **k: s.ConstantLR(o, 0.5, 4, **k),
    "LinearLR": lambda s, o, **k: s.LinearLR(o, 0.3, 0.9, 4, **k),
    "ExponentialLR": lambda s, o, **k: s.ExponentialLR(o, 0.9, **k),
    "PolynomialLR": lambda s, o, **k: s.PolynomialLR(o, 5, 2.0, **k),
    "CosineAnnealingLR": lambda s, o, **k: s.CosineAnnealingLR(o, 5, 0.01, **k),
    "CosineAnnealingWarmRestarts": lambda s, o, **k: s.CosineAnnealingWarmRestarts(
        o, 3, 2, 0.01, **k
    ),
    "OneCycleLR": lambda s, o, **k: s.OneCycleLR(o, 0.5, 14, **k),
    "OneCycleLR-linear": lambda s, o, **k: s.OneCycleLR(
        o, 0.5, 14, anneal_strategy="linear", three_phase=True, **k
    ),
}


def scheduled(torch, name, optimizer="SGD", steps=12, lr=0.37, **settings):
    """The learning rates and momenta of a schedule, step by step, and what it knows at the end."""
    chosen = {"momentum": 0.9} if optimizer == "SGD" else {}
    group = {
        "params": [parameter(torch)], "initial_lr": 1.0, "max_lr": 0.5, "min_lr": 1e-5,
        "max_momentum": 0.9, "base_momentum": 0.8,
    }  # fmt: skip
    if not settings:
        group = {"params": [parameter(torch)]}
    made = getattr(torch.optim, optimizer)([group], lr=lr, **chosen)
    schedule = SCHEDULES[name](torch.optim.lr_scheduler, made, **settings)
    found = [(schedule.get_last_lr(), made.param_groups[0].get("momentum"))]
    for _ in range(steps):
        made.step()
        schedule.step()
        now = made.param_groups[0]
        found.append((schedule.get_last_lr(), now.get("momentum"), now.get("betas")))
    return found, schedule.state_dict()


def to_epoch(torch, name, epochs):
    made = sgd(torch, lr=1.0, momentum=0.9)
    schedule = SCHEDULES[name](torch.optim.lr_scheduler, made)
    found = []
    for epoch in epochs:
        made.step()
        schedule.step(epoch)
        found.append(schedule.get_last_lr())
    return found


def plateau(torch, measures, **settings):
    made = sgd(torch, lr=1.0)
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(made, **settings)
    found = []
    for measure in measures:
        schedule.step(measure)
        found.append((schedule.get_last_lr(), schedule.num_bad_epochs, schedule.cooldown_counter))
    return found, schedule.state_dict()


def sequential(torch):
    made = sgd(torch, lr=1.0)
    kinds = torch.optim.lr_scheduler
    schedule = kinds.SequentialLR(
        made, [kinds.ConstantLR(made, 0.1, 2), kinds.ExponentialLR(made, 0.9)], [2]
    )
    return followed(made, schedule)


def chained(torch):
    made = sgd(torch, lr=1.0)
    kinds = torch.optim.lr_scheduler
    schedule = kinds.ChainedScheduler(
        [kinds.ConstantLR(made, 0.1, 2), kinds.ExponentialLR(made, 0.9)], made
    )
    return followed(made, schedule)


def followed(made, schedule):
    found = []
    for _ in range(5):
        found.append(schedule.get_last_lr())
        made.step()
        schedule.step()
    return found, schedule.state_dict()


def resumed(torch):
    """A schedule saved after four epochs and loaded into another goes on alike."""
    kinds = torch.optim.lr_scheduler
    first = sgd(torch, lr=1.0)
    schedule = kinds.CosineAnnealingLR(first, 10)
    for _ in range(4):
        first.step()
        schedule.step()
    second = sgd(torch, lr=1.0)
    second.load_state_dict(first.state_dict())
    other = kinds.CosineAnnealingLR(second, 10)
    other.load_state_dict(schedule.state_dict())
    second.step()
    other.step()
    return other.get_last_lr(), other.state_dict()


def tensor_rate(torch):
    p = parameter(torch)
    made = torch.optim.SGD([p], lr=torch.tensor(0.1))
    schedule = torch.optim.lr_scheduler.StepLR(made, 1)
    p.grad = torch.ones(2)
    made.step()
    schedule.step()
    return made.param_groups[0]["lr"], schedule.get_last_lr(), p


def wrong_order(torch):
    schedule = torch.optim.lr_scheduler.StepLR(sgd(torch), 2)
    schedule.step()
    schedule.step()
    return schedule.get_last_lr()


def replaced_step(torch):
    made = sgd(torch)
    schedule = torch.optim.lr_scheduler.StepLR(made, 2)
    made.step = lambda: None
    schedule.step()


def too_many_steps(torch):
    made = sgd(torch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(made, 0.1, total_steps=2, cycle_momentum=False)
    for _ in range(3):
        made.step()
        schedule.step()


def kinds(act, **settings):
    return lambda t: act(t.optim.lr_scheduler, sgd(t, momentum=0.9, **settings), t)


MEASURES = [5, 4, 4, 4, 4, 4, 4, 4, 4, float("nan"), 1]

SCHEDULING = {
    **{name: lambda t, name=name: scheduled(t, name) for name in SCHEDULES},
    **{
        f"{name} from epoch {last}": lambda t, name=name, last=last: scheduled(
            t, name, steps=4, last_epoch=last
        )
        for name in SCHEDULES
        for last in (3, 4, 5)
        if not name.startswith("OneCycle") or last < 5
    },
    **{
        f"{name} to an epoch": lambda t, name=name: to_epoch(t, name, [3, 7, 1])
        for name in SCHEDULES
        if not name.startswith(("Multiplicative", "OneCycle"))
    },
    "OneCycleLR of Adam": lambda t: scheduled(t, "OneCycleLR", "Adam"),
    "plateau": lambda t: plateau(
        t, MEASURES, patience=1, cooldown=1, factor=0.5, threshold=0.1, threshold_mode="abs",
        min_lr=0.2,
    ),
    "plateau, relative": lambda t: plateau(t, MEASURES, patience=0, factor=0.5),
    "plateau, upwards": lambda t: plateau(t, MEASURES, mode="max", patience=0, factor=0.5),
    "plateau, upwards, absolute": lambda t: plateau(
        t, MEASURES, mode="max", patience=0, factor=0.5, threshold_mode="abs"
    ),
    "plateau of a tensor": lambda t: plateau(t, [t.tensor(1.0), t.tensor(2.0)]),
    "plateau of a word": lambda t: plateau(t, ["x"]),
    "sequential": sequential,
    "chained": chained,
    "resumed": resumed,
    "a rate that is a tensor": tensor_rate,
    "wrong order": wrong_order,
    "step replaced": replaced_step,
    "too many steps": too_many_steps,
    "get_lr": kinds(lambda s, o, t: s.StepLR(o, 2).get_lr()),
    "verbose": kinds(lambda s, o, t: s.StepLR(o, 2, verbose=True)),
    "initial_lr": kinds(lambda s, o, t: after(s.StepLR(o, 2), o)),
    "no optimizer": kinds(lambda s, o, t: s.StepLR(3, 2)),
    "no optimizer for a plateau": kinds(lambda s, o, t: s.ReduceLROnPlateau(3)),
    "no initial_lr": kinds(lambda s, o, t: s.StepLR(o, 2, last_epoch=3)),
    "plateau: factor": kinds(lambda s, o, t: s.ReduceLROnPlateau(o, factor=1.0)),
    "plateau: mode": kinds(lambda s, o, t: s.ReduceLROnPlateau(o, mode="x")),
    "plateau: threshold mode": kinds(lambda s, o, t: s.ReduceLROnPlateau(o, threshold_mode="x")),
    "plateau: min_lr": kinds(lambda s, o, t: s.ReduceLROnPlateau(o, min_lr=[1, 2])),
    "linear: start": kinds(lambda s, o, t: s.LinearLR(o, start_factor=2)),
    "linear: end": kinds(lambda s, o, t: s.LinearLR(o, end_factor=2)),
    "constant: factor": kinds(lambda s, o, t: s.ConstantLR(o, factor=2)),
    "lambda: how many": kinds(lambda s, o, t: s.LambdaLR(o, [lambda e: e] * 2)),
    "one cycle: no length": kinds(lambda s, o, t: s.OneCycleLR(o, 0.1)),
    "one cycle: length": kinds(lambda s, o, t: s.OneCycleLR(o, 0.1, total_steps=-1)),
    "one cycle: epochs": kinds(lambda s, o, t: s.OneCycleLR(o, 0.1, epochs=-1, steps_per_epoch=1)),
    "one cycle: steps": kinds(lambda s, o, t: s.OneCycleLR(o, 0.1, epochs=1, steps_per_epoch=-1)),
    "one cycle: start": kinds(lambda s, o, t: s.OneCycleLR(o, 0.1, total_steps=9, pct_start=3)),
    "one cycle: strategy": kinds(
        lambda s, o, t: s.OneCycleLR(o, 0.1, total_steps=9, anneal_strategy="x")
    ),
    "one cycle: how many": kinds(lambda s, o, t: s.OneCycleLR(o, [0.1, 0.2], total_steps=9)),
    "restarts: T_0": kinds(lambda s, o, t: s.CosineAnnealingWarmRestarts(o, 0)),
    "restarts: T_mult": kinds(lambda s, o, t: s.CosineAnnealingWarmRestarts(o, 1, 0)),
    "restarts: epoch": kinds(lambda s, o, t: s.CosineAnnealingWarmRestarts(o, 1).step(-1)),
    "restarts: fractions": kinds(
        lambda s, o, t: (
            lambda c: [after(o.step(), c.step(e), c.get_last_lr()) for e in (0.5, 2.5, 8.25, 1.5)]
        )(s.CosineAnnealingWarmRestarts(o, 2, 2))
    ),
    "sequential: none": kinds(lambda s, o, t: s.SequentialLR(o, [], [])),
    "sequential: milestones": kinds(lambda s, o, t: s.SequentialLR(o, [s.ConstantLR(o)], [2])),
    "chained: none": kinds(lambda s, o, t: s.ChainedScheduler([])),
    "chained: two optimizers": kinds(
        lambda s, o, t: s.ChainedScheduler([s.ConstantLR(o), s.ConstantLR(sgd(t))])
    ),
    "missing schedules": kinds(lambda s, o, t: s.Foo),
}  # fmt: skip

PROGRAMS = {
    f"{group}: {name}": program
    for group, programs in {
        "making": MAKING,
        "stepping": STEPPING,
        "scheduling": SCHEDULING,
    }.items()
    for name, program in programs.items()
}
