"""What a run's optimizers show: steps without gradients, gradients not cleared, unused parameters.

Apart from the values of gradients: here it is asked what is called, and in which order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import ref

from chainrule._core.source import here
from chainrule.explain._absent import why_none
from chainrule.explain._watch_clearing import Clearing, is_nonzero
from chainrule.explain._watch_names import parameter_names
from chainrule.explain._watch_report import Note, Notes, in_short, place_text

if TYPE_CHECKING:
    from chainrule._core.core import Tensor
    from chainrule._core.source import Source
    from chainrule.explain._watch_calls import Call
    from chainrule.optim import Optimizer

MOST_LEARNERS = 64
PLACES_NOTED = 64  # of calls of zero_grad, to know those that come too late
LOOPED = 2  # times that gradients were cleared: without a step, that is no demonstration any more
EXPLAINED = 3  # parameters of an optimizer whose missing gradient is explained
CLEAR = "optimizer.zero_grad() once a step, before the backward"


class Learner:
    """One optimizer, from its making to the end; its parameters are held weakly."""

    def __init__(self, optimizer: Optimizer):
        self.optimizer = ref(optimizer)
        self.kind = type(optimizer).__name__
        self.made_at = here()
        self.steps = 0
        self.clearings = 0  # of gradients that were there
        self.empty_step: Source | None = None
        self.cleared_at: Source | None = None
        self.has_gradients = False  # since the last step
        self.had_gradients = False  # ever
        self.count = 0
        self.clearing: Clearing | None = None
        self.accumulated_at: Source | None = None
        self.missing: dict[int, ref[Tensor]] = {}
        self.names: dict[int, str] = {}
        self.reasons: dict[int, str] = {}  # of missing ones, which are x in them

    def update(self, optimizer: Optimizer) -> None:
        """See which parameters have got a gradient by now, and which are new."""
        if self.count != sum(len(group["params"]) for group in optimizer.param_groups):
            self._take(optimizer)
        got = [key for key, tensor in self.missing.items() if _has_gradient(tensor())]
        for key in got:
            tensor = self.missing.pop(key)()
            if self.clearing is None and tensor is not None:
                self.clearing = Clearing(tensor)

    def _take(self, optimizer: Optimizer) -> None:
        known = self.count
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        self.count = len(parameters)
        for parameter in parameters[known:]:
            if parameter.requires_grad:
                self.missing[id(parameter)] = ref(parameter)
        self.names = parameter_names(parameters, self.kind)


class Learning:
    """Looks at the optimizers, and at parameters that the program changes by itself."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self.all: list[Learner] = []
        self._by_id: dict[int, Learner] = {}
        self._leaves: list[Clearing] = []

    @property
    def living(self) -> list[tuple[Optimizer, Learner]]:
        """The optimizers that still are."""
        pairs = ((learner.optimizer(), learner) for learner in self.all)
        return [(optimizer, learner) for optimizer, learner in pairs if optimizer is not None]

    def _learner(self, optimizer: Optimizer) -> Learner | None:
        learner = self._by_id.get(id(optimizer))
        return learner if learner is not None and learner.optimizer() is optimizer else None

    # ---- what the program calls

    def made(self, optimizer: Optimizer) -> None:
        """An optimizer was made."""
        if len(self.all) < MOST_LEARNERS:
            learner = self._by_id[id(optimizer)] = Learner(optimizer)
            self.all.append(learner)

    def cleared(self, optimizer: Optimizer) -> None:
        """zero_grad is about to be called."""
        learner = self._learner(optimizer)
        if learner is not None and learner.has_gradients:
            learner.cleared_at = here() if learner.clearings < PLACES_NOTED else None
            learner.has_gradients = False
            learner.clearings += 1

    def stepped(self, optimizer: Optimizer) -> None:
        """A step was made."""
        learner = self._learner(optimizer)
        if learner is None:
            return
        learner.steps += 1
        if learner.missing or learner.steps == 1:
            learner.update(optimizer)
        self._see_empty(learner, optimizer)
        if learner.clearing is not None and learner.clearing.stepped():
            self._notes.add("accumulates", _accumulates(learner.accumulated_at))
        learner.cleared_at, learner.has_gradients = None, False

    def before_backward(self, call: Call) -> None:
        """Whether gradients that were used are still there."""
        for learner in self.all:
            if learner.clearing is not None:
                learner.clearing.before_backward()
        for leaf in self._leaves:
            self._see_changed(leaf, call)
            leaf.before_backward()

    def after_backward(self, call: Call) -> None:
        """What the backward has added, and to which parameters nothing came."""
        if call.is_looked_at:
            for optimizer, learner in self.living:
                learner.update(optimizer)
        for learner in self.all:
            self._see_gradients(learner, call)
            if call.is_looked_at and learner.clearing is not None and learner.missing:
                self._explain_missing(learner, call)
        for leaf in self._leaves:
            leaf.after_backward()
        if call.is_looked_at and not self.all and not self._leaves:
            self._leaves = [Clearing(leaf) for leaf in call.leaves[:2]]

    def _see_gradients(self, learner: Learner, call: Call) -> None:
        clearing = learner.clearing
        if clearing is None or not _has_gradient(clearing.parameter()):
            return
        learner.had_gradients = learner.has_gradients = True
        if clearing.after_backward():
            learner.accumulated_at = call.site.source

    def _see_changed(self, leaf: Clearing, call: Call) -> None:
        if leaf.has_changed() and leaf.stepped():
            self._notes.add("accumulates", _accumulates(call.site.source))

    # ---- what is wrong

    def _see_empty(self, learner: Learner, optimizer: Optimizer) -> None:
        """A step for which there were no gradients at all, and why."""
        if learner.steps > 1 and learner.cleared_at is None:
            return
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        if any(p._grad is not None and is_nonzero(p._grad) for p in parameters):
            return
        if learner.cleared_at is not None:
            self._notes.add("cleared", _cleared(learner.cleared_at))
        elif all(p._grad is None for p in parameters):
            learner.empty_step = here()

    def _explain_missing(self, learner: Learner, call: Call) -> None:
        for key, tensor in list(learner.missing.items())[:EXPLAINED]:
            parameter = tensor()
            if parameter is not None and key not in learner.reasons:
                learner.reasons[key] = str(why_none(call.loss, parameter))

    def finish(self, calls: int, failed: bool) -> None:
        """At the end of the run: what never came."""
        for leaf in self._leaves:
            if leaf.has_changed() and leaf.stepped():
                self._notes.add("accumulates", _accumulates(None))
        for learner in self.all:
            self._finish(learner, calls, failed)

    def _finish(self, learner: Learner, calls: int, failed: bool) -> None:
        if learner.empty_step is not None and not learner.had_gradients:
            self._notes.add("empty", _empty(learner, calls))
        elif learner.clearings >= LOOPED and not learner.steps and not failed:
            self._notes.add("no step", _no_step(learner))
        if learner.had_gradients and learner.missing:
            self._notes.add("unused", _unused(learner))


def _has_gradient(parameter: Tensor | None) -> bool:
    return parameter is not None and parameter._grad is not None


def _accumulates(source: Source | None) -> Note:
    return Note(
        "gradients are added up over steps: they are not cleared",
        place_text(source),
        "backward() adds to .grad, and the step before had used what is in it already.",
        f"{CLEAR} (or `w.grad = None` where there is no optimizer)",
    )


def _cleared(source: Source) -> Note:
    return Note(
        "gradients are cleared before step() can use them",
        place_text(source),
        "zero_grad() was called between backward() and step(), which so changes nothing.",
        "zero_grad(), then loss.backward(), then step()",
    )


def _empty(learner: Learner, calls: int) -> Note:
    if not calls:
        why = "No backward() was ever called: there are no gradients to step by."
        instead = "loss.backward() before the step"
    else:
        why = "None of its parameters ever got a gradient: no loss was computed from them."
        instead = "make the optimizer from the parameters of the model that computes the loss"
    return Note("step() changes nothing", place_text(learner.empty_step), why, instead)


def _no_step(learner: Learner) -> Note:
    return Note(
        f"{learner.kind} never makes a step",
        place_text(learner.made_at),
        "Its parameters get gradients, but step() is never called: nothing is learned.",
        "optimizer.step() after loss.backward()",
    )


def _unused(learner: Learner) -> Note:
    names = [learner.names[key] for key in learner.missing]
    reasons: dict[str, list[str]] = {}
    for key in learner.missing:
        if key in learner.reasons:
            reasons.setdefault(learner.reasons[key], []).append(learner.names[key])
    texts = [f"{text}\n(x is {', '.join(some)})" for text, some in reasons.items()]
    return Note(
        f"{len(names)} of the {learner.count} parameters of {learner.kind} never get a gradient: "
        f"{in_short(names)}",
        place_text(learner.made_at),
        "\n".join(texts) or "No loss whose backward was called was computed from them.",
        "use them in the model, or leave them out of it",
    )
