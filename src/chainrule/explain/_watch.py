"""`python -m chainrule --explain`: watches a program from outside, and says at its end what helps.

Apart from the looks, which find: here the public functions of a run are wrapped. A program that is
run without --explain never imports this.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import sys
from typing import TYPE_CHECKING, Any

import chainrule.autograd
from chainrule._core.core import Tensor, bind_method
from chainrule.explain._walk import first_sentence
from chainrule.explain._watch_calls import Calls
from chainrule.explain._watch_graphs import Graphs
from chainrule.explain._watch_learning import Learning
from chainrule.explain._watch_none import note_of_error
from chainrule.explain._watch_report import Notes
from chainrule.explain._watch_values import Values
from chainrule.optim import Optimizer

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from chainrule.explain._watch_calls import Call


class Watch:
    """All that is watched in a run. Nothing it does may fail the program or change what it does."""

    def __init__(self) -> None:
        self.notes = Notes()
        self.calls = Calls()
        self.graphs = Graphs(self.notes)
        self.learning = Learning(self.notes)
        self.values = Values(self.notes, self.learning)
        self._process = os.getpid()
        self._failed = False

    def before(self, tensors: Any, gradients: Any, retained: bool, backward: bool) -> Call | None:
        """A call of backward or grad begins."""
        losses = [t for t in _listed(tensors) if isinstance(t, Tensor) and t.requires_grad]
        if not losses:
            return None
        call = self.calls.begin(losses, next(iter(_listed(gradients)), None), retained, backward)
        try:
            if backward:
                self.learning.before_backward(call)
            self.graphs.see(call)
            self.values.before(call)
        except Exception as error:
            self._note_unseen(error)
        return call

    def after(self, call: Call | None) -> None:
        """It has ended, and well."""
        if call is None:
            return
        try:
            if call.is_backward:
                self.learning.after_backward(call)
                self.values.after(call)
            self.calls.end(call)
        except Exception as error:
            self._note_unseen(error)

    def optimizer(self, see: Callable[[Optimizer], None], optimizer: Optimizer) -> None:
        """One of an optimizer's functions is called."""
        try:
            see(optimizer)
        except Exception as error:
            self._note_unseen(error)

    def failed(self, error: BaseException) -> None:
        """The program ends with an error, whose traceback is to show nothing of the watch."""
        self._failed = not isinstance(error, SystemExit)
        error.__traceback__ = _without_watch(error.__traceback__)
        try:
            note = note_of_error(error, self.calls.latest)
            if note is not None:
                self.notes.add("none", note)
        except Exception as strange:
            self._note_unseen(strange)

    def report(self) -> None:
        """Says on standard error what was found; of forked processes, only the first one does."""
        if os.getpid() != self._process:
            return
        try:
            self.graphs.finish()
            self.learning.finish(self.calls.count, self._failed)
            self.values.finish()
        except Exception as error:
            self._note_unseen(error)
        with contextlib.suppress(Exception):  # the program may have closed it
            sys.stdout.flush()
            print(f"\n{self.notes.told(self.calls.count)}", file=sys.stderr, flush=True)

    def _note_unseen(self, error: Exception) -> None:
        """A strange graph is no reason to fail the program: the report says what was not seen."""
        self.notes.unseen[first_sentence(error)] = None


def start() -> Watch:
    """Watches this process from now on; the report comes when it ends."""
    watch = Watch()
    # What is registered first runs last: after the program's own exit handlers.
    atexit.register(watch.report)
    tensor: Any = Tensor
    autograd: Any = chainrule.autograd
    bind_method("backward", _watched(watch, tensor.backward, ("self", "gradient")))
    autograd.backward = _watched(watch, autograd.backward, ("tensors", "grad_tensors"))
    autograd.grad = _watched(watch, autograd.grad, ("outputs", "inputs", "grad_outputs"))
    _watch_optimizers(watch)
    return watch


def _watched(watch: Watch, run: Callable, names: tuple[str, ...]) -> Callable:
    """`run`, watched; the names of its arguments up to the gradients: then comes retain_graph."""
    backward, place = "inputs" not in names, len(names)

    @functools.wraps(run)
    def watched(*args: Any, **kwargs: Any) -> Any:
        losses = args[0] if args else kwargs.get(names[0])
        gradients = args[place - 1] if len(args) >= place else kwargs.get(names[-1])
        retained = args[place] if len(args) > place else kwargs.get("retain_graph")
        call = watch.before(losses, gradients, retained is True, backward)
        found = run(*args, **kwargs)
        watch.after(call)
        return found

    return watched


def _watch_optimizers(watch: Watch) -> None:
    classes = [Optimizer]
    for cls in classes:
        classes += cls.__subclasses__()
        _watch_step(watch, cls)
    kinds: Any = Optimizer
    kinds.__init__ = _told(watch, Optimizer.__init__, watch.learning.made, first=False)
    kinds.zero_grad = _told(watch, Optimizer.zero_grad, watch.learning.cleared, first=True)
    begin = Optimizer.__init_subclass__.__func__  # type: ignore[attr-defined]

    def init_subclass(cls: type[Optimizer], **kwargs: object) -> None:
        begin(cls, **kwargs)
        _watch_step(watch, cls)

    kinds.__init_subclass__ = classmethod(init_subclass)


def _watch_step(watch: Watch, cls: Any) -> None:
    if "step" in cls.__dict__:
        cls.step = _told(watch, cls.step, watch.learning.stepped, first=False)


def _told(watch: Watch, run: Callable, see: Callable[[Optimizer], None], first: bool) -> Callable:
    """A method of an optimizer that tells the watch of each call, before or after it."""

    @functools.wraps(run)
    def told(self: Optimizer, *args: object, **kwargs: object) -> object:
        if first:
            watch.optimizer(see, self)
        found = run(self, *args, **kwargs)
        if not first:
            watch.optimizer(see, self)
        return found

    return told


def _without_watch(trace: TracebackType | None) -> TracebackType | None:
    """A traceback without the frames of this file."""
    kept = []
    while trace is not None:
        if trace.tb_frame.f_code.co_filename != __file__:
            kept.append(trace)
        trace = trace.tb_next
    for one, following in zip(kept, [*kept[1:], None]):
        one.tb_next = following
    return kept[0] if kept else None


def _listed(value: Any) -> list[Any]:
    if value is None or isinstance(value, Tensor):
        return [value]
    return list(value) if isinstance(value, list | tuple) else []
